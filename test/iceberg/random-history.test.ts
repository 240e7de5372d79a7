import fc from 'fast-check';
import { expect, it } from 'vitest';
import { append } from '../../src/iceberg/append.ts';
import type { Change } from '../../src/iceberg/change.ts';
import { commit, type CommitResult } from '../../src/iceberg/commit.ts';
import { deleteFiles } from '../../src/iceberg/delete-files.ts';
import { expireSnapshots } from '../../src/iceberg/expire-snapshots.ts';
import { compare } from '../../src/iceberg/expression.ts';
import { overwriteFiles } from '../../src/iceberg/overwrite-files.ts';
import { planFiles } from '../../src/iceberg/scan.ts';
import { replacePartitions } from '../../src/iceberg/replace-partitions.ts';
import { rewriteFiles } from '../../src/iceberg/rewrite-files.ts';
import type { ChangedFile } from '../../src/iceberg/snapshot-summary.ts';
import type { Isolation } from '../../src/iceberg/stop.ts';
import type { Snapshot } from '../../src/iceberg/table-metadata.ts';
import { ancestorsOf, type Table } from '../../src/iceberg/table.ts';
import { updateProperties } from '../../src/iceberg/update-properties.ts';
import { expectInvariants } from './double/invariants.ts';
import { Interleaver } from './double/interleaver.ts';
import type { SwapFault } from './double/faulty-catalog.ts';
import { SeededRandom } from '../../src/iceberg/memory.ts';
import { World } from './double/world.ts';
import { Scenario } from './scenarios/fixture.ts';

// Section 9.3 of the reference: random writers under random schedules, checked against a serial execution in the order
// of the sequence numbers.

const partitions = ['a', 'b', 'c'] as const;
type Partition = (typeof partitions)[number];

const isolation = fc.constantFrom<Isolation>('none', 'snapshot', 'serializable');
const writes = fc.record({
  kind: fc.constantFrom('append', 'replace', 'overwrite', 'delete', 'compact'),
  into: fc.uniqueArray(fc.constantFrom<Partition>(...partitions), { minLength: 1, maxLength: 2 }),
  isolation,
  protocol: fc.constantFrom('queued', 'optimistic'),
  /** The writer dies at its n-th stop. */
  dies: fc.option(fc.nat(9), { freq: 8 }),
});
const others = fc.record({
  kind: fc.constantFrom('properties', 'expire'),
  into: fc.constant<Partition[]>([]),
  isolation: fc.constant<Isolation>('none'),
  protocol: fc.constantFrom('queued', 'optimistic'),
  dies: fc.option(fc.nat(6), { freq: 8 }),
});

interface Plan {
  kind: string;
  into: Partition[];
  isolation: Isolation;
  protocol: 'queued' | 'optimistic';
  dies: number | null;
}

const fault = fc.option(fc.constantFrom<SwapFault>('lose-answer', 'lose-request', 'deny-win'), {
  freq: 5,
});

/** What became of one operation. `began`, `ended`: its place in the order of all beginnings and ends. */
interface Operation {
  plan: Plan;
  id: string;
  since: Snapshot | null;
  added: ChangedFile[];
  /** Files that a compaction replaces. */
  compacted: ChangedFile[];
  began: number;
  ended: number;
  outcome: CommitResult['outcome'] | 'killed';
  error?: string;
  /** The newest snapshot when the operation was rejected. */
  rejectedAt?: bigint | null;
}

class RandomRun {
  readonly operations: Operation[] = [];
  readonly #t: Scenario;
  readonly #interleaver: Interleaver;
  #time = 0;

  constructor(t: Scenario, interleaver: Interleaver) {
    this.#t = t;
    this.#interleaver = interleaver;
  }

