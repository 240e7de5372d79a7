import { beforeEach, describe, expect, it } from 'vitest';
import { parseWorkflows } from '../../src/flare/parse.ts';
import { commit, type CommitResult } from '../../src/iceberg/commit.ts';
import { currentSchema, loadTable } from '../../src/iceberg/table.ts';
import { changeByTool, type TableTool } from '../../src/job/table-tool.ts';
import { expectCommitted, expectRejected, modes, Scenario } from '../iceberg/scenarios/fixture.ts';

let t: Scenario;
let snapshots: bigint[];
beforeEach(async () => {
  t = await Scenario.begin(modes[0]);
  snapshots = [await t.seed('A0'), await t.seed('A1'), await t.seed('B0')];
});

/** Runs `dataos-tool dataset <words>` on the scenario's table. */
async function run(...words: (string | bigint)[]): Promise<CommitResult> {
  const words_ = ['dataset', ...words.map(String), '--address=dataos://w:test/t'];
  const { workflows, problems } = parseWorkflows(`
version: v1
name: wf
type: workflow
workflow:
  dag:
  - name: tool
    spec: { stack: alpha, alpha: { image: dataos-tool, arguments: ${JSON.stringify(words_)} } }
`);
  expect(problems).toEqual([]);
  const stack = workflows[0]?.jobs[0]?.stack;
  if (stack?.kind !== 'tool') throw new Error('No tool job');
  const writer = t.writer();
  const table = await t.load();
  const change = await changeByTool(stack.tool as TableTool, stack, table, writer.io);
  return commit(writer, table, change, { protocol: 'queued' });
}

const metadata = async () => (await t.load()).metadata;
const columns = async () =>
  currentSchema(await metadata()).fields.map(({ name, type, required }) =>
    [name, typeof type === 'string' ? type : type.type, ...(required ? ['required'] : [])].join(
      ' ',
    ),
  );

describe('snapshots', () => {
  it('rollback goes back to an ancestor only, set-snapshot to any snapshot', async () => {
    expectCommitted(await run('rollback', '-i', snapshots[0] ?? 0n));
    expect(await t.live()).toEqual(['A0@1']);
    expectRejected(
      await run('rollback', '--id', snapshots[2] ?? 0n),
      'Validation',
      `Cannot roll back to snapshot, not an ancestor of the current state: ${snapshots[2]}`,
    );
    expectCommitted(await run('set-snapshot', `--id=${snapshots[2]}`));
    expect(await t.live()).toEqual(['A0@1', 'A1@2', 'B0@3']);
  });

  it('cherrypick-snapshot brings back what a rollback left behind', async () => {
    expectCommitted(await run('rollback', '-i', snapshots[1] ?? 0n));
    expectCommitted(await run('cherrypick-snapshot', '--sid', snapshots[2] ?? 0n));
    expect(await t.live()).toEqual(['A0@1', 'A1@2', 'B0@3']);
  });
});

describe('branches and tags', () => {
  it('are created, renamed, moved and deleted', async () => {
    const refs = async () =>
      Object.entries((await metadata()).refs).map(([name, ref]) => [
        name,
        ref.type,
        snapshots.indexOf(ref['snapshot-id']),
      ]);
    expectCommitted(await run('create-branch', '-b', 'audit', '-i', snapshots[0] ?? 0n));
    expectCommitted(await run('create-tag', '--tag', 'today'));
    expectCommitted(await run('rename-branch', '-b', 'audit', '-n', 'check'));
    expect(await refs()).toEqual([
      ['main', 'branch', 2],
      ['today', 'tag', 2],
      ['check', 'branch', 0],
    ]);
    expectCommitted(await run('fastforward-branch', '--source', 'main', '--target', 'check'));
    expectCommitted(await run('create-branch', '--branch', 'old', '--id', snapshots[1] ?? 0n));
    expectCommitted(await run('replace-branch', '--source=old', '--target=check'));
    expect(await refs()).toContainEqual(['check', 'branch', 1]);
    expectCommitted(await run('delete-branch', '-b', 'old'));
    expectCommitted(await run('delete-tag', '-t', 'today'));
    expect((await refs()).map(([name]) => name)).toEqual(['main', 'check']);
    expectRejected(
      await run('rename-branch', '-b', 'main', '-n', 'trunk'),
      'IllegalArgument',
      'Cannot rename main branch',
    );
  });
});

