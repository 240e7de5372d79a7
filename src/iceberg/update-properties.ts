import { IcejamError } from '../error.ts';
import { metadataChange, type Change } from './change.ts';
import { editProperties } from './metadata-update.ts';
import { checkColumnProperties } from './schema-properties.ts';
import { currentSchema } from './table.ts';
import type { TableMetadata } from './table-metadata.ts';

/**
 * Sets and removes table properties. Made again on what others have committed meanwhile: per key the last wins.
 * Rejected with `IllegalArgument` for a reserved key, and for one that is both set and removed, `Validation` for metrics
 * of a column that there is not.
 */
export function updateProperties(
  updates: Record<string, string>,
  removals: readonly string[] = [],
): Change {
  const edit = (metadata: TableMetadata) => {
    const both = removals.find((key) => updates[key] !== undefined);
    if (both !== undefined) {
      throw new IcejamError('IllegalArgument', `Cannot remove and update the same key: ${both}`);
    }
    return editProperties(metadata, updates, removals);
  };
  return metadataChange('update-properties', edit, {
    check: (metadata) => checkColumnProperties(currentSchema(metadata), metadata.properties),
  });
}
