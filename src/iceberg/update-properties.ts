import { IcejamError } from '../error.ts';
import { metadataChange, type Change } from './change.ts';
import { editProperties, upgradeFormatVersion } from './metadata-update.ts';
import { checkColumnProperties } from './schema-properties.ts';
import { currentSchema } from './table.ts';
import type { TableMetadata } from './table-metadata.ts';

/**
 * Sets and removes table properties. Made again on what others have committed meanwhile: per key the last wins.
 * `format-version` is not stored but upgrades the table. Rejected with `IllegalArgument` for another reserved key, for one
 * that is both set and removed, and for a format version that the table cannot have, `Validation` for metrics of a column
 * that there is not.
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
    const { 'format-version': version, ...stored } = updates;
    const edited = editProperties(metadata, stored, removals);
    return version === undefined ? edited : upgradeFormatVersion(edited, version);
  };
  return metadataChange('update-properties', edit, {
    check: (metadata) => checkColumnProperties(currentSchema(metadata), metadata.properties),
  });
}
