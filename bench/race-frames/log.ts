import type { RaceEvent } from '../../src/race/event.ts';
import type { StopDetail } from '../../src/iceberg/stop.ts';

const table = 'icebase:raw01/ny_taxi_04';

/** A job of the race, as far as it has come. */
interface Runner {
  job: string;
  steps: Iterator<[attempt: number, detail: StopDetail], void>;
}

/** A log that others can be added to: each event counts on from the one before. */
class Log {
  readonly events: RaceEvent[] = [];

  add(job: string, [attempt, detail]: [number, StopDetail]): void {
    const seq = this.events.length;
    this.events.push({ seq, at: seq * 5, job, table, attempt, detail });
  }
}

/**
 * The log of a race of so many jobs that append to one table by compare-and-swap: what workers would tell, in an order
 * that `random` (from 0 to 1) decides. Swaps are won and lost by the table's version, as in a real race. Before they
 * race, the jobs take turns until the table has had so many `versions`: the race itself begins with the event `from`.
 */
export function raceLog(count: number, random: () => number, versions = 1) {
  const pointer = { version: 1, rows: 0 };
  const log = new Log();
  for (let turn = 0; pointer.version < versions; turn += 1) {
    const job = nameOf(turn % count);
    const steps = [...stepsOf(job, pointer)];
    for (const step of steps.slice(turn < count ? 0 : 5, -1)) log.add(job, step);
  }
  const from = log.events.length;
  const runners = Array.from({ length: count }, (_, index): Runner => {
    const job = nameOf(index);
    return { job, steps: stepsOf(job, pointer) };
  });
  while (runners.length > 0) {
    const at = Math.floor(random() * runners.length);
    const runner = runners[at];
    const step = runner?.steps.next();
    if (runner === undefined || step === undefined || step.done === true) runners.splice(at, 1);
    else log.add(runner.job, step.value);
  }
  return { events: log.events, from };
}

const nameOf = (index: number): string => `writer-${String(index + 1).padStart(2, '0')}`;

function* stepsOf(
  job: string,
  pointer: { version: number; rows: number },
): Generator<[number, StopDetail], void> {
  const files = [{ path: `${job}.parquet`, bytes: 60_000, rows: 700, partition: 'month=2016-01' }];
  yield [0, { stop: 'start', protocol: 'optimistic' }];
  const input = { name: 'ny_taxi', dataset: 'ny-taxi-data', rows: 11_000, bytes: 2_400_000 };
  yield [0, { stop: 'inputs-read', inputs: [input] }];
  yield [0, { stop: 'rows-computed', rows: 700, statements: [{ name: 'trips', ms: 12 }] }];
  yield [0, { stop: 'data-written', files, ms: 40 }];
  yield [0, { stop: 'manifests-written', files: [{ path: `${job}-m0.avro`, bytes: 7204 }] }];
  for (let attempt = 1; ; attempt += 1) {
    const { version, rows } = pointer;
    const base = { version, location: `v${version}.metadata.json`, snapshotId: null, rows };
    const next = `${job}-${attempt}.metadata.json`;
    yield [attempt, { stop: 'base-read', base }];
    yield [attempt, { stop: 'validated', isolation: 'none', since: null, removes: [] }];
    const list = { path: `${job}-${attempt}.avro`, bytes: 4310 };
    yield [attempt, { stop: 'list-written', file: list, snapshotId: '1', operation: 'append' }];
    yield [attempt, { stop: 'metadata-written', file: { path: next, bytes: 2118 } }];
    yield [attempt, { stop: 'before-swap', expected: base, next }];
    const found = pointer.version;
    if (found !== version) {
      const wait = { do: 'wait', ms: 100 } as const;
      yield [attempt, { stop: 'swap-lost', expected: version, found, next: wait }];
      continue;
    }
    pointer.version += 1;
    pointer.rows += 700;
    const won = { version: pointer.version, location: next, snapshotId: '1', rows: pointer.rows };
    yield [attempt, { stop: 'swap-won', ...won, operation: 'append' }];
    yield [attempt, { stop: 'finished', outcome: 'committed', rows: 700, files: 1 }];
    return;
  }
}
