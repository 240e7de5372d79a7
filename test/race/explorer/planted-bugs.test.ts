import { describe, expect, it } from 'vitest';
import { IcejamError } from '../../../src/error.ts';
import { append } from '../../../src/iceberg/append.ts';
import type { CommitContext } from '../../../src/iceberg/context.ts';
import { alwaysTrue } from '../../../src/iceberg/expression.ts';
import { overwriteFiles } from '../../../src/iceberg/overwrite-files.ts';
import type { Pointer } from '../../../src/iceberg/ports.ts';
import { currentSnapshot } from '../../../src/iceberg/table.ts';
import { explore } from '../../../src/race/explorer/explore.ts';
import type { Writer, Writers } from '../../../src/race/explorer/script.ts';
import { replaySchedule } from '../../../src/race/explorer/walk.ts';
import { appends, commitChange, replaces, writes } from '../../../src/race/explorer/writers.ts';
import { stage, within } from '../stage.ts';

/** What is wrong in the first schedule that does not hold; its script shows the same again. */
async function violationOf(writers: Writers, kills = false): Promise<string> {
  const options = await stage();
  const { violation } = await explore(writers, { ...options, kills });
  if (violation === null) return '';
  const again = await replaySchedule(writers, violation.script, options);
  expect(again.verdict).toEqual(violation.verdict);
  return violation.verdict.sentences.join('\n');
}

/** An append that remembers the first pointer that it read. */
const readsOnce = within(appends({ a: 1 }), ({ catalog }) => {
  let first: Pointer | null = null;
  return {
    catalog: { ...catalog, load: async (table) => (first ??= await catalog.load(table)) },
  };
});

