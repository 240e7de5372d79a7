import type { SaveChange } from '../flare/change-saves.ts';
import type { Job } from '../flare/workflow.ts';

/** The changes of how jobs save that make another race of theirs, the most telling first. None if they do not save alike. */
export function saveChangesFor(jobs: readonly Job[]): SaveChange[] {
  const sinks = jobs.flatMap(({ stack }) => (stack.kind === 'flare' ? stack.sinks : []));
  if (sinks.length < 2) return [];
  if (sinks.every(({ saveMode }) => saveMode === 'append')) return ['overwrite'];
  if (!sinks.every(({ dynamic }) => dynamic)) return [];
  const isolated = sinks.filter(({ options }) => options['isolation-level'] !== undefined);
  if (isolated.length === 0) return ['serializable', 'append'];
  return isolated.length === sinks.length ? ['no-isolation', 'append'] : [];
}
