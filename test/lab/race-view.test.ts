import { expect, test } from 'vitest';
import { RaceView } from '../../src/lab/race-view.svelte.ts';
import type { Job } from '../../src/flare/workflow.ts';
import type { JobReport, WorkflowReport } from '../../src/race/report.ts';
import type { Holds } from '../../src/race/holds.ts';
import type { LaneState, RaceState } from '../../src/race/race-state.ts';
import type { ToldRace } from '../../src/race/told-race.ts';
import { toldRace } from '../race/two-tabs.ts';
import { RaceLog, table, twoAppends } from '../ui/fixture/race-log.ts';

const nowhere = { line: 1, column: 1, endLine: 1, endColumn: 1 };
const job = (name: string): Job => ({
  name,
  dependencies: [],
  stack: {
    kind: 'tool',
    tool: 'set-metadata',
    address: { depot: 'icebase', collection: 'raw01', dataset: 't', acl: 'rw' },
    flags: {},
    range: nowhere,
  },
  range: nowhere,
});
const vendors = [job('vendor-one'), job('vendor-two')];
const report: WorkflowReport = {
  name: 'race',
  protocol: 'queued',
  jobs: [],
  seed: 'seed',
  script: [],
  verdict: { result: 'holds', sentences: [], ledger: [] },
};
const ended = (name: string): JobReport => ({
  name,
  outcome: 'committed',
  attempts: 1,
  snapshotId: null,
  rows: 1,
  files: 1,
  ms: 1,
  warnings: [],
  error: null,
});

/** A view whose frames the test draws by hand. */
function viewWithFrames() {
  const frames: (() => void)[] = [];
  const race = new RaceView((flush) => void frames.push(flush));
  return { race, frames };
}

function finishedRace(): RaceView {
  const { race } = viewWithFrames();
  race.begin(vendors);
  for (const event of twoAppends()) race.record(event);
  race.end(report);
  return race;
}

test('events that arrive between two frames go on screen together', () => {
  const { race, frames } = viewWithFrames();
  race.begin(vendors);
  const events = twoAppends();
  for (const event of events.slice(0, 5)) race.record(event);
  expect(race.events).toHaveLength(0);
  expect(frames).toHaveLength(1);
  frames[0]?.();
  expect(race.events).toEqual(events.slice(0, 5));
});

test('the end of a job does not overtake its events', () => {
  const { race } = viewWithFrames();
  race.begin(vendors);
  for (const event of twoAppends()) race.record(event);
  race.jobEnded(ended('vendor-one'));
  expect(race.events).toEqual(twoAppends());
  expect(race.lanes.map(({ outcome }) => outcome)).toEqual(['committed', null]);
});

test('while the race is on the latest swap is in focus, at its end the one that was lost', () => {
  const { race, frames } = viewWithFrames();
  race.begin(vendors);
  for (const event of twoAppends()) race.record(event);
  frames[0]?.();
  expect(race.focus?.detail).toMatchObject({ stop: 'swap-won', version: 3 });
  race.end(report);
  expect(race.focus?.detail).toMatchObject({ stop: 'swap-lost', found: 2 });
});

test('the sentence sums the race up until an event is chosen', () => {
  const race = finishedRace();
  expect(race.sentence).toContain('Both appends are in.');
  race.select(0);
  expect(race.sentence).toContain('vendor-one starts.');
  race.select(null);
  expect(race.sentence).toContain('Both appends are in.');
});

test('stepping back from the end shows the last event, and steps stop at both ends', () => {
  const race = finishedRace();
  race.step(1);
  expect(race.cursor).toBeNull();
  race.step(-1);
  expect(race.cursor).toBe(race.events.length - 1);
  race.step(1);
  expect(race.cursor).toBe(race.events.length - 1);
  race.step(-1000);
  expect(race.cursor).toBe(0);
});

test('changing the lane goes to the event of the other job that is nearest in the log', () => {
  const race = finishedRace();
  race.select(0);
  race.changeLane(1);
  expect(race.focus).toMatchObject({ job: 'vendor-two', seq: 1 });
  race.changeLane(1);
  expect(race.focus).toMatchObject({ job: 'vendor-two', seq: 1 });
  race.changeLane(-1);
  expect(race.focus?.job).toBe('vendor-one');
});

