import { ManifestReader } from '../../src/iceberg/manifest-reader.ts';
import type { FieldSummary, ManifestFile } from '../../src/iceberg/manifest-types.ts';
import type { FileIO } from '../../src/iceberg/ports.ts';
import { partitionPath } from '../../src/iceberg/partition-spec.ts';
import { currentSchema, specById } from '../../src/iceberg/table.ts';
import type { Snapshot, SnapshotRef, TableMetadata } from '../../src/iceberg/table-metadata.ts';
import { hex } from '../../src/iceberg/value.ts';

/** What a table looks like, with snapshots named s1, s2 … in the order in which they were first seen. */
export class TableState {
  readonly #names = new Map<bigint, string>();

  #name(id: bigint | null | undefined): string | null {
    return id === null || id === undefined ? null : (this.#names.get(id) ?? 's?');
  }

  /** A text with the ids of snapshots and the names of files that differ from run to run taken out. */
  named(text: string): string {
    return text
      .replaceAll(/\S*\d{5}-[0-9a-f-]{36}(\.gz)?\.metadata\.json/g, '<metadata>')
      .replaceAll(/[0-9a-f-]{36}-m\d+\.avro/g, '<manifest>')
      .replaceAll(/\d{15,19}/g, (id) => this.#name(BigInt(id)) ?? '');
  }

  async describe(metadata: TableMetadata, io: FileIO): Promise<unknown> {
    for (const { 'snapshot-id': id } of metadata.snapshots) {
      if (!this.#names.has(id)) this.#names.set(id, `s${this.#names.size + 1}`);
    }
    const reader = new ManifestReader(io);
    const manifests: Record<string, unknown> = {};
    for (const [ref, { 'snapshot-id': id }] of Object.entries(metadata.refs)) {
      const head = metadata.snapshots.find((snapshot) => snapshot['snapshot-id'] === id) ?? null;
      manifests[ref] = await Promise.all(
        (await reader.manifests(head)).map((manifest) =>
          this.#manifest(metadata, manifest, reader),
        ),
      );
    }
    return {
      formatVersion: metadata['format-version'],
      lastSequenceNumber: metadata['last-sequence-number'],
      nextRowId: metadata['next-row-id'] ?? 0,
      current: this.#name(metadata['current-snapshot-id']),
      refs: Object.fromEntries(
        Object.entries(metadata.refs).map(([name, ref]) => [name, this.#ref(ref)]),
      ),
      log: metadata['snapshot-log'].map((entry) => this.#name(entry['snapshot-id'])),
      properties: metadata.properties,
      metadataLog: metadata['metadata-log'].length,
      ...describeSchemas(metadata),
      snapshots: metadata.snapshots.map((snapshot) => this.#snapshot(snapshot)),
      manifests,
    };
  }

  #ref(ref: SnapshotRef): string {
    const own = [ref['min-snapshots-to-keep'], ref['max-snapshot-age-ms'], ref['max-ref-age-ms']];
    return [
      ref.type,
      this.#name(ref['snapshot-id']),
      ...own.map((each) => String(each ?? null)),
    ].join(' ');
  }

  #snapshot(snapshot: Snapshot): unknown {
    const { operation, ...summary } = snapshot.summary;
    return {
      name: this.#name(snapshot['snapshot-id']),
      parent: this.#name(snapshot['parent-snapshot-id']),
      sequenceNumber: snapshot['sequence-number'],
      operation,
      schema: snapshot['schema-id'] ?? null,
      firstRowId: snapshot['first-row-id'] ?? null,
      addedRows: snapshot['added-rows'] ?? null,
      summary: Object.fromEntries(
        Object.entries(summary)
          .filter(([key]) => key !== 'engine-name')
          .map(([key, value]) => [key, this.named(value)]),
      ),
    };
  }

  async #manifest(
    metadata: TableMetadata,
    manifest: ManifestFile,
    reader: ManifestReader,
  ): Promise<unknown> {
    const entries = await reader.entries(metadata, manifest);
    const files = [
      manifest.added_files_count,
      manifest.existing_files_count,
      manifest.deleted_files_count,
    ];
    const rows = [
      manifest.added_rows_count,
      manifest.existing_rows_count,
      manifest.deleted_rows_count,
    ];
    return {
      manifest: [
        manifest.content === 0 ? 'DATA' : 'DELETES',
        `spec ${manifest.partition_spec_id} by ${this.#name(manifest.added_snapshot_id)}`,
        `seq ${manifest.sequence_number} min ${manifest.min_sequence_number}`,
        `files ${files.join(' ')} rows ${rows.join(' ')}`,
        ...(manifest.partitions ?? []).map(describeSummary),
      ].join(' '),
      entries: entries
        .map(
          (entry) =>
            `${['EXISTING', 'ADDED', 'DELETED'][entry.status]} ${entry.data_file.file_path.replace(/.*\//, '')} in ${partitionPath(specById(metadata, entry.spec_id), currentSchema(metadata), entry.data_file.partition)} by ${this.#name(entry.snapshot_id)} data ${entry.sequence_number} file ${entry.file_sequence_number} row ${entry.data_file.first_row_id ?? null}`,
        )
        .sort(),
    };
  }
}

function describeSummary(summary: FieldSummary): string {
  const bound = (bytes: Uint8Array | null | undefined) => (bytes ? hex(bytes) : null);
  const { contains_null: hasNull, contains_nan: hasNan, ...bounds } = summary;
  return `${hasNull} ${hasNan ?? null} ${bound(bounds.lower_bound)} ${bound(bounds.upper_bound)}`;
}

function describeSchemas(metadata: TableMetadata): Record<string, unknown> {
  const lines = <T>(
    things: readonly T[],
    key: (thing: T) => number,
    lines: (thing: T) => string[],
  ) =>
    Object.fromEntries(
      things.map((thing) => [
        key(thing),
        lines(thing)
          .map((line) => `${line}, `)
          .join(''),
      ]),
    );
  return {
    currentSchema: metadata['current-schema-id'],
    lastColumnId: metadata['last-column-id'],
    schemas: lines(
      metadata.schemas,
      (schema) => schema['schema-id'],
      ({ fields }) =>
        fields.map(
          ({ id, name, type, required, doc }) =>
            `${id} ${name} ${JSON.stringify(type).replaceAll('"', '')}${required ? '' : '?'} ${doc ?? null}`,
        ),
    ),
    defaultSpec: metadata['default-spec-id'],
    lastPartitionId: metadata['last-partition-id'],
    specs: lines(
      metadata['partition-specs'],
      (spec) => spec['spec-id'],
      ({ fields }) =>
        fields.map((f) => `${f['field-id']} ${f.name} ${f.transform} ${f['source-id']}`),
    ),
    defaultSortOrder: metadata['default-sort-order-id'],
    sortOrders: lines(
      metadata['sort-orders'],
      (order) => order['order-id'],
      ({ fields }) =>
        fields.map(
          (f) =>
            `${f['source-id']} ${f.transform} ${f.direction.toUpperCase()} ${f['null-order'].toUpperCase().replace('-', ' ')}`,
        ),
    ),
  };
}
