import fc from 'fast-check';
import { expect, it } from 'vitest';
import { append } from '../../../src/iceberg/append.ts';
import type { Change } from '../../../src/iceberg/change.ts';
import { cherryPick } from '../../../src/iceberg/cherry-pick.ts';
import type { CommitResult } from '../../../src/iceberg/commit.ts';
import { expireSnapshots } from '../../../src/iceberg/expire-snapshots.ts';
import { createRef } from '../../../src/iceberg/refs.ts';
import { rewriteManifests } from '../../../src/iceberg/rewrite-manifests.ts';
import { rollbackTo } from '../../../src/iceberg/rollback.ts';
import type { Isolation, Protocol } from '../../../src/iceberg/stop.ts';
import { currentSnapshot } from '../../../src/iceberg/table.ts';
import type { Step, Writer, Writers } from '../../../src/race/explorer/script.ts';
import { type Chooser, walk } from '../../../src/race/explorer/walk.ts';
import {
  appends,
  commitChange,
  compacts,
  creates,
  overwrites,
  replaces,
  worldWith,
  writes,
  type Written,
} from '../../../src/race/explorer/writers.ts';
import { World } from '../../../src/race/explorer/world.ts';
import { copies } from '../readers.ts';
import { losesAnswers, losesOne, stage, within } from '../stage.ts';

const partition = fc.constantFrom('a', 'b', 'c');
const rows = fc.dictionary(partition, fc.nat(9), { minKeys: 1, maxKeys: 3 });
const isolation = fc.constantFrom<Isolation>('none', 'snapshot', 'serializable');
const filter = fc.option(partition);

/** Tools that move a table, forget, publish and name its snapshots. */
const tools = [
  'expiry',
  'rollback',
  'manifests',
  'stage',
  'cherry-pick',
  'branch',
  'append-to-branch',
] as const;

type Tool = (typeof tools)[number];

/** A job as data, so that a counterexample can be read. */
const job = fc.record({
  does: fc.oneof(
    fc.record({ kind: fc.constant('append' as const), rows }),
    fc.record({ kind: fc.constant('replace' as const), rows, isolation }),
    fc.record({ kind: fc.constant('overwrite' as const), rows, isolation, filter }),
    fc.record({ kind: fc.constant('delete' as const), isolation, filter }),
    fc.record({ kind: fc.constant('compaction' as const), partition }),
    fc.record({ kind: fc.constant('copy' as const), from: partition, to: partition, isolation }),
    fc.record({ kind: fc.constantFrom(...tools) }),
  ),
  loses: fc.constantFrom('nothing', 'nothing', 'nothing', 'request', 'answer', 'connection'),
});

type Job = typeof job extends fc.Arbitrary<infer T> ? T : never;

function writerOf({ does, loses }: Job, tableExists: boolean): Writer {
  const writer = operationOf(does);
  if (!tableExists) return creates(writer);
  switch (loses) {
    case 'request':
    case 'answer':
      return within(writer, losesOne(loses));
    case 'connection':
      return within(writer, losesAnswers);
    default:
      return writer;
  }
}

function operationOf(does: Job['does']): Writer {
  switch (does.kind) {
    case 'append':
      return appends(does.rows);
    case 'replace':
      return replaces(does.rows, does.isolation);
    case 'overwrite':
      return overwrites(does.filter, does.rows, does.isolation);
    case 'delete':
      return overwrites(does.filter, {}, does.isolation);
    case 'compaction':
      return compacts(does.partition);
    case 'copy':
      return copies(does.from, does.to, does.isolation, {
        validatesReads: does.isolation === 'serializable',
      });
    default:
      return writes(
        does.kind.startsWith('append') || does.kind === 'stage' ? { a: 2 } : {},
        (written) => useTool(does.kind, written),
      );
  }
}

async function useTool(tool: Tool, written: Written): Promise<CommitResult> {
  const { context, files, table } = written;
  const { metadata } = table;
  const head = currentSnapshot(metadata);
  const staged = metadata.snapshots.find(({ summary }) => summary['wap.id'] !== undefined);
  const change = async (): Promise<Change> => {
    switch (tool) {
      case 'expiry':
        return expireSnapshots({ olderThan: Number.MAX_SAFE_INTEGER });
      case 'rollback':
        return rollbackTo(table, head?.['parent-snapshot-id'] ?? 0n);
      case 'manifests':
        return rewriteManifests();
      case 'stage':
        return append(files, { stageOnly: true, summary: { 'wap.id': 'w' } });
      case 'cherry-pick':
        return cherryPick(context.io, table, staged?.['snapshot-id'] ?? 0n);
      case 'branch':
        return createRef('side', { type: 'branch', 'snapshot-id': head?.['snapshot-id'] ?? 0n });
      case 'append-to-branch':
        return append(files, { branch: 'side' });
    }
  };
  return commitChange(written, await change());
}

/** One step in sixteen is a kill; when the numbers are used up the jobs end one after the other. */
function chooserOf(numbers: readonly number[]): Chooser {
  const left = [...numbers];
  return (releases, kills) => {
    const number = left.shift() ?? 0;
    const steps = number % 16 === 15 ? kills : releases;
    return steps[Math.floor(number / 16) % steps.length] as Step;
  };
}

/** A job is refused for a file that a rollback takes from main before the race is judged. */
const refusedThenRolledBack: [Job[], Protocol, boolean, number[]] = [
  [
    {
      does: { kind: 'overwrite', rows: { a: 0 }, isolation: 'none', filter: null },
      loses: 'nothing',
    },
    { does: { kind: 'copy', from: 'a', to: 'a', isolation: 'serializable' }, loses: 'nothing' },
    { does: { kind: 'rollback' }, loses: 'nothing' },
  ],
  'queued',
  true,
  [16],
];

/** What one job staged, another picks on top of a commit of a third. */
const pickedByAnother: typeof refusedThenRolledBack = [
  [
    { does: { kind: 'stage' }, loses: 'nothing' },
    { does: { kind: 'append', rows: { a: 0 } }, loses: 'nothing' },
    { does: { kind: 'cherry-pick' }, loses: 'nothing' },
  ],
  'queued',
  false,
  [],
];

it('accuses no race that the commit code ran, whatever the order, the kills and the losses', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(job, { minLength: 2, maxLength: 4 }),
      fc.constantFrom<Protocol>('queued', 'optimistic'),
      fc.boolean(),
      fc.array(fc.nat(255), { maxLength: 60 }),
      async (jobs, protocol, tableExists, numbers) => {
        const world = tableExists ? await worldWith([{ a: 5, b: 7 }]) : new World();
        const writers: Writers = Object.fromEntries(
          jobs.map((each, at) => [`job${at + 1}`, writerOf(each, tableExists)]),
        );
        const options = await stage({ protocol, world });
        const { judgement } = await walk(writers, options, chooserOf(numbers));
        const { result, sentences } = judgement.verdict;
        expect(result, sentences.join('\n')).toBe('holds');
      },
    ),
    { numRuns: 150, examples: [refusedThenRolledBack, pickedByAnother] },
  );
}, 120_000);
