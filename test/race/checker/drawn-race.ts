import fc from 'fast-check';
import { readHistory } from '../../../src/iceberg/history.ts';
import type { Protocol } from '../../../src/iceberg/stop.ts';
import { loadTable, summarizeBase } from '../../../src/iceberg/table.ts';
import { updateProperties } from '../../../src/iceberg/update-properties.ts';
import type { checkRace } from '../../../src/race/checker/check-race.ts';
import { deletedFiles } from '../../../src/race/checker/files.ts';
import { firstReads } from '../../../src/race/checker/reads.ts';
import { witnessOf } from '../../../src/race/checker/witness.ts';
import type { RaceEvent } from '../../../src/race/event.ts';
import type { Run } from '../../../src/race/explorer/run.ts';
import type { Script, Step, Writer } from '../../../src/race/explorer/script.ts';
import { type Chooser, walk } from '../../../src/race/explorer/walk.ts';
import { World } from '../../../src/race/explorer/world.ts';
import {
  commitChange,
  exploredTable,
  type Rows,
  worldWith,
  writes,
} from '../../../src/race/explorer/writers.ts';
import type { JobReport } from '../../../src/race/report.ts';
import { runsOf } from '../../../src/race/runs.ts';
import { isDropped } from '../droppable.ts';
import { stage, within } from '../stage.ts';
import { toldRace } from '../two-tabs.ts';
import { drawnJob, writerOf } from './drawn-jobs.ts';

/** A race as data, so that a counterexample can be read. */
export const drawnRace = fc.record({
  jobs: fc.array(drawnJob, { minLength: 2, maxLength: 4 }),
  protocol: fc.constantFrom<Protocol>('queued', 'optimistic'),
  /** The appends that the table begins with; `null`: there is none yet. */
  begins: fc.constantFrom<Rows[] | null>(null, [], [{ a: 5, b: 7 }], [{ a: 5 }, { a: 6, b: 7 }]),
  formatVersion: fc.constantFrom(2, 3),
  retries: fc.constantFrom(4, 1, 0),
  /** Which job goes on or is killed, step by step; after these one job after the other ends. */
  steps: fc.array(fc.nat(255), { maxLength: 60 }),
  /** Of which jobs, bit by bit, the events are told late, and which are of this tab. */
  late: fc.nat(255),
  own: fc.nat(15),
});

/** See {@link drawnRace}. */
export type DrawnRace = typeof drawnRace extends fc.Arbitrary<infer T> ? T : never;

/** What a race is judged by, told in one of several ways. */
interface Telling {
  told: 'whole' | 'late' | 'by the table' | 'to another tab' | 'to nobody';
  evidence: Parameters<typeof checkRace>;
}

/** Runs a drawn race, and tells of it as it was and as those know of it who were told less. */
export async function tell(drawn: DrawnRace): Promise<Telling[]> {
  const { run, judgement } = await runDrawn(drawn);
  const { events, jobs } = asReported(judgement.events, judgement.jobs);
  const whole = judgement.history === null ? [] : [judgement.history];
  const lateEvents = toldLate(judgement.events, run.script, drawn.late);
  const late = asReported(lateEvents, judgement.jobs).events;
  const own = new Set(jobs.filter((_, at) => (drawn.own >> at) % 2 === 0).map(({ name }) => name));
  const isOwn = ({ job }: RaceEvent) => own.has(job);
  const ownEvents = late.filter(isOwn);
  const ownJobs = jobs.filter(({ name }) => own.has(name));
  const reports = Object.fromEntries(jobs.map((job) => [job.name, job]));
  const others = witnessOf(
    toldRace(
      late.filter((event) => !isOwn(event)),
      { reports },
    ),
  );
  const shown = await historySince(run, ownEvents);
  return [
    { told: 'whole', evidence: [events, jobs, whole] },
    { told: 'late', evidence: [late, jobs, whole] },
    { told: 'by the table', evidence: [events, jobs, await historySince(run, events)] },
    { told: 'to another tab', evidence: [ownEvents, ownJobs, shown, [others]] },
    { told: 'to nobody', evidence: [ownEvents, ownJobs, shown] },
  ];
}

async function runDrawn(drawn: DrawnRace) {
  const lives = drawn.jobs.map((): Life => ({ asked: [], hasCommitted: false }));
  const lifeOf = (name: string) => lives[Number(firstRunOf(name).slice('job'.length)) - 1];
  const writers = drawn.jobs.flatMap((job, at): [string, Writer][] => {
    const [name, life] = [`job${at + 1}`, lives[at]];
    const writer = writerOf(job);
    if (life === undefined) return [];
    const first: [string, Writer] = [name, living(writer, life)];
    const isOne = job.does.length === 1;
    return job.restarts && isOne ? [first, [secondRunOf(name), resumes(writer, life)]] : [first];
  });
  const options = await stage({ protocol: drawn.protocol, world: await worldOf(drawn) });
  const mayRun = (name: string) => lifeOf(name)?.hasCommitted === false;
  const choose = chooserOf(drawn.steps, mayRun);
  return walk(Object.fromEntries(writers), options, choose);
}

