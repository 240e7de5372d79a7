import { describe, expect, it } from 'vitest';
import { append } from '../../../src/iceberg/append.ts';
import { cherryPick } from '../../../src/iceberg/cherry-pick.ts';
import { createRef } from '../../../src/iceberg/refs.ts';
import { currentSnapshot, type Table } from '../../../src/iceberg/table.ts';
import { updateSchema } from '../../../src/iceberg/update-schema.ts';
import { explore } from '../../../src/race/explorer/explore.ts';
import { writersOf } from '../../../src/race/explorer/explored-jobs.ts';
import type { Operation } from '../../../src/race/explorer/operations.ts';
import type { Writer } from '../../../src/race/explorer/script.ts';
import { commitChange, worldWith, writes } from '../../../src/race/explorer/writers.ts';
import { deletesRow } from '../row-deleter.ts';
import { stage } from '../stage.ts';

const head = ({ metadata }: Table): bigint => currentSnapshot(metadata)?.['snapshot-id'] ?? 0n;

const subjects: Record<string, Writer> = {
  'row-delta': deletesRow({ partition: 'a', isolation: 'none', copy: false }),
  'row-delta-serializable': deletesRow({ partition: 'a', isolation: 'serializable', copy: false }),
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
