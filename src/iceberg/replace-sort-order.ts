import { metadataChange, type Change } from './change.ts';
import type { SortField, TableMetadata } from './table-metadata.ts';

/** Sets the order that writers sort by; no fields: none. An order that the table had before gets its old id. */
export function replaceSortOrder(fields: readonly SortField[]): Change {
  return metadataChange('replace-sort-order', (metadata) => {
    const wanted = JSON.stringify(fields.map(canonical));
    const known = metadata['sort-orders'].find(
      (order) => JSON.stringify(order.fields.map(canonical)) === wanted,
    );
    const id = known?.['order-id'] ?? (fields.length === 0 ? 0 : nextOrderId(metadata));
    if (id === metadata['default-sort-order-id']) return metadata;
    return {
      ...metadata,
      'default-sort-order-id': id,
      'sort-orders':
        known === undefined
          ? [...metadata['sort-orders'], { 'order-id': id, fields: [...fields] }]
          : metadata['sort-orders'],
    };
  });
}

function canonical(field: SortField): unknown[] {
  return [field['source-id'], field.transform, field.direction, field['null-order']];
}

/** Sorted orders count from 1: 0 is the unsorted one. */
function nextOrderId(metadata: TableMetadata): number {
  return Math.max(0, ...metadata['sort-orders'].map((order) => order['order-id'])) + 1;
}