test('a new race forgets the one before', () => {
  const race = finishedRace();
  race.select(3);
  race.begin(vendors);
  expect(race.events).toEqual([]);
  expect(race.cursor).toBeNull();
  expect(race.report).toBeNull();
  expect(race.running).toBe(true);
});

/** What Tab B tells of a race of its own: it makes version 4, and what comes after is still to be told. */
const elsewhere = (more: Partial<ToldRace> = {}): ToldRace => {
  const { events } = new RaceLog().attempt('vendor-two', 1, 3, 0).won('vendor-two', 1, 4, 10);
  return toldRace(events, { startedAt: 1000, endedAt: null, ...more });
};

test('jobs of another tab have lanes below those of this one, and one log with them', () => {
  const { race, frames } = viewWithFrames();
  race.begin(vendors, 1000);
  race.beside.hear(elsewhere());
  for (const event of new RaceLog().attempt('vendor-one', 1, 3, 0).events) race.record(event);
  frames[0]?.();
  expect(race.lanes.map(({ name }) => name)).toEqual([
    'vendor-one',
    'vendor-two',
    'Tab B’s vendor-two',
  ]);
  expect(race.lanes[2]?.elsewhere).toMatchObject({ tab: 'B', job: 'vendor-two', isOn: true });
  expect(race.isElsewhere('Tab B’s vendor-two')).toBe(true);
  expect(race.events).toHaveLength(11);
  expect(race.ownEvents).toHaveLength(5);
  expect(race.focus).toMatchObject({ job: 'Tab B’s vendor-two', detail: { version: 4 } });
});

test('who waits for a table behind a job of another tab is told which, until that job has ended', () => {
  const { race, frames } = viewWithFrames();
  race.begin(vendors, 1000);
  const { events } = new RaceLog()
    .attempt('vendor-two', 1, 3, 0)
    .add('vendor-two', 1, { stop: 'swap-lost', expected: 3, found: 4, next: { do: 'queue' } })
    .attempt('vendor-two', 2, 4, 0);
  const told = toldRace(events, { startedAt: 1000, endedAt: null });
  race.beside.hear(told);
  const where = { is: 'queued', table, behind: null } as const;
  const queued: LaneState = { where, breakpoints: 'none', kills: [] };
  race.steered({ paused: false, pace: 1, script: null, lanes: { 'vendor-one': queued } });
  frames.shift()?.();
  expect(race.lanes[0]?.where).toEqual({ ...where, behind: 'Tab B’s vendor-two' });
  race.beside.hear({ ...told, reports: { 'vendor-two': ended('vendor-two') }, endedAt: 2000 });
  race.beside.flush();
  expect(race.lanes[0]?.where).toEqual(where);
});

test('the cursor stays at its event when another tab’s come to stand before it', () => {
  const { race, frames } = viewWithFrames();
  race.begin(vendors, 2000);
  for (const event of new RaceLog().attempt('vendor-one', 1, 4, 0).events) race.record(event);
  frames[0]?.();
  race.select(2);
  race.beside.hear(elsewhere());
  frames[1]?.();
  expect(race.cursor).toBe(8);
  expect(race.ownCursor).toBe(2);
  expect(race.focus).toMatchObject({ job: 'vendor-one', detail: { stop: 'list-written' } });
});

test('after the verdict another tab has the word only while it races on', () => {
  const race = finishedRace();
  const log = new RaceLog().attempt('vendor-two', 1, 3, 0).won('vendor-two', 1, 4, 10);
  const later = toldRace(log.events, { startedAt: Date.now() + 60_000, endedAt: null });
  race.beside.hear(later);
  race.beside.flush();
  expect(race.sentence).toContain('Tab B’s vendor-two won the swap.');
  race.beside.hear({ ...later, endedAt: later.startedAt + 1 });
  race.beside.flush();
  expect(race.sentence).toContain('Both appends are in.');
});

