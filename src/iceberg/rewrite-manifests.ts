import type { Change } from './change.ts';
import type { ManifestLayout } from './manifest-rewrite.ts';
import type { SnapshotOptions } from './operation.ts';
import { removeNothing } from './removal.ts';
import { produceSnapshot } from './snapshot-producer.ts';

/**
 * Lays out the data manifests anew without touching a file that they list. Whatever is committed meanwhile is kept.
 * Rejected with `Validation` if the table has no snapshot or a manifest to rewrite is not in it.
 */
export function rewriteManifests(
  layout: ManifestLayout = {},
  options: SnapshotOptions = {},
): Change {
  return produceSnapshot({
    type: 'replace',
    isolation: 'none',
    since: null,
    added: [],
    removal: removeNothing,
    merges: false,
    layout,
    summary: options.summary ?? {},
    target: options,
  });
}
