import type { Engine } from '../engine/duckdb.ts';
import { IcejamError } from '../error.ts';
import { exhaustive } from '../exhaustive.ts';
import type { FlareJob, ToolJob } from '../flare/workflow.ts';
import type { CommitResult } from '../iceberg/commit.ts';
import type { Protocol, StopDetail } from '../iceberg/stop.ts';
import type { JobReport, Warning } from '../race/report.ts';
import { indexedDbCatalog } from '../storage/catalog.ts';
import { openDatabase } from '../storage/database.ts';
import { webLockQueue } from '../storage/locks.ts';
import { opfsFileIO } from '../storage/opfs.ts';
import type { PerhapsCommitted } from './earlier-commits.ts';
import type { JobContext, ToolContext } from './job-context.ts';
import { seededRandom } from './random.ts';
import { runFlareJob } from './run-flare-job.ts';
import { runToolJob } from './run-tool-job.ts';
import type { SinkResult } from './sink.ts';
import type { StopGate } from './stop-gate.ts';

/** A job and what it is run with. */
export interface JobWork {
  job: string;
  stack: FlareJob | ToolJob;
  protocol: Protocol;
  seed: string;
  /** What an earlier run of the job may have committed. */
  perhapsCommitted: PerhapsCommitted;
  /** Starts the engine, or gives the one that is started. */
  engine: () => Promise<Engine>;
  gate: StopGate;
  /** Called when the job is in line for its turn to commit to a table. */
  onQueued: (table: string) => void;
}

/** Runs one job to its end, whatever that is; expected failures are part of the report. */
export async function runJob(work: JobWork): Promise<JobReport> {
  const startedAt = performance.now();
  const warnings: Warning[] = [];
  let attempts = 0;
  const gate: StopGate = (table, attempt, detail) => {
    attempts = Math.max(attempts, attempt);
    return work.gate(table, attempt, detail);
  };
  await gate(null, 0, { stop: 'start', protocol: work.protocol });
  const end = await endOf({ ...work, gate }, (warning) => warnings.push(warning));
  if (end.last !== null) await gate(null, attempts, end.last);
  const ms = Math.round(performance.now() - startedAt);
  return { name: work.job, attempts, ms, warnings, ...end.report };
}

type Ending = Pick<JobReport, 'outcome' | 'snapshotId' | 'rows' | 'files' | 'error'>;

/** How a job ended, and its last stop (`null`: the commit itself has said so). */
interface End {
  report: Ending;
  last: StopDetail | null;
}

async function endOf(work: JobWork, warn: JobContext['warn']): Promise<End> {
  try {
    const context = await toolContext(work, warn);
    switch (work.stack.kind) {
      case 'tool':
        return endOfCommits(withoutRows(await runToolJob(context, work.stack)));
      case 'flare':
        return endOfCommits(
          await runFlareJob(
            { ...context, engine: await work.engine(), read: new Map() },
            work.stack,
            work.perhapsCommitted,
          ),
        );
      default:
        return exhaustive(work.stack);
    }
  } catch (thrown) {
    return endedBy(IcejamError.from(thrown));
  }
}

async function toolContext(work: JobWork, warn: JobContext['warn']): Promise<ToolContext> {
  const db = await openDatabase();
  return {
    job: work.job,
    protocol: work.protocol,
    db,
    ports: {
      io: opfsFileIO(),
      catalog: indexedDbCatalog(db),
      clock: { now: Date.now, sleep: (ms) => new Promise((wake) => setTimeout(wake, ms)) },
      random: seededRandom(work.seed),
      queue: webLockQueue(work.onQueued),
    },
    gate: work.gate,
    warn,
  };
}

/** Commits that wrote no rows of the job's own. */
const withoutRows = (result: CommitResult | null): SinkResult[] =>
  result === null ? [] : [{ commit: result, rows: 0, files: 0 }];

function endOfCommits(results: readonly SinkResult[]): End {
  const last = results.at(-1)?.commit;
  if (last?.outcome === 'rejected') return failed(last.error);
  if (last?.outcome === 'unknown') {
    const snapshotId = last.snapshotId?.toString() ?? null;
    const error = last.error.toValue();
    return { report: { ...written(results), outcome: 'unknown', snapshotId, error }, last: null };
  }
  return committed(results);
}

function committed(results: readonly SinkResult[]): End {
  const { rows, files } = written(results);
  const snapshotId = results.at(-1)?.commit.snapshotId?.toString() ?? null;
  return {
    report: { outcome: 'committed', snapshotId, rows, files, error: null },
    last: { stop: 'finished', outcome: 'committed', rows, files },
  };
}

function failed(error: IcejamError): End {
  const value = error.toValue();
  return {
    report: { outcome: 'rejected', snapshotId: null, rows: 0, files: 0, error: value },
    last: { stop: 'failed', error: value },
  };
}

/** What an error says of a job: creating its table may have an unknown outcome too. */
function endedBy(error: IcejamError): End {
  if (error.kind !== 'CommitStateUnknown') return failed(error);
  const { report } = failed(error);
  return {
    report: { ...report, outcome: 'unknown' },
    last: { stop: 'unknown', error: error.toValue() },
  };
}

const written = (results: readonly SinkResult[]) => ({
  rows: results.reduce((sum, result) => sum + result.rows, 0),
  files: results.reduce((sum, result) => sum + result.files, 0),
});
