import { ancestorsOf } from '../iceberg/table.ts';
import { type MetadataRows, timestamp } from './metadata-rows.ts';
import type { TableVersion } from './table-version.ts';

/** Every snapshot that the metadata knows. */
export function snapshots({ metadata }: TableVersion): MetadataRows {
  return {
    columns: {
      committed_at: 'TIMESTAMP',
      snapshot_id: 'BIGINT',
      parent_id: 'BIGINT',
      operation: 'VARCHAR',
      manifest_list: 'VARCHAR',
      summary: 'MAP(VARCHAR, VARCHAR)',
    },
    rows: metadata.snapshots.map((snapshot) => {
      const { operation, ...summary } = snapshot.summary;
      return [
        timestamp(snapshot['timestamp-ms']),
        snapshot['snapshot-id'],
        snapshot['parent-snapshot-id'] ?? null,
        operation,
        snapshot['manifest-list'],
        summary,
      ];
    }),
  };
}

/** The snapshots that were current, in the order in which they became so. */
export function history({ metadata }: TableVersion): MetadataRows {
  const ancestors = new Set<bigint>();
  for (const snapshot of ancestorsOf(metadata, metadata['current-snapshot-id'])) {
    ancestors.add(snapshot['snapshot-id']);
  }
  return {
    columns: {
      made_current_at: 'TIMESTAMP',
      snapshot_id: 'BIGINT',
      parent_id: 'BIGINT',
      is_current_ancestor: 'BOOLEAN',
    },
    rows: metadata['snapshot-log'].map(({ 'timestamp-ms': time, 'snapshot-id': id }) => {
      const parent = metadata.snapshots.find((snapshot) => snapshot['snapshot-id'] === id);
      return [timestamp(time), id, parent?.['parent-snapshot-id'] ?? null, ancestors.has(id)];
    }),
  };
}

/** Branches and tags. */
export function refs({ metadata }: TableVersion): MetadataRows {
  return {
    columns: {
      name: 'VARCHAR',
      type: 'VARCHAR',
      snapshot_id: 'BIGINT',
      max_reference_age_in_ms: 'BIGINT',
      min_snapshots_to_keep: 'INTEGER',
      max_snapshot_age_in_ms: 'BIGINT',
    },
    rows: Object.entries(metadata.refs).map(([name, ref]) => [
      name,
      ref.type.toUpperCase(),
      ref['snapshot-id'],
      ref['max-ref-age-ms'] ?? null,
      ref['min-snapshots-to-keep'] ?? null,
      ref['max-snapshot-age-ms'] ?? null,
    ]),
  };
}

/** The metadata files that the log names, and the current one. */
export function metadataLog({ metadata, location }: TableVersion): MetadataRows {
  const current = { 'timestamp-ms': metadata['last-updated-ms'], 'metadata-file': location };
  return {
    columns: {
      timestamp: 'TIMESTAMP',
      file: 'VARCHAR',
      latest_snapshot_id: 'BIGINT',
      latest_schema_id: 'INTEGER',
      latest_sequence_number: 'BIGINT',
    },
    rows: [...metadata['metadata-log'], current].map((entry) => {
      const time = entry['timestamp-ms'];
      const id = metadata['snapshot-log'].findLast((logged) => logged['timestamp-ms'] <= time)?.[
        'snapshot-id'
      ];
      const snapshot = metadata.snapshots.find((known) => known['snapshot-id'] === id);
      return [
        timestamp(time),
        entry['metadata-file'],
        id ?? null,
        snapshot?.['schema-id'] ?? null,
        snapshot?.['sequence-number'] ?? null,
      ];
    }),
  };
}