describe('properties', () => {
  it('are added and removed, several at once', async () => {
    expectCommitted(await run('add-properties', '-p', 'a:1', '--properties', 'b:x:y, z'));
    expect((await metadata()).properties).toMatchObject({ a: '1', b: 'x:y, z' });
    expectCommitted(await run('remove-properties', '-p', 'a', '-p', 'b'));
    expect((await metadata()).properties).not.toHaveProperty('a');
  });
});

describe('columns', () => {
  it('are added with every type, renamed, widened, moved, relaxed and dropped', async () => {
    expectCommitted(await run('add-field', '-n', 'price', '-t', 'decimal', '-p', '10', '-s', '2'));
    expectCommitted(await run('add-field', '-n', 'tags', '-t', 'map', '-k', 'string', '-v', 'int'));
    expectCommitted(await run('add-column', '--name=at', '--type=timestamp_without_zone'));
    expectCommitted(await run('update-field', '-n', 'price', '--datatype', 'decimal(12,2)'));
    expectCommitted(await run('rename-field', '-n', 'data', '-m', 'text'));
    expectCommitted(await run('set-nullable', '-n', 'id', '-b', 'true'));
    expectCommitted(await run('move-field', '-n', 'at'));
    expectCommitted(await run('move-field', '-n', 'price', '--after', 'id'));
    expectCommitted(await run('drop-field', '-n', 'text'));
    expect(await columns()).toEqual([
      'at timestamp',
      'id long',
      'price decimal(12, 2)',
      'p string',
      'tags map',
    ]);
    expect((await metadata())['last-column-id']).toBe(8);
  });

  it.each([
    [['add-field', '-n', 'x', '-t', 'varchar'], 'Cannot parse type string to primitive: varchar'],
    [['add-field', '-n', 'x', '-t', 'list'], 'This type needs the flag --valueType.'],
    [
      ['set-nullable', '-n', 'p', '-b', 'false'],
      'Cannot change column nullability: p: optional -> required',
    ],
    [['set-sort-order', '--order', 'zorder(id, p)'], 'Cannot sort by zorder(…).'],
    [['set-sort-order', '--order', 'nothing DESC'], "Cannot find field 'nothing' to sort by."],
  ])('refuse %j', async (words, message) => {
    await expect(run(...words)).rejects.toThrow(message);
  });
});

describe('what new files follow', () => {
  it('is the partition spec, in both spellings of buckets', async () => {
    expectCommitted(
      await run('update-partition', '-p', 'bucket:id:shard', '-n', '4', '-p', 'identity:p'),
    );
    const spec = (await loadTable(t.world, 'w:test/t')).metadata['partition-specs'].at(-1);
    expect(spec?.fields.map(({ name, transform }) => [name, transform])).toEqual([
      // A field that was there before keeps its place.
      ['p', 'identity'],
      ['shard', 'bucket[4]'],
    ]);
  });

  it('is the sort order', async () => {
    expectCommitted(await run('set-sort-order', '--order', 'p DESC, truncate(2, data) NULLS LAST'));
    const { 'sort-orders': orders, 'default-sort-order-id': id } = await metadata();
    expect(id).toBe(1);
    expect(orders.at(-1)?.fields).toEqual([
      { transform: 'identity', 'source-id': 3, direction: 'desc', 'null-order': 'nulls-last' },
      { transform: 'truncate[2]', 'source-id': 2, direction: 'asc', 'null-order': 'nulls-last' },
    ]);
  });
});