describe('the explorer finds', () => {
  it('a swap that does not compare', async () => {
    const careless = (writer: Writer) =>
      within(writer, ({ catalog }) => ({
        catalog: {
          ...catalog,
          swap: async (table, _, location) => ({
            won: true,
            pointer: await catalog.put(table, location),
          }),
        },
      }));
    const writers = { one: careless(appends({ a: 1 })), two: careless(replaces({ b: 2 })) };
    const found = await violationOf(writers);
    expect(found).toContain('one was told that 1 row was committed; 1 of them is not in the table');
    expect(found).toContain('two put version 4 of rows on top of version 2');
  });

  it('a job that appends again after its swap was lost', async () => {
    const again = writes({ a: 1 }, async (written) => {
      const lost: number[] = [];
      const gate: CommitContext['gate'] = (attempt, detail) => {
        if (detail.stop === 'swap-lost') lost.push(attempt);
        return written.context.gate(attempt, detail);
      };
      const context = { ...written.context, gate };
      const result = await commitChange({ ...written, context }, append(written.files));
      return lost.length > 0 ? commitChange(written, append(written.files)) : result;
    });
    expect(await violationOf({ one: again, two: appends({ a: 2 }) })).toMatch(
      /parquet of one came into the table a second time, by one\./,
    );
  });

  it('a job that reads the pointer only once', async () => {
    expect(await violationOf({ one: readsOnce, two: appends({ a: 2 }) })).toContain(
      'one read version 2 of rows although it had seen version 3 before.',
    );
  });

  it('a job in the queue that reads the pointer only once, and tries for ever', async () => {
    const options = { ...(await stage({ protocol: 'queued' })), kills: false };
    const found = await explore({ one: readsOnce, two: appends({ a: 2 }) }, options);
    expect(found.complete).toBe(false);
    const sentences = found.violation?.verdict.sentences.join('\n');
    expect(sentences).toContain(
      'one read version 2 of rows although it had seen version 3 before.',
    );
    expect(sentences).toContain('After 1,000 steps the jobs go on and on.');
  });

  it('a clean-up that takes a file of the table with it', async () => {
    const tidy = writes({ a: 1 }, async (written) => {
      const result = await commitChange(written, append(written.files));
      const { context, table } = written;
      await context.io.delete(currentSnapshot(table.metadata)?.['manifest-list'] ?? '');
      return result;
    });
    const found = await violationOf({ one: tidy, two: appends({ a: 2 }) });
    expect(found).toMatch(/^The table cannot be read: No file at .*snap-5-1-.*avro\.$/m);
  });

  it('a clean-up that forgets the files of a lost attempt', async () => {
    const careless = within(appends({ a: 1 }), ({ io }) => ({
      io: { ...io, delete: async () => undefined },
    }));
    expect(await violationOf({ one: careless, two: appends({ a: 2 }) })).toMatch(
      /snap-1002-1-.*avro and .*metadata\.json stayed behind/,
    );
  });

  it('an overwrite that says it validates and does not', async () => {
    const lying = (isolation: 'snapshot' | 'serializable') =>
      within(replaces({ a: 1 }), ({ gate }) => ({
        gate: (attempt, detail) =>
          gate(attempt, detail.stop === 'validated' ? { ...detail, isolation } : detail),
      }));
    const added = await violationOf({ one: lying('serializable'), two: appends({ a: 2 }) });
    expect(added).toContain(
      'one asked for serializable isolation and was committed, although two had added',
    );
    const removed = await violationOf({ one: lying('snapshot'), two: replaces({ a: 2 }) });
    expect(removed).toContain(
      'one asked for snapshot isolation and was committed, although two had removed',
    );
    expect(await violationOf({ one: lying('serializable'), two: appends({ b: 2 }) })).toBe('');
    expect(await violationOf({ one: lying('snapshot'), two: appends({ a: 2 }) })).toBe('');
  });

  it('a dynamic overwrite that replaces more or less than its own partitions', async () => {
    const summary = { 'replace-partitions': 'true' };
    const more = writes({ a: 1 }, (written) => {
      const change = { filter: alwaysTrue, add: written.files };
      return commitChange(written, overwriteFiles(written.table, change, { summary }));
    });
    const less = writes({ a: 1 }, (written) =>
      commitChange(written, append(written.files, { summary })),
    );
    expect(await violationOf({ more })).toMatch(
      /^more removes .*parquet \(7 rows\) in p=b, where it writes nothing\.$/m,
    );
    expect(await violationOf({ less })).toMatch(
      /^less overwrites what is in p=a, but leaves .*parquet \(5 rows\)\.$/m,
    );
  });

  it('a commit of a part of the files', async () => {
    const half = writes({ a: 1, b: 2 }, (written) =>
      commitChange(written, append(written.files.slice(1))),
    );
    expect(await violationOf({ half })).toMatch(
      /^The commit of half is not whole: .* of its 2 files/m,
    );
  });

  it('a job that calls its commit failed, or its failure committed', async () => {
    const error = new IcejamError('CommitFailed', 'So it says.');
    const failing = writes({ a: 1 }, async (written) => {
      const gate: CommitContext['gate'] = async (attempt, detail) => {
        if (detail.stop !== 'swap-won') await written.context.gate(attempt, detail);
      };
      const context = { ...written.context, gate };
      const { attempts } = await commitChange({ ...written, context }, append(written.files));
      return { outcome: 'rejected', attempts, snapshotId: null, error };
    });
    const boasting = writes({ a: 1 }, async ({ table: { pointer } }) => ({
      outcome: 'committed',
      attempts: 1,
      snapshotId: 42n,
      snapshot: null,
      pointer,
    }));
    expect(await violationOf({ failing })).toMatch(
      /^failing failed, but its file .* is in the table\.$/m,
    );
    expect(await violationOf({ boasting })).toContain(
      'boasting was told that 1 row was committed; 1 of them is not in the table',
    );
  });

  it('what only a kill brings to light', async () => {
    // Deletes what it has just committed before it says so: only a kill in between leaves it undone.
    const premature = writes({ a: 1 }, async (written) => {
      const { io } = written.context;
      const kept = await io.read(written.files[0]?.data_file.file_path ?? '');
      await io.delete(written.files[0]?.data_file.file_path ?? '');
      const result = await commitChange(written, append(written.files));
      await io.create(written.files[0]?.data_file.file_path ?? '', kept);
      return result;
    });
    expect(await violationOf({ premature })).toBe('');
    expect(await violationOf({ premature }, true)).toMatch(
      /^The table refers to .*parquet, which was deleted\.$/m,
    );
  });
});
