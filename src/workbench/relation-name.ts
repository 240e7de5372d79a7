import type { Address } from '../flare/address.ts';
import type { TableName } from '../iceberg/ports.ts';
import { type MetadataTable, metadataTables } from './metadata-table.ts';

/** What the parts of a name in a query stand for. */
export interface RelationName {
  /** A table in the catalog, or a dataset in the dropzone. */
  name: string;
  /** The metadata table that is asked for, `null` for the table's own rows. */
  metadata: MetadataTable | null;
}

/** The parts of a name `depot:collection/dataset`. */
export function addressOf(name: TableName): Address {
  const [depot = '', rest = ''] = name.split(':');
  const slash = rest.indexOf('/');
  return { depot, collection: rest.slice(0, slash), dataset: rest.slice(slash + 1), acl: 'r' };
}

/**
 * The one of `names` that the parts of a name mean: `depot.collection.dataset`, or its end if that is unambiguous, case
 * ignored as Spark does. A metadata table follows as a further part, or behind `$` as in Trino. `null`: none, or several.
 */
export function findRelation(
  parts: readonly string[],
  names: readonly string[],
): RelationName | null {
  const name = findName(parts, names);
  if (name !== null) return { name, metadata: null };
  const last = parts.at(-1) ?? '';
  const dollar = last.lastIndexOf('$');
  const [table, suffix] =
    dollar < 0
      ? [parts.slice(0, -1), last]
      : [[...parts.slice(0, -1), last.slice(0, dollar)], last.slice(dollar + 1)];
  const metadata = metadataTables.find((known) => known === suffix.toLowerCase());
  const owner = metadata ? findName(table, names) : null;
  return owner !== null && metadata ? { name: owner, metadata } : null;
}

function findName(parts: readonly string[], names: readonly string[]): string | null {
  const wanted = parts.map((part) => part.toLowerCase());
  if (wanted.length === 0) return null;
  const found = names.filter((name) => {
    const { depot, collection, dataset } = addressOf(name);
    const own = [depot, collection, dataset].map((part) => part.toLowerCase());
    return wanted.length <= 3 && own.slice(-wanted.length).join('\n') === wanted.join('\n');
  });
  return found.length === 1 ? (found[0] ?? null) : null;
}
