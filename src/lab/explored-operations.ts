import type { Action, Job, Sink } from '../flare/workflow.ts';
import type { Operation } from '../race/explorer/operations.ts';

/** What a job does to its tables, in the explorer's words; what the explorer does not know is left out. Pure. */
export function operationsOf({ stack }: Job): Operation[] {
  if (stack.kind === 'tool') return [];
  return [...stack.sinks.map(operationOfSink), ...stack.actions.flatMap(operationOfAction)];
}

function operationOfSink({ saveMode, dynamic, options }: Sink): Operation {
  if (saveMode === 'append') return 'append';
  const overwrite = dynamic ? 'dynamic-overwrite' : 'overwrite';
  const isolation = options['isolation-level']?.toLowerCase();
  const isKnown = isolation === 'snapshot' || isolation === 'serializable';
  return isKnown ? `${overwrite}-${isolation}` : overwrite;
}

function operationOfAction({ name }: Action): Operation[] {
  switch (name) {
    case 'rewrite_dataset':
      return ['compaction'];
    case 'rewrite_manifest':
      return ['rewrite-manifests'];
    case 'expire_snapshots':
      return ['expire-snapshots'];
    case 'delete_from_dataset':
      return ['delete'];
    case 'remove_orphans':
      return [];
  }
}
