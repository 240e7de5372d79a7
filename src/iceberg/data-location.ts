import { murmur3 } from './murmur3.ts';
import { booleanProperty } from './property.ts';
import { dataFolder } from './table.ts';
import type { TableMetadata } from './table-metadata.ts';

const utf8 = new TextEncoder();

/**
 * Where a new data or delete file of a partition goes (its folders as of `partitionPath`, empty for none): below the
 * data folder, and with `write.object-storage.enabled` behind folders that are the hash of its name, so that a store
 * spreads the files (Java's `LocationProviders`).
 */
export function dataLocation(
  table: Pick<TableMetadata, 'location' | 'properties'>,
  partition: string,
  fileName: string,
): string {
  const folder = dataFolder(table);
  const inPartition = partition === '' ? fileName : `${partition}/${fileName}`;
  const { properties } = table;
  if (!booleanProperty(properties, 'write.object-storage.enabled', false)) {
    return `${folder}/${inPartition}`;
  }
  const withPartition = booleanProperty(properties, 'write.object-storage.partitioned-paths', true);
  const name = withPartition ? inPartition : fileName;
  const entropy = entropyOf(name);
  const root = table.location.replace(/\/+$/, '');
  if (!folder.startsWith(root)) {
    return `${folder}/${entropy}/${root.split('/').slice(-2).join('/')}/${name}`;
  }
  return `${folder}/${entropy}${withPartition ? '/' : '-'}${name}`;
}

/** The last 20 bits of a name's hash as folders, such as `0101/0110/1001/10110010`. */
function entropyOf(name: string): string {
  const bits = (murmur3(utf8.encode(name)) >>> 0).toString(2).padStart(32, '0').slice(-20);
  return [bits.slice(0, 4), bits.slice(4, 8), bits.slice(8, 12), bits.slice(12)].join('/');
}
