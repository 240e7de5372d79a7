import { expect } from 'vitest';
import { append } from '../../../src/iceberg/append.ts';
import type { Change } from '../../../src/iceberg/change.ts';
import { commit, type CommitResult } from '../../../src/iceberg/commit.ts';
import { createTable } from '../../../src/iceberg/create-table.ts';
import type { CommitContext } from '../../../src/iceberg/context.ts';
import { ManifestReader } from '../../../src/iceberg/manifest-reader.ts';
import { content, type DataFile, type Value } from '../../../src/iceberg/manifest-types.ts';
import { liveFiles } from '../../../src/iceberg/scan.ts';
import type { ChangedFile } from '../../../src/iceberg/snapshot-summary.ts';
import type { Protocol } from '../../../src/iceberg/stop.ts';
import type { PartitionSpec, Schema, Snapshot } from '../../../src/iceberg/table-metadata.ts';
import { currentSnapshot, loadTable, type Table } from '../../../src/iceberg/table.ts';
import { encodeValue } from '../../../src/iceberg/value.ts';
import { expectInvariants, type Explained } from '../double/invariants.ts';
import { noQueue, World } from '../double/world.ts';

const name = 'w:test/t';
const location = 'mem:///w/test/t';

export const schema: Schema = {
  type: 'struct',
  'schema-id': 0,
  fields: [
    { id: 1, name: 'id', required: true, type: 'long' },
    { id: 2, name: 'data', required: false, type: 'string' },
    { id: 3, name: 'p', required: false, type: 'string' },
  ],
};

export const byP: PartitionSpec = {
  'spec-id': 0,
  fields: [{ name: 'p', transform: 'identity', 'source-id': 3, 'field-id': 1000 }],
};

export const unpartitioned: PartitionSpec = { 'spec-id': 0, fields: [] };

/** How the writers of a scenario coordinate: with a queue, with none behind the same protocol, and by back-off. */
export const modes = [
  { protocol: 'queued', queued: true },
  { protocol: 'queued', queued: false },
  { protocol: 'optimistic', queued: false },
] as const;

/** One of {@link modes}. */
export interface Mode {
  protocol: Protocol;
  queued: boolean;
}

/** What a test may say of the table T of the reference, section 9.0. */
export interface TableOptions {
  spec?: PartitionSpec;
  schema?: Schema;
  properties?: Record<string, string>;
  formatVersion?: 1 | 2 | 3;
}

/** A world with the one table T in it, and short words for what the scenarios do to it. */
export class Scenario {
  readonly world: World;
  readonly #protocol: Protocol;
  readonly acknowledged: bigint[] = [];

  static async begin(
    mode: Mode,
    options: TableOptions = {},
    world = new World(mode.queued ? {} : { queue: noQueue }),
  ): Promise<Scenario> {
    await createTable(world.writer(), name, {
      location,
      schema: options.schema ?? schema,
      spec: options.spec ?? byP,
      formatVersion: options.formatVersion ?? 2,
      properties: {
        'commit.retry.min-wait-ms': '1',
        'commit.retry.max-wait-ms': '5',
        ...options.properties,
      },
    });
    return new Scenario(world, mode.protocol);
  }

  private constructor(world: World, protocol: Protocol) {
    this.world = world;
    this.#protocol = protocol;
  }

  writer() {
    return this.world.writer();
  }

  load(): Promise<Table> {
    return loadTable(this.world, name);
  }

  async head(): Promise<Snapshot | null> {
    return currentSnapshot((await this.load()).metadata);
  }

  async headId(): Promise<bigint | null> {
    return (await this.head())?.['snapshot-id'] ?? null;
  }

  /** Loads the table and lets `build` make the change on it: "Wn builds op". */
  async build(
    make: (table: Table) => Change | Promise<Change>,
  ): Promise<{ table: Table; change: Change }> {
    const table = await this.load();
    return { table, change: await make(table) };
  }

  /** Commits what was built, as this writer. */
  async commit(
    built: { table: Table; change: Change },
    writer: CommitContext = this.writer(),
    options: { snapshotId?: bigint; protocol?: Protocol } = {},
  ): Promise<CommitResult> {
    const result = await commit(writer, built.table, built.change, {
      protocol: this.#protocol,
      ...options,
    });
    if (result.outcome === 'committed' && result.snapshotId !== null) {
      this.acknowledged.push(result.snapshotId);
    }
    return result;
  }

  /** Builds and commits at once. */
  async run(
    make: (table: Table) => Change | Promise<Change>,
    writer?: CommitContext,
  ): Promise<CommitResult> {
    return this.commit(await this.build(make), writer);
  }

