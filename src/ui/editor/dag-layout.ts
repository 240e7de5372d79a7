import { Graph, layout, type EdgeLabel, type GraphLabel, type NodeLabel } from '@dagrejs/dagre';
import type { Job } from '../../flare/workflow.ts';

/** A node or an edge of the drawing, CSS pixels. */
export interface DagPicture {
  width: number;
  height: number;
  nodes: { job: string; index: number; x: number; y: number; width: number; height: number }[];
  edges: { key: string; path: string }[];
}

const nodeHeight = 26;

/** Lays a workflow's jobs out from left to right. `size`: font size of the names. */
export function layoutDag(jobs: readonly Job[], size: number): DagPicture {
  const graph = new Graph<GraphLabel, NodeLabel, EdgeLabel>();
  graph.setGraph({ rankdir: 'LR', nodesep: 8, ranksep: 26, marginx: 1, marginy: 1 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { name } of jobs) {
    graph.setNode(name, { width: name.length * size * 0.6 + 18, height: nodeHeight });
  }
  for (const { name, dependencies } of jobs) {
    for (const dependency of dependencies) graph.setEdge(dependency, name);
  }
  layout(graph);
  const { width = 0, height = 0 } = graph.graph();
  return {
    width,
    height,
    nodes: jobs.map(({ name }, index) => {
      const node = graph.node(name);
      const { width: w, height: h, x = 0, y = 0 } = node;
      return { job: name, index, x: x - w / 2, y: y - h / 2, width: w, height: h };
    }),
    edges: graph.edges().map((edge) => {
      const points = graph.edge(edge).points ?? [];
      const path = points.map(({ x, y }, index) => `${index === 0 ? 'M' : 'L'}${x} ${y}`).join('');
      return { key: `${edge.v}→${edge.w}`, path };
    }),
  };
}
