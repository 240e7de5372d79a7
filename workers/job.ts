import type { Engine } from '../src/engine/duckdb.ts';
import { exhaustive } from '../src/exhaustive.ts';
import { runJob } from '../src/job/run-job.ts';
import { startSparkEngine } from '../src/sql/spark-engine.ts';
import { HeldGate } from '../src/job/stop-gate.ts';
import type { JobCommand, JobMessage } from '../src/race/message.ts';
import { holdJobLock } from '../src/storage/locks.ts';
import { adoptWasm, awaitWasm } from '../src/wasm.ts';

awaitWasm();

const post = (message: JobMessage) => postMessage(message);

let engine: Promise<Engine> | undefined;
const warmEngine = () => (engine ??= startSparkEngine());
let gate: HeldGate | undefined;

onmessage = ({ data: command }: MessageEvent<JobCommand>) => {
  switch (command.type) {
    case 'adopt-wasm':
      adoptWasm(command.modules);
      return;
    case 'warm':
      // A failure to start is told by the job that needs the engine.
      void warmEngine().then(
        () => post({ type: 'ready' }),
        () => undefined,
      );
      return;
    case 'run':
      void run(command);
      return;
    case 'release':
      gate?.release(command.stopId);
      return;
    case 'hold':
      gate?.hold(command.holds);
      return;
    default:
      exhaustive(command);
  }
};

async function run({
  race,
  job,
  stack,
  protocol,
  seed,
  perhapsCommitted,
  holds,
}: Extract<JobCommand, { type: 'run' }>) {
  const held = new HeldGate(holds, post);
  gate = held;
  const release = await holdJobLock(race, job);
  const report = await runJob({
    job,
    stack,
    protocol,
    seed,
    perhapsCommitted,
    engine: warmEngine,
    gate: held.pass,
    onQueued: (table) => post({ type: 'queued', table }),
  });
  post({ type: 'done', report });
  release();
}
