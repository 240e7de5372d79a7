import { describe, expect, it } from 'vitest';
import type { DataFile } from '../../src/iceberg/manifest-types.ts';
import {
  summarize,
  type ChangedFile,
  type SummaryOptions,
} from '../../src/iceberg/snapshot-summary.ts';
import type { PartitionSpec, Schema, Snapshot } from '../../src/iceberg/table-metadata.ts';
import { goldenManifests, goldenMetadata } from './golden-table.ts';

/** Keys that tell of the engine, and of what only it can know. */
const environment = /^(spark\.|app-id$|engine-|iceberg-version$|manifests-|replace-partitions$)/;

/** The summary that ours would write for a snapshot of a golden table. */
async function summarizeGolden(table: string, snapshot: Snapshot, previous: Snapshot | undefined) {
  const metadata = await goldenMetadata(table);
  const [schema] = metadata.schemas;
  if (!schema) throw new Error('A table has a schema');
  const id = snapshot['snapshot-id'];
  const changed = (await goldenManifests(table, snapshot)).flatMap(({ stored, listed }) =>
    stored.entries
      .filter((entry) => (entry.snapshot_id ?? listed.added_snapshot_id) === id)
      .map((entry) => ({ ...entry, spec_id: listed.partition_spec_id })),
  );
  const theirs = Object.entries(snapshot.summary);
  const kept = (pattern: RegExp) => Object.fromEntries(theirs.filter(([key]) => pattern.test(key)));
  const count = (key: string) => Number(snapshot.summary[`manifests-${key}`] ?? 0);
  return summarize({
    operation: snapshot.summary.operation,
    properties: kept(/^(replace-partitions|spark\.)/),
    added: changed.filter((entry) => entry.status === 1),
    removed: changed.filter((entry) => entry.status === 2),
    manifests: { created: count('created'), kept: count('kept'), replaced: count('replaced') },
    previous: previous?.summary ?? null,
    specs: metadata['partition-specs'],
    schema,
    environment: kept(/^(app-id|engine-|iceberg-version)/),
  });
}

