import type { Engine } from '../engine/duckdb.ts';
import { IcejamError } from '../error.ts';
import { exhaustive } from '../exhaustive.ts';
import type { FlareJob, ToolJob } from '../flare/workflow.ts';
import type { CommitResult } from '../iceberg/commit.ts';
import type { FileIO } from '../iceberg/ports.ts';
import type { Protocol, Registration, StopDetail } from '../iceberg/stop.ts';
import type { JobReport, Told, Warning } from '../race/report.ts';
import { indexedDbCatalog } from '../storage/catalog.ts';
import { openDatabase } from '../storage/database.ts';
import { claimingFileIO } from '../storage/in-flight.ts';
import { deletionQueue, webLockQueue } from '../storage/locks.ts';
import { opfsFileIO } from '../storage/opfs.ts';
import type { Written } from './commit-files.ts';
import type { PerhapsCommitted } from './earlier-commits.ts';
import type { JobContext, ToolContext } from './job-context.ts';
import { seededRandom } from './random.ts';
import { runFlareJob } from './run-flare-job.ts';
import { runToolJob } from './run-tool-job.ts';
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
  const { io, release } = claimingFileIO(opfsFileIO());
  const end = await endOf({ ...work, gate }, io, (warning) => warnings.push(warning));
  release();
  if (end.last !== null) await gate(null, attempts, end.last);
  const ms = Math.round(performance.now() - startedAt);
  return { name: work.job, attempts, ms, warnings, ...end.report };
}

type Ending = Pick<JobReport, 'outcome' | 'snapshotId' | 'rows' | 'files' | 'error' | 'told'>;

/** How a job ended, and its last stop (`null`: the commit itself has said so). */
interface End {
  report: Ending;
  last: StopDetail | null;
}

async function endOf(work: JobWork, io: FileIO, warn: JobContext['warn']): Promise<End> {
  const done: Written[] = [];
  let other: Other;
  try {
    other = await run(work, await toolContext(work, io, warn), done);
  } catch (thrown) {
    return endedBy(IcejamError.from(thrown), done);
  }
  const last = done.at(-1)?.commit;
  switch (last?.outcome) {
    case 'rejected':
      return endedBy(last.error, done);
    case 'unknown':
      return unknown(last, done);
    default:
      return committed(done, other);
  }
}

/** What a job did beside commits. */
interface Other {
  registered?: Registration;
  dropped?: { table: string; purged: boolean };
  told?: Told;
}

/** Does the job's work, and adds to `done` what it committed or tried to; answers what it did beside. */
async function run(work: JobWork, context: ToolContext, done: Written[]): Promise<Other> {
  switch (work.stack.kind) {
    case 'tool': {
      const result = await runToolJob(context, work.stack);
      if (result.did === 'commit') done.push({ commit: result.commit, rows: 0, files: 0 });
      return result.did === 'commit' ? {} : result;
    }
    case 'flare':
      await runFlareJob(
        { ...context, engine: await work.engine(), read: new Map(), schemas: new Map() },
        work.stack,
        work.perhapsCommitted,
        done,
      );
      return {};
    default:
      return exhaustive(work.stack);
  }
}

async function toolContext(
  work: JobWork,
  io: FileIO,
  warn: JobContext['warn'],
): Promise<ToolContext> {
  const db = await openDatabase();
  return {
    job: work.job,
    protocol: work.protocol,
    db,
    ports: {
      io,
      catalog: indexedDbCatalog(db),
      clock: { now: Date.now, sleep: (ms) => new Promise((wake) => setTimeout(wake, ms)) },
      random: seededRandom(work.seed),
      queue: webLockQueue(work.onQueued),
      deletions: deletionQueue,
    },
    gate: work.gate,
    warn,
  };
}

function committed(done: readonly Written[], { registered, dropped, told }: Other): End {
  const outcome = 'committed';
  const report = { ...written(done), outcome, error: null, ...(told && { told }) } as const;
  const { rows, files } = report;
  const commits = done.filter(isCommitted).length;
  const last = { stop: 'finished', outcome, rows, files, commits } as const;
  return {
    report,
    last: { ...last, ...(registered && { registered }), ...(dropped && { dropped }) },
  };
}

function unknown(
  { snapshotId, error }: Extract<CommitResult, { outcome: 'unknown' }>,
  done: readonly Written[],
): End {
  const report = { ...written(done), outcome: 'unknown', error: error.toValue() } as const;
  return { report: { ...report, snapshotId: snapshotId?.toString() ?? null }, last: null };
}

/**
 * What an error says of a job: creating its table may have an unknown outcome too. What the job had committed before
 * stays in the tables, so that its outcome is `committed`, with the error.
 */
function endedBy(thrown: IcejamError, done: readonly Written[]): End {
  const error = thrown.toValue();
  const isUnknown = error.kind === 'CommitStateUnknown';
  const outcome = isUnknown ? 'unknown' : done.some(isCommitted) ? 'committed' : 'rejected';
  return {
    report: { ...written(done), outcome, error },
    last: { stop: isUnknown ? 'unknown' : 'failed', error },
  };
}

/** What the commits that are not rejected add up to. */
function written(done: readonly Written[]): Pick<JobReport, 'snapshotId' | 'rows' | 'files'> {
  const kept = done.filter(({ commit }) => commit.outcome !== 'rejected');
  const snapshotId = kept.findLast(({ commit }) => commit.snapshotId !== null)?.commit.snapshotId;
  const sum = (count: (result: Written) => number) =>
    kept.reduce((total, result) => total + count(result), 0);
  return {
    snapshotId: snapshotId?.toString() ?? null,
    rows: sum(({ rows }) => rows),
    files: sum(({ files }) => files),
  };
}

/** Whether a commit changed its table for certain. */
const isCommitted = ({ commit }: Written): boolean =>
  commit.outcome === 'committed' && commit.attempts > 0;
