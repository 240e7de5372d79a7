import { isLive, type ManifestReader } from '../../iceberg/manifest-reader.ts';
import type { Table } from '../../iceberg/table.ts';
import { fileName } from '../../words.ts';
import { few } from '../checker/few.ts';
import type { RaceEvent } from '../event.ts';
import type { JobReport } from '../report.ts';
import type { World } from './world.ts';

/** Every file that a version of a table refers to, its predecessors' metadata files and the files of its whole history included. */
export async function referencedFiles(
  reader: ManifestReader,
  { pointer, metadata }: Table,
): Promise<ReadonlySet<string>> {
  const files = new Set([pointer.location]);
  for (const entry of metadata['metadata-log']) files.add(entry['metadata-file']);
  for (const snapshot of metadata.snapshots) {
    files.add(snapshot['manifest-list']);
    const manifests = await reader.manifests(snapshot);
    for (const manifest of manifests) files.add(manifest.manifest_path);
    const entries = await reader.allEntries(metadata, manifests);
    for (const entry of entries.filter(isLive)) files.add(entry.data_file.file_path);
  }
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

/** Whether an orphan may be there: its job was killed, does not know its end, or was refused and leaves its data files. */
function isExplained(
  path: string,
  writer: string | null,
  events: readonly RaceEvent[],
  jobs: readonly JobReport[],
): boolean {
  const outcome = jobs.find(({ name }) => name === writer)?.outcome;
  if (outcome === 'killed' || outcome === 'unknown') return true;
  return (
    outcome === 'rejected' &&
    events.some(
      ({ job, detail }) =>
        job === writer &&
        detail.stop === 'data-written' &&
        detail.files.some((file) => file.path === path),
    )
  );
}
