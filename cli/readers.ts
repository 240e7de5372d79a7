import { isDeepStrictEqual } from 'node:util';
import type { WorkflowReport } from '../src/race/report.ts';
import type { App } from './app.ts';
import {
  rowsPerVendorAndMonth,
  sampleTrips,
  shippedWorkflow,
  startAfresh,
  tableAddress,
  tripsAddress,
} from './taxi.ts';

/** What came of reading a table while two jobs write it. */
export interface ReadersReport {
  workflows: WorkflowReport[];
  /** How many queries were asked while the jobs ran. All were answered if this ends well. */
  answers: number;
  /** How many different states of the table they saw. */
  states: number;
  /** ms from asking to the answer. */
  longest: number;
  /** What must not be: a query that failed, or an answer that no snapshot explains. */
  deviations: string[];
}

/**
 * Asks for the rows per vendor and month every `interval` ms while the shipped append workflow writes the trips of a file.
 * Each answer must be the state of one snapshot, and later questions must not see earlier states.
 */
export async function readWhileWriting(
  app: App,
  trips: string,
  interval: number,
): Promise<ReadersReport> {
  await startAfresh(app, sampleTrips);
  await app.run(shippedWorkflow('append'));
  await app.drop(tripsAddress, [trips]);

  const asked: Promise<{ rows: unknown; ms: number } | { failure: string }>[] = [];
  const ask = async () => {
    const began = performance.now();
    try {
      const { rows } = await app.query(rowsPerVendorAndMonth);
      return { rows, ms: performance.now() - began };
    } catch (thrown) {
      return { failure: thrown instanceof Error ? thrown.message : String(thrown) };
    }
  };
  const timer = setInterval(() => asked.push(ask()), interval);
  const { workflows } = await app.run(shippedWorkflow('append')).finally(() => {
    clearInterval(timer);
  });
  const answers = await Promise.all(asked);

  const states = await statesOfSnapshots(app);
  const deviations: string[] = [];
  const seen: number[] = [];
  for (const [index, answer] of answers.entries()) {
    if ('failure' in answer) {
      deviations.push(`Query ${index + 1} was not answered: ${answer.failure}`);
      continue;
    }
    const state = states.findIndex((rows) => isDeepStrictEqual(rows, answer.rows));
    if (state < 0)
      deviations.push(`Answer ${index + 1} is no snapshot's: ${JSON.stringify(answer)}`);
    else if (state < (seen.at(-1) ?? 0)) deviations.push(`Answer ${index + 1} went back in time.`);
    seen.push(state);
  }
  return {
    workflows,
    answers: answers.length,
    states: new Set(seen).size,
    longest: Math.max(0, ...answers.map((answer) => ('ms' in answer ? answer.ms : 0))),
    deviations,
  };
}

/** The rows per vendor and month at each snapshot, in the order in which they were committed. */
async function statesOfSnapshots(app: App): Promise<unknown[]> {
  const snapshots = await app.snapshots(tableAddress);
  const inOrder = snapshots.toSorted((a, b) => a.sequenceNumber - b.sequenceNumber);
  const states: unknown[] = [];
  for (const { snapshotId } of inOrder) {
    states.push((await app.query(rowsPerVendorAndMonth, { at: snapshotId })).rows);
  }
  return states;
}
