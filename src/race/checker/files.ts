import type { FileSummary, StopDetail } from '../../iceberg/stop.ts';
import type { DamagedTable } from '../../iceberg/table-evidence.ts';
import { datasetName } from '../../words.ts';
import type { RaceEvent } from '../event.ts';
import type { Evidence } from './evidence.ts';
import { about, doubt, fault } from './faults.ts';

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

/** What is said of a table that misses a file: a job deleted it, or wrote it and it is gone, or nobody can tell. */
export function checkDamage(
  { gone, table }: DamagedTable,
  events: readonly RaceEvent[],
): { faults: string[]; doubts: string[] } {
  const title = datasetName(table);
  const deleter = events.find((event) => deletedFiles([event]).includes(gone));
  if (deleter !== undefined) {
    return { faults: [fault.deletedNeeded(title, deleter.job, [gone])], doubts: [] };
  }
  const writer = events.find(({ detail }) => writtenBy(detail).includes(gone));
  return writer === undefined
    ? { faults: [], doubts: [doubt.goneBefore(title, gone)] }
    : { faults: [fault.goneSince(title, gone, writer.job)], doubts: [] };
}

/** The files that a stop says were written. */
function writtenBy(detail: StopDetail): string[] {
  const files = (): readonly FileSummary[] => {
    switch (detail.stop) {
      case 'data-written':
        return [...detail.files, ...(detail.deletes ?? [])];
      case 'manifests-written':
        return detail.files;
      case 'list-written':
      case 'metadata-written':
        return [detail.file];
      default:
        return [];
    }
  };
  return files().map(({ path }) => path);
}