function worldOf({ begins, formatVersion, retries }: DrawnRace): Promise<World> | World {
  if (begins === null) return new World();
  const upgrade = updateProperties({ 'format-version': String(formatVersion) });
  const upgrades = writes({}, (written) => commitChange(written, upgrade));
  return worldWith([upgrades, ...begins], { 'commit.retry.num-retries': String(retries) });
}

/** What a job leaves to its second run: the snapshots that it was going to commit, and whether it needs none. */
interface Life {
  asked: string[];
  hasCommitted: boolean;
}

const secondRunOf = (name: string): string => `${name} again`;
const firstRunOf = (name: string): string => name.replace(' again', '');
const isSecond = (name: string): boolean => name !== firstRunOf(name);

function living(writer: Writer, life: Life): Writer {
  const noting = within(writer, ({ gate }) => ({
    gate: (attempt, detail) => {
      if (detail.stop === 'list-written') life.asked.push(detail.snapshotId);
      return gate(attempt, detail);
    },
  }));
  return async (context, protocol) => {
    const result = await noting(context, protocol);
    life.hasCommitted = result.outcome === 'committed';
    return result;
  };
}

/** A job's second run: looks whether the first has committed after all, as a real one does. */
function resumes(writer: Writer, { asked }: Life): Writer {
  return async (context, protocol) => {
    const table = await loadTable(context, exploredTable).catch(() => null);
    const snapshot = table?.metadata.snapshots.find(({ 'snapshot-id': id }) =>
      asked.includes(String(id)),
    );
    if (!table || !snapshot) return writer(context, protocol);
    await context.gate(1, { stop: 'base-read', base: summarizeBase(table) });
    const { 'snapshot-id': snapshotId } = snapshot;
    return { outcome: 'committed', attempts: 1, snapshotId, snapshot, pointer: table.pointer };
  };
}

/** One step in sixteen is a kill. A second run begins when the first has ended, unless that has committed. */
function chooserOf(numbers: readonly number[], mayRun: (name: string) => boolean): Chooser {
  const left = [...numbers];
  return (releases, kills) => {
    const isAtWork = (name: string) => kills.some(({ job }) => job === name);
    const hasTurn = ({ job }: Step) => !isSecond(job) || !isAtWork(firstRunOf(job));
    const number = left.shift() ?? 0;
    const steps = number % 16 === 15 ? kills : releases.filter(hasTurn);
    const step = steps[Math.floor(number / 16) % steps.length] as Step;
    const isNeedless = isSecond(step.job) && step.at === 'start' && !mayRun(step.job);
    return isNeedless ? { ...step, do: 'kill' } : step;
  };
}

/** The events and reports as a page has them, to which a job's runs are one job, and as the checker gets them. */
function asReported(events: readonly RaceEvent[], jobs: readonly JobReport[]) {
  const isOf = (name: string) => (event: RaceEvent) => event.job === name;
  const hasCommitted = ({ attempt, detail }: RaceEvent) =>
    attempt > 0 && detail.stop === 'swap-won';
  const reports = jobs.map((report): JobReport => {
    const isPartly =
      report.outcome === 'rejected' && events.filter(isOf(report.name)).some(hasCommitted);
    return isPartly ? { ...report, outcome: 'committed' } : report;
  });
  const whole = reports
    .filter(({ name }) => !isSecond(name))
    .map((report): JobReport => {
      const name = secondRunOf(report.name);
      const second = events.some(isOf(name)) && reports.find((other) => other.name === name);
      return second ? { ...second, name: report.name, earlier: [report] } : report;
    });
  return runsOf(
    events.map((event) => ({ ...event, job: firstRunOf(event.job) })),
    whole,
  );
}

/** The log if some jobs tell their stops only just before they go on, as messages of workers may pass each other. */
function toldLate(events: readonly RaceEvent[], script: Script, late: number): RaceEvent[] {
  const jobs = [...new Set(events.map(({ job }) => job))];
  const heardAt = ({ at, detail, job }: RaceEvent): number => {
    const isLate = (late >> jobs.indexOf(job)) % 2 === 1 && detail.stop !== 'start';
    const next = script.findIndex((step, place) => place >= at && step.job === job);
    return isLate ? Math.max(at, next) : at;
  };
  return events
    .map((event) => ({ event, at: heardAt(event) }))
    .sort((one, other) => one.at - other.at)
    .map(({ event }, seq) => ({ ...event, seq }));
}

/** What the table says of its past since the oldest snapshot that these jobs have read; nothing if they read none. */
async function historySince({ table, world }: Run, events: readonly RaceEvent[]) {
  const first = firstReads(events).get(table);
  const pointer = await world.catalog.load(table);
  if (first === undefined || pointer === null || isDropped(pointer)) return [];
  const io = world.fileIOOf(null);
  const found = await loadTable({ catalog: world.catalog, io }, table);
  return [await readHistory(io, found, first.snapshotId, { deleted: deletedFiles(events) })];
}