  async perform(plan: Plan, number: number): Promise<void> {
    const id = `op${number}`;
    const table = await this.#t.load();
    const since = (await this.#t.head()) ?? null;
    const added = await this.#newFiles(plan, id);
    const compacted = plan.kind === 'compact' ? await this.#liveIn(table, plan.into) : [];
    const operation: Operation = {
      plan,
      id,
      since,
      added,
      compacted,
      began: (this.#time += 1),
      ended: Infinity,
      outcome: 'killed',
    };
    this.operations.push(operation);
    const change = this.#build(operation, table);
    if (change === null) return;
    const writer = this.#t.writer();
    let stops = 0;
    writer.gate = async () => {
      if (stops === plan.dies) throw new Error('killed');
      stops += 1;
      await this.#interleaver.park();
    };
    const result = await commit(writer, table, change, { protocol: plan.protocol }).catch(
      (error: unknown) => {
        if (error instanceof Error && error.message === 'killed') return null;
        throw error;
      },
    );
    if (result === null) return;
    operation.outcome = result.outcome;
    operation.ended = this.#time += 1;
    if (result.outcome === 'rejected') {
      operation.error = result.error.message;
      operation.rejectedAt = await this.#t.headId();
    }
  }

  async #newFiles(plan: Plan, id: string): Promise<ChangedFile[]> {
    if (plan.kind === 'properties' || plan.kind === 'expire' || plan.kind === 'delete') return [];
    return Promise.all(scopeOf(plan).map((value) => this.#t.file(`${value}-${id}`)));
  }

  async #liveIn(table: Table, into: readonly Partition[]): Promise<ChangedFile[]> {
    const tasks = await planFiles(this.#t.world.io, table.metadata, await this.#t.head());
    return tasks
      .map(({ file }) => file)
      .filter(({ data_file: file }) => into.includes(file.partition[0] as Partition));
  }

  #build(operation: Operation, table: Table): Change | null {
    const { plan, id, added, compacted } = operation;
    const since = operation.since?.['snapshot-id'] ?? null;
    const options = { isolation: plan.isolation, since, summary: { op: id } };
    const filter = compare('p', '==', scopeOf(plan)[0] ?? '');
    switch (plan.kind) {
      case 'append':
        return append(added, options);
      case 'replace':
        return replacePartitions(table, added, options);
      case 'overwrite':
        return overwriteFiles(table, { filter, add: added }, options);
      case 'delete':
        return deleteFiles({ filter }, options);
      case 'compact':
        if (compacted.length < added.length) return null;
        return rewriteFiles({ remove: compacted, add: added }, options);
      case 'properties':
        return updateProperties({ [`set-by-${id}`]: id, last: id });
      default:
        return expireSnapshots({ olderThan: this.#t.world.clock.now(), retainLast: 3 });
    }
  }
}

/** The partitions that an operation is about: one for a filter. */
function scopeOf({ kind, into }: Plan): Partition[] {
  return kind === 'overwrite' || kind === 'delete' ? into.slice(0, 1) : into;
}

/** An operation with what it did in its place of the serial history. Paths. */
interface Effect {
  operation: Operation;
  added: string[];
  removed: string[];
}

const pathsOf = (files: readonly ChangedFile[]) => files.map((file) => file.data_file.file_path);
const isIn = (path: string, scope: readonly Partition[]) =>
  scope.some((value) => path.includes(`/${value}-`));

/** What an operation does to the live files, by the sequential specification. */
function effectOn(live: readonly string[], operation: Operation): Effect {
  const { plan, compacted } = operation;
  const removes = ['replace', 'overwrite', 'delete'].includes(plan.kind);
  const removed = live.filter((path) =>
    removes ? isIn(path, scopeOf(plan)) : pathsOf(compacted).includes(path),
  );
  return { operation, added: pathsOf(operation.added), removed };
}

/** Whether what was committed is a reason to reject an operation that began before it (2.3 of the reference). */
function conflicts({ operation: other, added, removed }: Effect, { plan, compacted }: Operation) {
  if (plan.kind === 'compact') return removed.some((path) => pathsOf(compacted).includes(path));
  if (plan.isolation === 'none' || !['replace', 'overwrite'].includes(plan.kind)) return false;
  const adds = plan.isolation === 'serializable' && other.plan.kind !== 'compact' ? added : [];
  return [...adds, ...removed].some((path) => isIn(path, scopeOf(plan)));
}

const expectedErrors =
  /^(Found|Missing required files|Cannot commit to|Cannot determine history|Cannot commit, found)/;

async function checkHistory(t: Scenario, operations: readonly Operation[], expires: boolean) {
  const { metadata } = await t.load();
  const chain = [...ancestorsOf(metadata, metadata['current-snapshot-id'])].reverse();
  const byId = new Map(operations.map((operation) => [operation.id, operation]));
  const committed = chain.flatMap((snapshot) => byId.get(snapshot.summary.op ?? '') ?? []);

  // One snapshot for each acknowledged operation, none for a rejected one, at most one for the others.
  expect(new Set(committed).size).toBe(committed.length);
  for (const operation of operations) {
    const makesSnapshot = !['properties', 'expire'].includes(operation.plan.kind);
    if (operation.error !== undefined) expect(operation.error).toMatch(expectedErrors);
    if (!makesSnapshot || expires) continue;
    if (operation.outcome === 'committed') expect(committed).toContain(operation);
    if (operation.outcome === 'rejected') expect(committed).not.toContain(operation);
  }
  if (!expires) {
    expect(committed).toHaveLength(chain.length - 1);
    let live = await liveAt(t, chain[0]);
    const effects: Effect[] = [];
    for (const [index, operation] of committed.entries()) {
      const effect = effectOn(live, operation);
      effects.push(effect);
      live = [...live.filter((path) => !effect.removed.includes(path)), ...effect.added].sort();
      expect(await liveAt(t, chain[index + 1]), operation.id).toEqual(live);
    }
    checkIsolation(operations, effects, chain);
  }
  // Real time: what had ended before another began comes before it.
  for (const [index, later] of committed.entries()) {
    for (const earlier of committed.slice(0, index)) {
      expect(later.ended).toBeGreaterThan(earlier.began);
    }
  }
  checkProperties(metadata.properties, operations);
}

function checkIsolation(
  operations: readonly Operation[],
  effects: readonly Effect[],
  chain: readonly Snapshot[],
) {
  const ids = chain.map((snapshot) => snapshot['snapshot-id']);
  // The seed stands first in the chain, so that effect n is that of snapshot n + 1.
  const between = ({ since }: Operation, end: number) =>
    effects.slice(ids.indexOf(since?.['snapshot-id'] ?? -1n), end);
  for (const operation of operations) {
    const place = effects.findIndex((effect) => effect.operation === operation);
    if (place >= 0) {
      const met = between(operation, place).filter((effect) => conflicts(effect, operation));
      expect(met, operation.id).toEqual([]);
    }
    if (operation.outcome === 'rejected' && !operation.error?.startsWith('Cannot commit to')) {
      const met = between(operation, ids.indexOf(operation.rejectedAt ?? -1n));
      const isConflict = met.some((effect) => conflicts(effect, operation));
      expect(isConflict, `${operation.id} ${operation.error ?? ''}`).toBe(true);
    }
  }
}

function checkProperties(properties: Record<string, string>, operations: readonly Operation[]) {
  for (const { id, plan, outcome } of operations) {
    if (plan.kind !== 'properties') continue;
    const set = properties[`set-by-${id}`] === id;
    if (outcome === 'committed') expect(set, id).toBe(true);
    if (outcome === 'rejected') expect(set, id).toBe(false);
  }
}

async function liveAt(t: Scenario, snapshot: Snapshot | undefined): Promise<string[]> {
  const { metadata } = await t.load();
  const tasks = await planFiles(t.world.io, metadata, snapshot ?? null);
  return tasks.map(({ file }) => file.data_file.file_path).sort();
}

async function runRandomly(plans: readonly Plan[], seed: number, faults: (SwapFault | null)[]) {
  const random = new SeededRandom(seed);
  const interleaver = new Interleaver(random);
  const world = new World({ seed, queue: interleaver.queue() });
  const t = await Scenario.begin({ protocol: 'optimistic', queued: false }, {}, world);
  await t.seed('a-0', 'b-0', 'c-0');
  world.catalog.faults.push(...faults);
  const run = new RandomRun(t, interleaver);
  await interleaver.run(plans.map((plan, number) => () => run.perform(plan, number)));
  world.catalog.faults.length = 0;
  return { t, world, operations: run.operations };
}

const parameters = { seed: 20_260_822, endOnFailure: false };

it(
  'any history of writers equals a serial one in the order of its commits',
  { timeout: 120_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(writes, { minLength: 2, maxLength: 8 }),
        fc.nat(),
        fc.array(fault, { maxLength: 12 }),
        async (plans, seed, faults) => {
          const { t, world, operations } = await runRandomly(plans, seed, faults);
          await checkHistory(t, operations, false);
          const clean = operations.every(
            ({ outcome }) => outcome !== 'killed' && outcome !== 'unknown',
          );
          await expectInvariants(world, { orphans: clean ? ['/data/'] : [''] });
        },
      ),
      { ...parameters, numRuns: 120 },
    );
  },
);

it('maintenance in between breaks no table and loses no file', { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof({ weight: 3, arbitrary: writes }, { weight: 2, arbitrary: others }), {
        minLength: 3,
        maxLength: 8,
      }),
      fc.nat(),
      fc.array(fault, { maxLength: 12 }),
      async (plans, seed, faults) => {
        const { t, world, operations } = await runRandomly(plans, seed, faults);
        await checkHistory(t, operations, true);
        await expectInvariants(world, { orphans: [''], expires: true });
      },
    ),
    { ...parameters, numRuns: 120 },
  );
});
