import type { TableItem } from '../../lab/tables.svelte.ts';
import { fileName } from '../../words.ts';
import type { ManifestListing } from '../../workbench/api.ts';
import { strings } from '../strings.ts';

/** Whether two items are the same thing of a table. */
export function sameItem(a: TableItem, b: TableItem): boolean {
  return keyOf(a) === keyOf(b);
}

function keyOf(item: TableItem): string {
  switch (item.kind) {
    case 'metadata':
      return 'metadata';
    case 'snapshot':
      return `snapshot ${item.snapshot.snapshotId}`;
    case 'manifest':
      return `manifest ${item.manifest.path}`;
    case 'files':
      return `files ${item.at}`;
  }
}

/** A manifest by the end of its name, `m0.avro`: what comes before it is the commit's UUID. */
export function manifestName({ path, content }: ManifestListing): string {
  const name = fileName(path);
  const short = /-(m\d+\.avro)$/.exec(name)?.[1] ?? name;
  const kind = content === 'deletes' ? strings.files.deletes : strings.files.manifest;
  return `${kind} ${name.slice(0, 4)}…${short}`;
}
