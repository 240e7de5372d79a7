import type { ManifestReader } from '../../iceberg/manifest-reader.ts';
import { reachableFiles } from '../../iceberg/reachable-files.ts';
import type { Table } from '../../iceberg/table.ts';
import { fileName } from '../../words.ts';
import { few } from '../checker/few.ts';
import type { RaceEvent } from '../event.ts';
import type { JobReport } from '../report.ts';
import type { World } from './world.ts';

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

/** Says which files a table refers to though they are gone, and which are there though nothing needs or explains them. */
export function fileFaults(
  world: World,
  referenced: ReadonlySet<string>,
  events: readonly RaceEvent[],
  jobs: readonly JobReport[],
): string[] {
  const paths = new Set(world.paths());
  const gone = [...referenced].filter((path) => !paths.has(path));
  const left = [...paths].filter((path) => !referenced.has(path));
  const unexplained = left.filter((path) => !isExplained(path, world.writerOf(path), events, jobs));
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

/**
 * Whether an orphan may be there: its job was killed, does not know its end, or was refused and leaves its data files;
 * or a job that expired snapshots was killed before it had deleted what only they needed.
 */
function isExplained(
  path: string,
  writer: string | null,
  events: readonly RaceEvent[],
  jobs: readonly JobReport[],
): boolean {
  const isUnfinished = (job: string | null) =>
    jobs.some(
      ({ name, outcome }) => name === job && (outcome === 'killed' || outcome === 'unknown'),
    );
  const isRefused = jobs.some(({ name, outcome }) => name === writer && outcome === 'rejected');
  return (
    isUnfinished(writer) ||
    events.some(({ job, detail }) => {
      if (detail.stop === 'data-written') {
        return isRefused && job === writer && detail.files.some((file) => file.path === path);
      }
      const isExpiry = detail.stop === 'swap-won' && detail.operation === 'expire-snapshots';
      return isExpiry && isUnfinished(job);
    })
  );
}
