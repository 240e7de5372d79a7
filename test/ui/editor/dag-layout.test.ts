import { expect, test } from 'vitest';
import type { Job } from '../../../src/flare/workflow.ts';
import { layoutDag } from '../../../src/ui/editor/dag-layout.ts';

const nowhere = { line: 1, column: 1, endLine: 1, endColumn: 1 };
const job = (name: string, dependencies: string[] = []): Job => ({
  name,
  dependencies,
  stack: {
    kind: 'tool',
    tool: 'set-metadata',
    address: { depot: 'icebase', collection: 'raw01', dataset: 't', acl: 'rw' },
    flags: {},
    range: nowhere,
  },
  range: nowhere,
});

test('a job stands right of the jobs that it waits for, and an edge leads to it', () => {
  const { nodes, edges } = layoutDag([job('a'), job('b'), job('c', ['a', 'b'])], 12);
  const [a, b, c] = nodes;
  expect(c?.x).toBeGreaterThan((a?.x ?? 0) + (a?.width ?? 0));
  expect(c?.x).toBeGreaterThan((b?.x ?? 0) + (b?.width ?? 0));
  expect(edges.map(({ key }) => key)).toEqual(['a→c', 'b→c']);
});

test('jobs that do not wait for each other do not overlap', () => {
  const { nodes } = layoutDag([job('a'), job('b'), job('c')], 12);
  const tops = nodes.map(({ y }) => y).toSorted((one, two) => one - two);
  for (const [index, y] of tops.slice(1).entries()) {
    expect(y).toBeGreaterThanOrEqual((tops[index] ?? 0) + (nodes[0]?.height ?? 0));
  }
});
