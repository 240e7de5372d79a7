import { metadataChange, type Change } from './change.ts';
import { editProperties } from './metadata-update.ts';

/**
 * Sets and removes table properties. Made again on what others have committed meanwhile: per key the last wins.
 * Rejected with `IllegalArgument` for a reserved key.
 */
export function updateProperties(
  updates: Record<string, string>,
  removals: readonly string[] = [],
): Change {
  return metadataChange('update-properties', (metadata) =>
    editProperties(metadata, updates, removals),
  );
}