describe('the summary of a snapshot', () => {
  it.each(['java/v1', 'java/v2', 'java/v3'])('is the one that Java writes: %s', async (table) => {
    const { snapshots } = await goldenMetadata(table);
    for (const [index, snapshot] of snapshots.entries()) {
      const ours = await summarizeGolden(table, snapshot, snapshots[index - 1]);
      expect(Object.entries(ours)).toEqual(Object.entries(snapshot.summary));
    }
  });

  it.each([
    'spark/append_month',
    'spark/overwrite_month',
    'spark/overwrite_vendor',
    'tables/icebird_java_bunnies',
    'tables/icebird_spark_rename_column',
    'tables/pglake_spark_position_deletes',
  ])('says what other writers say: %s', async (table) => {
    const { snapshots } = await goldenMetadata(table);
    for (const [index, snapshot] of snapshots.entries()) {
      const ours = await summarizeGolden(table, snapshot, snapshots[index - 1]);
      const told = (summary: object) =>
        Object.fromEntries(Object.entries(summary).filter(([key]) => !environment.test(key)));
      expect(told(ours)).toEqual(told(snapshot.summary));
    }
  });

  const schema: Schema = {
    type: 'struct',
    'schema-id': 0,
    fields: [{ id: 3, name: 'p', required: false, type: 'string' }],
  };
  const spec: PartitionSpec = {
    'spec-id': 0,
    fields: [{ name: 'p', transform: 'identity', 'source-id': 3, 'field-id': 1000 }],
  };
  const file = (partition: string | null, more: Partial<DataFile> = {}): ChangedFile => ({
    spec_id: 0,
    data_file: {
      content: 0,
      file_path: 'x',
      file_format: 'PARQUET',
      partition: [partition],
      record_count: 2,
      file_size_in_bytes: 10,
      ...more,
    },
  });
  const options = (changes: Partial<SummaryOptions>): SummaryOptions => ({
    operation: 'overwrite',
    added: [],
    removed: [],
    manifests: { created: 1, kept: 0, replaced: 0 },
    previous: null,
    specs: [spec],
    schema,
    ...changes,
  });

  it('starts totals at 0 and writes them even then', () => {
    expect(summarize(options({ operation: 'append' }))).toEqual({
      operation: 'append',
      'manifests-created': '1',
      'manifests-kept': '0',
      'manifests-replaced': '0',
      'changed-partition-count': '0',
      'total-records': '0',
      'total-files-size': '0',
      'total-data-files': '0',
      'total-delete-files': '0',
      'total-position-deletes': '0',
      'total-equality-deletes': '0',
    });
  });

  it('counts delete files of every kind', () => {
    const vector = { content: 1, file_format: 'PUFFIN', content_size_in_bytes: 3 } as const;
    const files = [
      file('a', { content: 1 }),
      file('a', { content: 2, record_count: 5 }),
      file('a', vector),
    ];
    const added = summarize(options({ added: files }));
    expect(added).toMatchObject({
      'added-delete-files': '3',
      'added-position-delete-files': '1',
      'added-equality-delete-files': '1',
      'added-dvs': '1',
      'added-position-deletes': '4',
      'added-equality-deletes': '5',
      'added-files-size': '23',
      'total-delete-files': '3',
      'total-position-deletes': '4',
      'total-equality-deletes': '5',
      'total-files-size': '23',
      'total-data-files': '0',
    });
    expect(added).not.toHaveProperty('added-records');
    expect(summarize(options({ removed: files, previous: added }))).toMatchObject({
      'removed-delete-files': '3',
      'removed-position-delete-files': '1',
      'removed-equality-delete-files': '1',
      'removed-dvs': '1',
      'removed-position-deletes': '4',
      'removed-equality-deletes': '5',
      'removed-files-size': '23',
      'total-delete-files': '0',
    });
  });

  it('leaves a total out that cannot be known or would be negative', () => {
    const summary = summarize(
      options({
        removed: [file('a')],
        previous: {
          operation: 'append',
          'total-data-files': '0',
          'total-records': 'many',
          'total-files-size': '-1',
          'total-delete-files': '3',
        },
      }),
    );
    expect(Object.keys(summary).filter((key) => key.startsWith('total-'))).toEqual([
      'total-delete-files',
    ]);
  });

  it('counts changed partitions by path, those of two specs apart', () => {
    const other = { ...spec, 'spec-id': 1, fields: [{ ...spec.fields[0], name: 'q' }] };
    const summary = summarize(
      options({
        specs: [spec, other as PartitionSpec],
        added: [file('a'), file('a'), file(null), { ...file('a'), spec_id: 1 }],
        removed: [file('a'), file('b')],
      }),
    );
    expect(summary['changed-partition-count']).toBe('4');
  });

  it('tells of each partition if there are no more than the limit', () => {
    const changes = { added: [file('a b'), file('a b')], removed: [file('c')] };
    const within = summarize(options({ ...changes, partitionLimit: 2 }));
    expect(within).toMatchObject({
      'partition-summaries-included': 'true',
      'partitions.p=a+b': 'added-data-files=2,added-records=4,added-files-size=20',
      'partitions.p=c': 'deleted-data-files=1,deleted-records=2,removed-files-size=10',
    });
    expect(summarize(options({ ...changes, partitionLimit: 1 }))).not.toHaveProperty(
      'partition-summaries-included',
    );
  });

  it('has other keys first, the engine last, and duplicates that were removed', () => {
    const summary = summarize(
      options({
        properties: { 'replace-partitions': 'true' },
        duplicateDeletes: 1,
        environment: { 'engine-name': 'x' },
      }),
    );
    expect(Object.keys(summary).slice(0, 2)).toEqual(['operation', 'replace-partitions']);
    expect(Object.keys(summary).at(-1)).toBe('engine-name');
    expect(summary['deleted-duplicate-files']).toBe('1');
  });
});
