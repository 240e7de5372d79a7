import { describe, expect, it } from 'vitest';
import { append } from '../../../src/iceberg/append.ts';
import { createRef } from '../../../src/iceberg/refs.ts';
import { replacePartitions } from '../../../src/iceberg/replace-partitions.ts';
import { replaceSortOrder } from '../../../src/iceberg/replace-sort-order.ts';
import { rollbackTo, setCurrentSnapshot } from '../../../src/iceberg/rollback.ts';
import { currentSnapshot, type Table } from '../../../src/iceberg/table.ts';
import { transaction } from '../../../src/iceberg/transaction.ts';
import { updatePartitionSpec } from '../../../src/iceberg/update-partition-spec.ts';
import { updateProperties } from '../../../src/iceberg/update-properties.ts';
import { updateSchema } from '../../../src/iceberg/update-schema.ts';
import { exploredWorld, writersOf } from '../../../src/race/explorer/explored-jobs.ts';
import { explore } from '../../../src/race/explorer/explore.ts';
import { operations } from '../../../src/race/explorer/operations.ts';
import type { Writer } from '../../../src/race/explorer/script.ts';
import { commitChange, writes } from '../../../src/race/explorer/writers.ts';
import { stage } from '../stage.ts';

const head = ({ metadata }: Table): bigint => currentSnapshot(metadata)?.['snapshot-id'] ?? 0n;

const parent = ({ metadata }: Table): bigint =>
  currentSnapshot(metadata)?.['parent-snapshot-id'] ?? 0n;

/** What a table's tools commit beside the operations on its rows. */
const tools: Record<string, Writer> = {
  rollback: writes({}, (written) =>
    commitChange(written, rollbackTo(written.table, parent(written.table))),
  ),
  'set-current-snapshot': writes({}, (written) =>
    commitChange(written, setCurrentSnapshot(written.table, parent(written.table))),
  ),
  transaction: writes({ a: 3, b: 4 }, (written) => {
    const [one, two] = written.files;
    const changes = [replacePartitions(written.table, one ? [one] : []), append(two ? [two] : [])];
    return commitChange(written, transaction(changes));
  }),
  'update-properties': writes({}, (written) =>
    commitChange(written, updateProperties({ owner: 'tool' })),
  ),
  'update-schema': writes({}, (written) =>
    commitChange(written, updateSchema([{ edit: 'add', name: 'note', type: 'string' }])),
  ),
  'update-partition-spec': writes({}, (written) =>
    commitChange(
      written,
      updatePartitionSpec({ add: [{ type: 'bucket', column: 'id', numBuckets: 2 }] }),
    ),
  ),
  'replace-sort-order': writes({}, (written) =>
    commitChange(
      written,
      replaceSortOrder([
        { 'source-id': 1, transform: 'identity', direction: 'asc', 'null-order': 'nulls-first' },
      ]),
    ),
  ),
  'create-tag': writes({}, (written) =>
    commitChange(written, createRef('kept', { type: 'tag', 'snapshot-id': head(written.table) })),
  ),
};

const names = Object.keys(tools);

/** Each tool beside each operation, and each pair of tools once. */
const pairs = names.flatMap((tool, at): [string, string][] => [
  ...operations.map((operation): [string, string] => [tool, operation]),
  ...names.slice(at).map((other): [string, string] => [tool, other]),
]);

function writerOf(name: string): Writer {
  const operation = operations.find((each) => each === name);
  const writer =
    operation === undefined ? tools[name] : writersOf([{ name, operation, partition: 'a' }])[name];
  if (writer === undefined) throw new Error(`Nothing is called ${name}`);
  return writer;
}

describe('every schedule and every kill of a tool beside another writer', () => {
  for (const protocol of ['queued', 'optimistic'] as const) {
    it.each(pairs)(`holds under ${protocol}: %s and %s`, async (one, two) => {
      const options = await stage({ protocol, world: await exploredWorld() });
      const writers = { one: writerOf(one), two: writerOf(two) };
      const found = await explore(writers, { ...options, kills: true });
      expect(found.violation?.verdict.sentences ?? []).toEqual([]);
      expect(found).toMatchObject({ violated: 0, undecided: 0, complete: true });
      expect(found.schedules).toBeGreaterThanOrEqual(2);
    });
  }
});
