import { describe, expect, it } from 'vitest';
import type { SnapshotChange, TableHistory } from '../../../src/iceberg/history.ts';
import type { FileSummary, StopDetail } from '../../../src/iceberg/stop.ts';
import { checkRace } from '../../../src/race/checker/check-race.ts';
import type { RaceEvent } from '../../../src/race/event.ts';
import type { JobReport } from '../../../src/race/report.ts';

const table = 'icebase:raw01/ny_taxi_04';
const file = (name: string, rows: number, partition = 'month=2016-01'): FileSummary => ({
  path: `opfs:///t/${name}.parquet`,
  bytes: 100,
  rows,
  partition,
});
const a = file('a', 4696);
const b = file('b', 5304);

const change = (
  snapshotId: string,
  parentId: string | null,
  sequenceNumber: number,
  rest: Partial<SnapshotChange>,
): SnapshotChange => ({
  snapshotId,
  parentId,
  sequenceNumber,
  operation: 'append',
  added: [],
  removed: [],
  totalRecords: null,
  ...rest,
});

const history = (changes: SnapshotChange[], live: FileSummary[]): TableHistory => ({
  table,
  version: changes.length + 1,
  unsafe: false,
  currentSnapshotId: changes.at(-1)?.snapshotId ?? null,
  before: [],
  changes,
  live,
});

const appendedBoth = (): TableHistory =>
  history(
    [
      change('1', null, 1, { added: [a], totalRecords: 4696 }),
      change('2', '1', 2, { added: [b], totalRecords: 10_000 }),
    ],
    [a, b],
  );

const report = (
  name: string,
  snapshotId: string | null,
  rest: Partial<JobReport> = {},
): JobReport => ({
  name,
  outcome: 'committed',
  attempts: 1,
  snapshotId,
  rows: 0,
  files: 1,
  ms: 1,
  warnings: [],
  error: null,
  ...rest,
});

const told = (job: string, files: FileSummary[], snapshotId: string | null): RaceEvent[] => {
  const details: StopDetail[] = [{ stop: 'data-written', files, ms: 1 }];
  if (snapshotId !== null) {
    const won = {
      stop: 'swap-won',
      version: 2,
      location: 'l',
      operation: 'append',
      rows: 1,
    } as const;
    details.push({ ...won, snapshotId });
  }
  return details.map((detail, seq) => ({ seq, at: 0, job, table, attempt: 1, detail }));
};

const both = [report('one', '1'), report('two', '2')];
const bothEvents = [...told('one', [a], '1'), ...told('two', [b], '2')];

describe('the checker', () => {
  it('holds when every row that was told is in the table once', () => {
    const verdict = checkRace(bothEvents, both, [appendedBoth()]);
    expect(verdict.result).toBe('holds');
    expect(verdict.sentences).toEqual([
      'Both jobs were told “committed”, and every row of both is in the table exactly once.',
    ]);
    expect(verdict.ledger).toEqual([
      { job: 'one', told: 4696, found: 4696, replaced: 0, missing: 0 },
      { job: 'two', told: 5304, found: 5304, replaced: 0, missing: 0 },
    ]);
  });

  it('holds when a later overwrite replaced rows, and says whose and where', () => {
    const overwritten = history(
      [
        change('1', null, 1, { operation: 'overwrite', added: [a], totalRecords: 4696 }),
        change('2', '1', 2, {
          operation: 'overwrite',
          added: [b],
          removed: [a],
          totalRecords: 5304,
        }),
      ],
      [b],
    );
    const verdict = checkRace(bothEvents, both, [overwritten]);
    expect(verdict.result).toBe('holds');
    expect(verdict.ledger[0]).toEqual({
      job: 'one',
      told: 4696,
      found: 0,
      replaced: 4696,
      missing: 0,
    });
    expect(verdict.sentences.join(' ')).toContain(
      'two committed later and replaced 4,696 rows of one in month=2016-01',
    );
  });

  it('finds rows that were acknowledged and that no commit removed', () => {
    const lost = history([change('2', null, 1, { added: [b], totalRecords: 5304 })], [b]);
    const verdict = checkRace(bothEvents, both, [lost]);
    expect(verdict.result).toBe('violated');
    expect(verdict.ledger[0]?.missing).toBe(4696);
    expect(verdict.sentences[0]).toBe(
      'one was told that 4,696 rows were committed; 4,696 of them are not in the table, and no commit removed them.',
    );
  });

  it('finds a file that is live although no commit added it', () => {
    const odd = { ...appendedBoth(), live: [a, b, file('c', 1)] };
    expect(checkRace(bothEvents, both, [odd]).sentences).toContain(
      'c.parquet is in the table although no commit added it.',
    );
  });

  it('finds a file that is live twice', () => {
    const odd = { ...appendedBoth(), live: [a, b, b] };
    expect(checkRace(bothEvents, both, [odd]).result).toBe('violated');
  });

  it('finds a live file of a job that failed', () => {
    const failed = [report('one', '1'), report('two', null, { outcome: 'rejected' })];
    const events = [...told('one', [a], '1'), ...told('two', [b], null)];
    expect(checkRace(events, failed, [appendedBoth()]).sentences).toContain(
      'two failed, but its file b.parquet is in the table.',
    );
  });

  it('finds a fork, a falling sequence number and a wrong total', () => {
    const [first, second] = appendedBoth().changes as [SnapshotChange, SnapshotChange];
    const planted: [Partial<SnapshotChange>, RegExp][] = [
      [{ parentId: null }, /forked/],
      [{ sequenceNumber: 1 }, /does not rise/],
      [{ totalRecords: 9 }, /counts 9 rows, but its files hold 10,000 rows/],
    ];
    for (const [fault, sentence] of planted) {
      const odd = history([first, { ...second, ...fault }], [a, b]);
      const verdict = checkRace(bothEvents, both, [odd]);
      expect(verdict.result).toBe('violated');
      expect(verdict.sentences.join(' ')).toMatch(sentence);
    }
  });

  it('cannot tell when the files of a table that was written cannot be read', () => {
    expect(checkRace(bothEvents, both, []).result).toBe('cannot-tell');
  });

  it('says that a skipped job left nothing', () => {
    const jobs = [report('one', '1'), report('two', null, { outcome: 'skipped' })];
    const only = history([change('1', null, 1, { added: [a], totalRecords: 4696 })], [a]);
    const verdict = checkRace(told('one', [a], '1'), jobs, [only]);
    expect(verdict.result).toBe('holds');
    expect(verdict.sentences).toContain('two was skipped: none of its rows are in the table.');
  });
});
