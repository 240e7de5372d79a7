import fc from 'fast-check';
import { append } from '../../../src/iceberg/append.ts';
import type { Change } from '../../../src/iceberg/change.ts';
import { cherryPick } from '../../../src/iceberg/cherry-pick.ts';
import type { CommitResult } from '../../../src/iceberg/commit.ts';
import { expireSnapshots } from '../../../src/iceberg/expire-snapshots.ts';
import { compare } from '../../../src/iceberg/expression.ts';
import { overwriteFiles } from '../../../src/iceberg/overwrite-files.ts';
import { createRef, fastForward, removeBranch, replaceBranch } from '../../../src/iceberg/refs.ts';
import { replacePartitions } from '../../../src/iceberg/replace-partitions.ts';
import { rewriteManifests } from '../../../src/iceberg/rewrite-manifests.ts';
import { rollbackTo, setCurrentSnapshot } from '../../../src/iceberg/rollback.ts';
import type { Isolation } from '../../../src/iceberg/stop.ts';
import { currentSnapshot, loadTable } from '../../../src/iceberg/table.ts';
import type { Snapshot } from '../../../src/iceberg/table-metadata.ts';
import { transaction } from '../../../src/iceberg/transaction.ts';
import { updatePartitionSpec } from '../../../src/iceberg/update-partition-spec.ts';
import { updateProperties } from '../../../src/iceberg/update-properties.ts';
import { updateSchema } from '../../../src/iceberg/update-schema.ts';
import type { Writer } from '../../../src/race/explorer/script.ts';
import {
  appends,
  commitChange,
  compacts,
  creates,
  deletes,
  exploredTable,
  overwrites,
  replaces,
  type Rows,
  writes,
  type Written,
} from '../../../src/race/explorer/writers.ts';
import { amongDrops, drops } from '../droppable.ts';
import { copies, reads } from '../readers.ts';
import { deletesRow } from '../row-deleter.ts';
import { losesAnswers, losesOne, within } from '../stage.ts';

const partition = fc.constantFrom('a', 'b', 'c');
const rows = fc.dictionary(partition, fc.nat(9), { minKeys: 1, maxKeys: 3 });
const isolation = fc.constantFrom<Isolation>('none', 'snapshot', 'serializable');
const filter = fc.option(partition);

/** The tools and the rows that they write; `null`: none, and they do not tell that they write none. */
const tools = {
  expiry: null,
  'expiry-of-all-but-two': null,
  rollback: null,
  'set-snapshot': null,
  manifests: null,
  stage: { a: 2 },
  'stage-overwrite': { a: 2 },
  'cherry-pick': null,
  branch: null,
  tag: null,
  'append-to-branch': { a: 2 },
  'overwrite-on-branch': { a: 2 },
  'fast-forward': null,
  'replace-main': null,
  'remove-branch': null,
  'add-column': null,
  'set-property': null,
  unpartition: null,
  transaction: { a: 1, b: 2 },
} satisfies Record<string, Rows | null>;

type Tool = keyof typeof tools;

/** A tool that moves a table, forgets, publishes or names its snapshots, or changes what it is; the nth it might be. */
const tool = fc.record({
  kind: fc.constantFrom(...(Object.keys(tools) as Tool[])),
  nth: fc.nat(3),
});

const operation = fc.oneof(
  fc.record({ kind: fc.constant('append' as const), rows }),
  fc.record({ kind: fc.constant('replace' as const), rows, isolation }),
  fc.record({ kind: fc.constant('overwrite' as const), rows, isolation, filter }),
  fc.record({ kind: fc.constant('delete' as const), isolation, filter }),
  fc.record({ kind: fc.constant('delete-files' as const), partition }),
  fc.record({ kind: fc.constant('delete-row' as const), partition, isolation, copy: fc.boolean() }),
  fc.record({ kind: fc.constant('compaction' as const), partition }),
  fc.record({ kind: fc.constant('copy' as const), from: partition, to: partition, isolation }),
  fc.record({ kind: fc.constant('read' as const), rows }),
  fc.record({ kind: fc.constant('drop' as const) }),
  { arbitrary: tool, weight: 3 },
);

type Operation = typeof operation extends fc.Arbitrary<infer T> ? T : never;

/** A job as data, so that a counterexample can be read. */
export const drawnJob = fc.record({
  /** Its commits, one after the other. */
  does: fc.array(operation, { minLength: 1, maxLength: 2 }),
  loses: fc.constantFrom('nothing', 'nothing', 'nothing', 'request', 'answer', 'connection'),
  /** Whether it is run once more if it has not committed. */
  restarts: fc.boolean(),
});