  /** Fast-appends these files as one snapshot and returns its id. */
  async seed(...names: string[]): Promise<bigint> {
    const files = await this.files(...names);
    const result = await this.run(() => append(files, { fast: true }));
    return expectCommitted(result).snapshotId ?? 0n;
  }

  async files<const N extends readonly string[]>(
    ...names: N
  ): Promise<{ -readonly [K in keyof N]: ChangedFile }> {
    return Promise.all(names.map((file) => this.file(file))) as Promise<{
      -readonly [K in keyof N]: ChangedFile;
    }>;
  }

  /** The data file of that name with one record; its partition is p = the name's first letter in lower case. */
  async file(
    file: string,
    {
      partition = [file.charAt(0).toLowerCase()] as Value[],
      specId = 0,
      ...rest
    }: FileOptions = {},
  ): Promise<ChangedFile> {
    const path = `${location}/data/${file}.parquet`;
    const bytes = rest.bytes ?? 10;
    if (!this.world.io.paths().includes(path)) {
      await this.world.io.create(path, new Uint8Array(bytes));
    }
    const data: DataFile = {
      content: rest.content ?? content.data,
      file_path: path,
      file_format: 'PARQUET',
      partition,
      record_count: rest.records ?? 1,
      file_size_in_bytes: bytes,
      ...(rest.referencedDataFile && { referenced_data_file: rest.referencedDataFile }),
      ...(rest.content === content.equalityDeletes && { equality_ids: [1] }),
      ...(rest.content === undefined && {
        value_counts: new Map([[1, 1]]),
        null_value_counts: new Map([[1, 0]]),
        lower_bounds: new Map([[1, encodeValue('long', 0n)]]),
        upper_bounds: new Map([[1, encodeValue('long', 9n)]]),
      }),
    };
    return { spec_id: specId, data_file: data };
  }

  /** A deletion vector of that name for a data file. */
  async vector(name: string, on: ChangedFile): Promise<ChangedFile> {
    const file = await this.file(name, {
      partition: on.data_file.partition,
      content: content.positionDeletes,
      referencedDataFile: on.data_file.file_path,
    });
    const place = { file_format: 'PUFFIN', content_offset: 4, content_size_in_bytes: 40 };
    return { ...file, data_file: { ...file.data_file, ...place } };
  }

  /** I1 to I12, with everything that was acknowledged on main. */
  async expectInvariants(explained: Explained = {}): Promise<void> {
    await expectInvariants(this.world, { acknowledged: this.acknowledged, ...explained });
  }

  /** What is live on a branch, such as `['A2@3', 'B0@1', 'DEL:PD1@2']`, in order; `A2@1/f3` was added by commit 3. */
  async live(branch = 'main'): Promise<string[]> {
    const { metadata } = await this.load();
    const id = metadata.refs[branch]?.['snapshot-id'];
    const snapshot = metadata.snapshots.find((each) => each['snapshot-id'] === id) ?? null;
    const { data, deletes } = await liveFiles(
      new ManifestReader(this.world.io),
      metadata,
      snapshot,
    );
    return [
      ...data.map((entry) => {
        const { sequence_number: own, file_sequence_number: file } = entry;
        const name = shortName(entry.data_file.file_path);
        return own === file ? `${name}@${own}` : `${name}@${own}/f${file}`;
      }),
      ...deletes.map(
        (entry) => `DEL:${shortName(entry.data_file.file_path)}@${entry.sequence_number}`,
      ),
    ].sort();
  }
}

interface FileOptions {
  partition?: Value[];
  specId?: number;
  content?: DataFile['content'];
  records?: number;
  bytes?: number;
  referencedDataFile?: string;
}

/** The first of some things that must be there. */
export function first<T>(things: readonly T[]): T {
  const [thing] = things;
  if (thing === undefined) throw new Error('There is none');
  return thing;
}

/** A message or path with the folders and endings of data files left out: `A0` for `mem:///…/A0.parquet`. */
export function shortName(text: string): string {
  return text.replaceAll(`${location}/data/`, '').replaceAll('.parquet', '');
}

/** The result, which must be a commit. */
export function expectCommitted(result: CommitResult) {
  if (result.outcome !== 'committed') throw result.error;
  return result;
}

/** The result must be a rejection with this kind and message, file names shortened. */
export function expectRejected(result: CommitResult, kind: string, message: string): void {
  expect(result.outcome).toBe('rejected');
  if (result.outcome !== 'rejected') return;
  expect({ kind: result.error.kind, message: shortName(result.error.message) }).toEqual({
    kind,
    message,
  });
}
