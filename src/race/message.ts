import type { FlareJob, ToolJob } from '../flare/workflow.ts';
import type { Protocol, StopDetail } from '../iceberg/stop.ts';
import type { WasmModules } from '../wasm.ts';
import type { Holds } from './holds.ts';
import type { JobReport } from './report.ts';

/** What the page tells a job worker. */
export type JobCommand =
  /** The engines that the page has compiled; the first command. `null`: they could not be compiled. */
  | { type: 'adopt-wasm'; modules: WasmModules | null }
  /** Start the engine now, so that a later `run` need not wait for it. */
  | { type: 'warm' }
  /** Run one job. A worker runs one job in its life. `seed` makes ids and jitter repeatable. */
  | {
      type: 'run';
      race: string;
      job: string;
      stack: FlareJob | ToolJob;
      protocol: Protocol;
      seed: string;
      /** Snapshots by table, decimal text, that an earlier run of the job may have committed. */
      perhapsCommitted: Readonly<Record<string, readonly string[]>>;
      holds: Holds;
    }
  /** Let the job go on from the stop with this number. */
  | { type: 'release'; stopId: number }
  /** From now on wait at these stops. A job that already waits stays there. */
  | { type: 'hold'; holds: Holds };

/** A job has come to a stop. */
export interface StopMessage {
  type: 'stop';
  /** Counts the stops of this worker from 0. */
  stopId: number;
  table: string | null;
  attempt: number;
  detail: StopDetail;
  /** Whether the job waits here for a `release`. */
  held: boolean;
}

/** What a job worker tells the page. */
export type JobMessage =
  | { type: 'ready' }
  | StopMessage
  /** The job is in line for its turn to commit to a table. */
  | { type: 'queued'; table: string }
  | { type: 'done'; report: JobReport };
