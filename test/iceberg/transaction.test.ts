import { expect, it } from 'vitest';
import { append } from '../../src/iceberg/append.ts';
import { replacePartitions } from '../../src/iceberg/replace-partitions.ts';
import { transaction } from '../../src/iceberg/transaction.ts';
import { updateProperties } from '../../src/iceberg/update-properties.ts';
import { expectCommitted, modes, Scenario } from './scenarios/fixture.ts';

const [, , optimistic] = modes;

it('answers the last snapshot that a transaction has made', async () => {
  const t = await Scenario.begin(optimistic);
  const [a1, b1] = await t.files('A1', 'B1');
  const changes = () => transaction([append([a1]), append([b1]), updateProperties({ k: 'v' })]);
  const { snapshotId } = expectCommitted(await t.run(changes));
  expect(snapshotId).toBe(await t.headId());
  expect(await t.live()).toEqual(['A1@1', 'B1@2']);
});

it('does not take the earlier changes of a transaction for conflicts of the later ones', async () => {
  const t = await Scenario.begin(optimistic);
  const since = await t.seed('A0');
  const [a1, a2] = await t.files('A1', 'A2');
  const options = { isolation: 'serializable', since } as const;
  expectCommitted(
    await t.run((table) => transaction([append([a1]), replacePartitions(table, [a2], options)])),
  );
  expect(await t.live()).toEqual(['A2@3']);
});
