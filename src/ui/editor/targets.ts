import type { Job } from '../../flare/workflow.ts';
import { strings } from '../strings.ts';

/** What jobs write, or whose registration they move: a verb and the tables as `collection/dataset`. */
export function targetsOf(jobs: readonly Job[]): { verb: string; names: string[] } {
  const names = jobs.flatMap(({ stack }) =>
    stack.kind === 'tool'
      ? [stack.address]
      : [...stack.sinks, ...stack.actions].map(({ address }) => address),
  );
  const onlyTools = jobs.every(({ stack }) => stack.kind === 'tool');
  const { writes, writesOne, moves } = strings.editor;
  return {
    verb: onlyTools ? moves : jobs.length === 1 ? writesOne : writes,
    names: [...new Set(names.map(({ collection, dataset }) => `${collection}/${dataset}`))],
  };
}
