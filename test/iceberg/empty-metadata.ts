import type { TableMetadata } from '../../src/iceberg/table-metadata.ts';
import { byP, schema } from './scenarios/fixture.ts';

/** The metadata of a table partitioned by p that has no snapshot yet, of format version 2. */
export const emptyMetadata: TableMetadata = {
  'format-version': 2,
  'table-uuid': 'u',
  location: 'mem:///t',
  'last-sequence-number': 0,
  'last-updated-ms': 0,
  'last-column-id': 3,
  'current-schema-id': 0,
  schemas: [schema],
  'default-spec-id': 0,
  'partition-specs': [byP],
  'last-partition-id': 1000,
  'default-sort-order-id': 0,
  'sort-orders': [],
  properties: {},
  'current-snapshot-id': null,
  refs: {},
  snapshots: [],
  statistics: [],
  'partition-statistics': [],
  'snapshot-log': [],
  'metadata-log': [],
};
