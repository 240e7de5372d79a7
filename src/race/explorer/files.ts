import type { ManifestReader } from '../../iceberg/manifest-reader.ts';
import { reachableFiles } from '../../iceberg/reachable-files.ts';
import type { Table } from '../../iceberg/table.ts';
import { fileName } from '../../words.ts';
import { few } from '../checker/few.ts';
import type { RaceEvent } from '../event.ts';
import type { JobReport } from '../report.ts';
import type { World } from './world.ts';

/** The files of one version of a table. */
export interface TableFiles {
  /** See {@link referencedFiles}. */
  referenced: ReadonlySet<string>;
  /** What snapshots reached that the table has forgotten. */
  forgotten: ReadonlySet<string>;
}

/** Every file that a version of a table refers to, with all that its snapshots reach and all that its logs name. */
export async function referencedFiles(
  reader: ManifestReader,
  { pointer, metadata }: Table,
): Promise<ReadonlySet<string>> {
  const files = await reachableFiles(reader, metadata, metadata.snapshots, { removed: false });
  files.add(pointer.location);
  for (const entry of metadata['metadata-log']) files.add(entry['metadata-file']);
  return files;
}

/**
 * Says which files a table refers to though they are gone, and which are there though nothing needs or explains them. An
 * orphan may be there if its job was killed, does not know its end, or was refused and leaves its data files; or if the
 * table has forgotten it by the swap of a job that had not ended, and so had not deleted it yet.
 */
export function fileFaults(
  world: World,
  { referenced, forgotten }: TableFiles,
  events: readonly RaceEvent[],
  jobs: readonly JobReport[],
): string[] {
  const paths = new Set(world.paths());
  const gone = [...referenced].filter((path) => !paths.has(path));
  const left = [...paths].filter((path) => !referenced.has(path));
  const isUnfinished = (job: string | null) =>
    jobs.some(
      ({ name, outcome }) => name === job && (outcome === 'killed' || outcome === 'unknown'),
    );
  // Told or not: its metadata file is one of the table's.
  const isForgetting = events.some(
    ({ job, detail }) =>
      detail.stop === 'before-swap' && referenced.has(detail.next) && isUnfinished(job),
  );
  const isExplained = (path: string): boolean => {
    const writer = world.writerOf(path);
    return (
      isUnfinished(writer) ||
      (isForgetting && forgotten.has(path)) ||
      isRefusedData(path, writer, events, jobs)
    );
  };
  const unexplained = left.filter((path) => !isExplained(path));
  return [
    ...(gone.length === 0 ? [] : [`The table refers to ${names(gone)}, which was deleted.`]),
    ...(unexplained.length === 0
      ? []
      : [
          `${names(unexplained)} stayed behind, which nothing refers to and nobody may still need.`,
        ]),
  ];
}

const names = (paths: readonly string[]): string => few(paths.map(fileName));

/** Whether a file is one of the data files that a refused job leaves. */
function isRefusedData(
  path: string,
  writer: string | null,
  events: readonly RaceEvent[],
  jobs: readonly JobReport[],
): boolean {
  return (
    jobs.some(({ name, outcome }) => name === writer && outcome === 'rejected') &&
    events.some(
      ({ job, detail }) =>
        detail.stop === 'data-written' &&
        job === writer &&
        detail.files.some((file) => file.path === path),
    )
  );
}