test('a race of the past stands with those that it met, not with what goes on now', () => {
  const { race } = viewWithFrames();
  race.beside.hear(elsewhere({ id: 'now', tab: 'C' }));
  race.show(
    twoAppends(),
    { ...report, jobs: [ended('vendor-one'), ended('vendor-two')] },
    {
      startedAt: 1000,
      others: [elsewhere({ endedAt: 1200 })],
    },
  );
  race.beside.flush();
  expect(race.lanes.map(({ name }) => name)).toContain('Tab B’s vendor-two');
  expect(race.lanes.map(({ name }) => name)).not.toContain('Tab C’s vendor-two');
  race.prepare(vendors);
  expect(race.lanes.map(({ name }) => name).at(-1)).toBe('Tab C’s vendor-two');
});

/** Both jobs at work, each after its first event. */
function startedRace() {
  const { race, frames } = viewWithFrames();
  race.begin(vendors);
  for (const event of twoAppends().slice(0, 2)) race.record(event);
  return { race, steer: (state: RaceState) => (race.steered(state), frames.shift()?.()) };
}

const heldSince = (since: number, breakpoints: Holds): LaneState => ({
  where: {
    is: 'held',
    detail: { stop: 'start', protocol: 'queued' },
    table: null,
    attempt: 0,
    since,
  },
  breakpoints,
  kills: [],
});

test('of two jobs that are held the later one is looked at, unless a lane is chosen', () => {
  const { race, steer } = startedRace();
  const lanes = { 'vendor-one': heldSince(1, 'all'), 'vendor-two': heldSince(2, 'all') };
  steer({ paused: false, pace: 1, script: null, lanes });
  expect(race.focus?.job).toBe('vendor-two');
  race.chooseLane('vendor-one');
  expect(race.held?.name).toBe('vendor-one');
  expect(race.focus?.job).toBe('vendor-one');
});

test('in a race that is paused the chosen lane is looked at while it waits, else the latest event', () => {
  const { race, steer } = startedRace();
  const paused = { paused: true, pace: 1, script: null };
  const two = heldSince(2, 'none');
  race.chooseLane('vendor-one');
  steer({ ...paused, lanes: { 'vendor-one': heldSince(1, 'none'), 'vendor-two': two } });
  expect(race.focus?.job).toBe('vendor-one');
  const running: LaneState = { where: { is: 'running' }, breakpoints: 'none', kills: [] };
  steer({ ...paused, lanes: { 'vendor-one': running, 'vendor-two': two } });
  expect(race.focus?.job).toBe('vendor-two');
});

test('a workflow that is opened while a race runs does not disturb it', () => {
  const { race } = viewWithFrames();
  race.begin(vendors);
  race.prepare([job('other')]);
  expect(race.lanes.map(({ name }) => name)).toEqual(['vendor-one', 'vendor-two']);
});

test('a workflow that is typed has its lanes at once, but not those of a race that is on screen', () => {
  const { race, steer } = startedRace();
  const names = () => race.lanes.map(({ name }) => name);
  steer({ paused: false, pace: 1, script: null, lanes: {} });
  race.end(report);
  race.plan([job('typed')]);
  expect(names()).toEqual(['vendor-one', 'vendor-two']);
  race.prepare(vendors);
  race.plan([job('typed'), job('again'), job('typed')]);
  expect(names()).toEqual(['typed', 'again']);
});

test('what a verdict points at is lit where the log has it, beside another tab too', () => {
  const events = twoAppends();
  const isWin = ({ job, detail }: (typeof events)[number]) =>
    job === 'vendor-one' && detail.stop === 'swap-won';
  const seq = events.findLast(isWin)?.seq ?? -1;
  const exhibit = {
    of: 'write-skew' as const,
    events: [
      { job: 'vendor-one (run 1)', seq },
      { job: 'vendor-one', seq: 1000 },
    ],
  };
  const judged = { ...report, verdict: { ...report.verdict, exhibit } };
  const { race } = viewWithFrames();
  race.show(events, judged, { startedAt: 5000, others: [toldRace(events, { startedAt: 0 })] });
  const [deed, ...more] = race.exhibited?.events ?? [];
  expect(deed).toMatchObject({ job: 'vendor-one', stop: 'swap-won', reads: [], made: 2 });
  expect(more).toEqual([]);
  expect(deed?.seq).toBeGreaterThan(seq);
  expect(race.events.map((event) => event.seq).filter((each) => race.isLit(each))).toEqual([
    deed?.seq,
  ]);
  race.show(events, report);
  expect(race.exhibited).toBe(null);
  expect(race.isLit(seq)).toBe(false);
});
