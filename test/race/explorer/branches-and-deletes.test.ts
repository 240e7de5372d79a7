import { describe, expect, it } from 'vitest';
import { append } from '../../../src/iceberg/append.ts';
import { cherryPick } from '../../../src/iceberg/cherry-pick.ts';
import { commit } from '../../../src/iceberg/commit.ts';
import { content } from '../../../src/iceberg/manifest-types.ts';
import { createRef } from '../../../src/iceberg/refs.ts';
import { rowDelta } from '../../../src/iceberg/row-delta.ts';
import { planFiles } from '../../../src/iceberg/scan.ts';
import type { Isolation } from '../../../src/iceberg/stop.ts';
import { currentSnapshot, type Table } from '../../../src/iceberg/table.ts';
import { updateSchema } from '../../../src/iceberg/update-schema.ts';
import { encodeValue } from '../../../src/iceberg/value.ts';
import { explore } from '../../../src/race/explorer/explore.ts';
import { writersOf } from '../../../src/race/explorer/explored-jobs.ts';
import type { Operation } from '../../../src/race/explorer/operations.ts';
import type { Writer } from '../../../src/race/explorer/script.ts';
import { commitChange, worldWith, writes } from '../../../src/race/explorer/writers.ts';
import { stage } from '../stage.ts';

const head = ({ metadata }: Table): bigint => currentSnapshot(metadata)?.['snapshot-id'] ?? 0n;

/** The field `file_path` of position deletes, by whose bounds their one data file is known. */
const filePathId = 2147483546;

/** Deletes a row of the first file of partition a by its position (merge-on-read). */
const deletesRow = (isolation: Isolation): Writer =>
  writes({}, async ({ context, protocol, table }) => {
    const { io, random } = context;
    const tasks = await planFiles(io, table.metadata, currentSnapshot(table.metadata));
    const of = tasks.find(({ file }) => file.data_file.partition[0] === 'a')?.file.data_file;
    const bounds = new Map([[filePathId, encodeValue('string', of?.file_path ?? '')]]);
    const path = `${table.metadata.location}/data/p=a/${random.uuid()}-deletes.parquet`;
    await io.create(path, Uint8Array.of(0));
    const file = {
      content: content.positionDeletes,
      file_path: path,
      file_format: 'PARQUET',
      partition: ['a'],
      record_count: 1,
      file_size_in_bytes: 1,
      lower_bounds: bounds,
      upper_bounds: bounds,
    };
    const change = rowDelta(
      { add: [{ spec_id: table.metadata['default-spec-id'], data_file: file }] },
      { isolation, since: head(table), command: 'delete' },
    );
    return commit(context, table, change, { protocol, dataFiles: [path] });
  });

const subjects: Record<string, Writer> = {
  'row-delta': deletesRow('none'),
  'row-delta-serializable': deletesRow('serializable'),
  'cherry-pick': writes({}, async (written) => {
    const { context, table } = written;
    const staged = table.metadata.snapshots.find(({ summary }) => summary['wap.id'] === 'staged');
    return commitChange(
      written,
      await cherryPick(context.io, table, staged?.['snapshot-id'] ?? 0n),
    );
  }),
  'append-to-branch': writes({ a: 3 }, (written) =>
    commitChange(written, append(written.files, { branch: 'side' })),
  ),
  'rename-column': writes({}, (written) =>
    commitChange(written, updateSchema([{ edit: 'rename', column: 'id', name: 'key' }])),
  ),
};

const beside: readonly Operation[] = [
  'append',
  'dynamic-overwrite-serializable',
  'overwrite-snapshot',
  'delete',
  'compaction',
  'expire-snapshots',
];

const names = Object.keys(subjects);

/** Each subject beside each operation, and each pair of subjects once. */
const pairs = names.flatMap((one, at): [string, string][] =>
  [...beside, ...names.slice(at)].map((two): [string, string] => [one, two]),
);

function writerOf(name: string): Writer {
  const operation = beside.find((each) => each === name);
  const writer =
    operation === undefined
      ? subjects[name]
      : writersOf([{ name, operation, partition: 'a' }])[name];
  if (writer === undefined) throw new Error(`Nothing is called ${name}`);
  return writer;
}

/** Two files in partition a, one in b, an append that waits to be published, and a branch. */
const branchedWorld = () =>
  worldWith([
    { a: 5 },
    { a: 6, b: 7 },
    writes({ a: 2 }, (written) =>
      commitChange(
        written,
        append(written.files, { stageOnly: true, summary: { 'wap.id': 'staged' } }),
      ),
    ),
    writes({}, (written) =>
      commitChange(
        written,
        createRef('side', { type: 'branch', 'snapshot-id': head(written.table) }),
      ),
    ),
  ]);

describe('every schedule and every kill of position deletes, branches, cherry-picks and renames', () => {
  for (const protocol of ['queued', 'optimistic'] as const) {
    it.each(pairs)(`holds under ${protocol}: %s and %s`, async (one, two) => {
      const options = await stage({ protocol, world: await branchedWorld() });
      const committed = new Set<string>();
      const found = await explore(
        { one: writerOf(one), two: writerOf(two) },
        {
          ...options,
          kills: true,
          onSchedule: ({ jobs }) => {
            for (const { name, outcome } of jobs) if (outcome === 'committed') committed.add(name);
          },
        },
      );
      expect(found.violation?.verdict.sentences ?? []).toEqual([]);
      expect(found).toMatchObject({ violated: 0, undecided: 0, complete: true });
      expect(found.schedules).toBeGreaterThanOrEqual(4);
      expect([...committed].sort()).toEqual(['one', 'two']);
    });
  }
});