/** See {@link drawnJob}. */
export type DrawnJob = typeof drawnJob extends fc.Arbitrary<infer T> ? T : never;

/** What a drawn job does, up to the first of its commits that is not made. */
export function writerOf({ does, loses }: DrawnJob): Writer {
  const writer = amongDrops(writerOfAll(does));
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

function writerOfAll(does: readonly Operation[]): Writer {
  const [first, second] = does.map(operationOf);
  return async (context, protocol) => {
    const result = await first?.(context, protocol);
    if (result === undefined) throw new Error('The job does nothing');
    return result.outcome === 'committed' && second ? second(context, protocol) : result;
  };
}

function operationOf(does: Operation): Writer {
  switch (does.kind) {
    case 'append':
      return creates(appends(does.rows));
    case 'replace':
      return creates(replaces(does.rows, does.isolation));
    case 'overwrite':
      return creates(overwrites(does.filter, does.rows, does.isolation));
    case 'drop':
      return drops;
    case 'delete':
      return overwrites(does.filter, {}, does.isolation);
    case 'delete-files':
      return deletes(does.partition);
    case 'delete-row':
      return deletesRow(does);
    case 'compaction':
      return compacts(does.partition);
    case 'copy':
      return copies(does.from, does.to, does.isolation, {
        validatesReads: does.isolation === 'serializable',
      });
    case 'read':
      return reads(appends(does.rows));
    default: {
      const rows = tools[does.kind];
      if (rows !== null) return writes(rows, (written) => useTool(does, written));
      return async (context, protocol) => {
        const table = await loadTable(context, exploredTable);
        return useTool(does, { context, protocol, table, files: [] });
      };
    }
  }
}

async function useTool(
  { kind, nth }: { kind: Tool; nth: number },
  written: Written,
): Promise<CommitResult> {
  const { context, files, table } = written;
  const { metadata } = table;
  const head = currentSnapshot(metadata);
  const id = head?.['snapshot-id'] ?? 0n;
  const nthOf = (snapshots: readonly Snapshot[]) =>
    snapshots[nth % Math.max(1, snapshots.length)]?.['snapshot-id'] ?? 0n;
  const change = async (): Promise<Change> => {
    switch (kind) {
      case 'expiry':
        return expireSnapshots({ olderThan: Number.MAX_SAFE_INTEGER });
      case 'expiry-of-all-but-two':
        return expireSnapshots({ olderThan: Number.MAX_SAFE_INTEGER, retainLast: 2 });
      case 'rollback':
        return rollbackTo(table, head?.['parent-snapshot-id'] ?? 0n);
      case 'set-snapshot':
        return setCurrentSnapshot(table, nthOf(metadata.snapshots));
      case 'manifests':
        return rewriteManifests();
      case 'stage':
        return append(files, { stageOnly: true, summary: { 'wap.id': 'w' } });
      case 'stage-overwrite':
        return replacePartitions(table, files, { stageOnly: true, summary: { 'wap.id': 'o' } });
      case 'cherry-pick': {
        const staged = metadata.snapshots.filter(({ summary }) => summary['wap.id'] !== undefined);
        return cherryPick(context.io, table, nthOf(staged));
      }
      case 'branch':
        return createRef('side', { type: 'branch', 'snapshot-id': id });
      case 'tag':
        return createRef('then', { type: 'tag', 'snapshot-id': id });
      case 'append-to-branch':
        return append(files, { branch: 'side' });
      case 'overwrite-on-branch':
        return replacePartitions(table, files, { branch: 'side' });
      case 'fast-forward':
        return fastForward('main', 'side');
      case 'replace-main':
        return replaceBranch('main', nth % 2 === 0 ? 'side' : 'then');
      case 'remove-branch':
        return removeBranch('side');
      case 'add-column':
        return updateSchema([{ edit: 'add', name: `more${nth}`, type: 'int' }]);
      case 'set-property':
        return updateProperties({ note: String(nth) });
      case 'unpartition':
        return updatePartitionSpec({ remove: ['p'] });
      case 'transaction': {
        const [one = [], two = []] = files.map((file) => [file]);
        const first = nth % 2 === 0 ? append(one) : replacePartitions(table, one);
        const overwrite = { filter: compare('p', '==', 'a'), add: two };
        const validation = {
          isolation: 'serializable',
          since: head?.['snapshot-id'] ?? null,
        } as const;
        const last = nth < 2 ? append(two) : overwriteFiles(table, overwrite, validation);
        return transaction([first, last]);
      }
    }
  };
  return commitChange(written, await change());
}
