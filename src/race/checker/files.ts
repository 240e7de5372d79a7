import type { RaceEvent } from '../event.ts';
import type { Evidence } from './evidence.ts';
import { about, fault } from './faults.ts';

/** The files that jobs say they deleted. */
export function deletedFiles(events: readonly RaceEvent[]): string[] {
  return events.flatMap(({ detail }) => (detail.stop === 'cleaned-up' ? detail.deleted : []));
}

/** No file that the table refers to was deleted, and each manifest list counts what its manifests hold. */
export function checkFiles(evidence: Evidence): string[] {
  const { events, history, title } = evidence;
  const needed = new Set(history.deletedYetNeeded);
  return [
    ...events.flatMap(({ detail, job }) =>
      about(
        detail.stop === 'cleaned-up' ? detail.deleted.filter((path) => needed.has(path)) : [],
        (paths) => fault.deletedNeeded(title, job, paths),
      ),
    ),
    ...history.changes.flatMap((change) =>
      about(change.miscounted, (paths) => fault.miscounted(evidence.nameOf(change), paths)),
    ),
  ];
}
