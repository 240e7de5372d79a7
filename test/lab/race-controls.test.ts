import { expect, test } from 'vitest';
import type { StopDetail } from '../../src/iceberg/stop.ts';
import {
  type ForkablePast,
  RaceControls,
  type SteeredRace,
} from '../../src/lab/race-controls.svelte.ts';
import { Conductor, type Steering } from '../../src/race/conductor.ts';
import type { RaceState } from '../../src/race/race-state.ts';

const base = { version: 1, location: 'v1', snapshotId: null, rows: 0 };
const beforeSwap: StopDetail = { stop: 'before-swap', expected: base, next: 'v2' };

/** Nobody looks at the past. */
const present: ForkablePast = {
  canFork: false,
  wasAlive: () => false,
  askToFork: () => undefined,
};

/** A race of two jobs that come to stops when the test says so, under a real conductor. */
class HandMadeRace implements SteeredRace {
  readonly conductor: Conductor;
  readonly done: string[] = [];
  readonly controls: RaceControls;
  #stopId = 0;

  constructor(controls: RaceControls, steering: Steering = controls.startOptions([])) {
    this.controls = controls;
    this.conductor = new Conductor(['one', 'two'], steering);
    this.conductor.started('one');
    this.conductor.started('two');
    controls.begin(this);
  }

  get state(): RaceState {
    return this.conductor.state;
  }
  get pace(): number {
    return this.state.pace;
  }
  set pace(pace: number) {
    this.conductor.pace = pace;
  }
  pause = () => this.#steer(() => this.conductor.pause());
  resume = () => this.#steer(() => this.conductor.resume());
  step = (job?: string) => this.#steer(() => this.conductor.step(job));
  release = (job: string) => this.#steer(() => this.conductor.release(job));
  hold: SteeredRace['hold'] = (job, holds) => this.#steer(() => this.conductor.hold(job, holds));
  restart: SteeredRace['restart'] = () => Promise.reject(new Error('It has not ended.'));
  kill = (job: string) => {
    this.done.push(`kill ${job}`);
    this.#steer(() => this.conductor.ended(job));
  };

  /** A job comes to a stop, and waits there if it is to. */
  arrive(job: string, detail: StopDetail, attempt = 1): void {
    const holds = this.conductor.holdsOf(job);
    const held = holds === 'all' || holds.includes(detail.stop);
    const stopId = this.#stopId++;
    this.#steer(() =>
      this.conductor.arrived(job, { type: 'stop', stopId, table: 't', attempt, detail, held }, 0),
    );
  }

  #steer(change: () => void): void {
    change();
    for (let move = this.conductor.next(0); move !== null; move = this.conductor.next(0)) {
      if (move.do === 'wait') break;
      this.done.push(`${move.do} ${move.job}`);
    }
    this.controls.steered(this.state);
  }
}

test('a job that is held before the race waits before its swap once, and goes on when it is released', () => {
  const controls = new RaceControls(() => undefined, present);
  controls.toggleHold('one');
  const race = new HandMadeRace(controls);
  race.arrive('one', beforeSwap);
  expect(controls.isHeld('one')).toBe(true);
  race.arrive('two', beforeSwap);
  expect(controls.isHeld('two')).toBe(false);
  controls.toggleHold('one');
  expect(race.done).toEqual(['release one']);
  race.arrive('one', beforeSwap, 2);
  expect(controls.isHeld('one')).toBe(false);
});

test('a race that was started elsewhere is held to the letter', () => {
  const controls = new RaceControls(() => undefined, present);
  const race = new HandMadeRace(controls, { holds: { one: ['before-swap'] } });
  race.arrive('one', beforeSwap, 0);
  expect(race.done).toEqual([]);
  expect(controls.isHeld('one')).toBe(true);
});

test('creating the table is no swap of rows: who is to be held before its swap passes it', () => {
  const controls = new RaceControls(() => undefined, present);
  const race = new HandMadeRace(controls);
  controls.toggleHold('one');
  race.arrive('one', beforeSwap, 0);
  expect(race.done).toEqual(['release one']);
  race.arrive('one', beforeSwap, 1);
  expect(controls.isHeld('one')).toBe(true);
});

test('a breakpoint holds again and again, and stays for the next race; an order to kill does not', () => {
  const controls = new RaceControls(() => undefined, present);
  controls.toggleBreakpoint('one', 'base-read');
  controls.toggleKill('two', 'before-swap');
  const race = new HandMadeRace(controls);
  race.arrive('one', { stop: 'base-read', base });
  controls.toggleHold('one');
  race.arrive('one', { stop: 'base-read', base }, 2);
  expect(controls.isHeld('one')).toBe(true);
  race.arrive('two', beforeSwap, 0);
  race.arrive('two', beforeSwap, 1);
  expect(race.done).toEqual(['release one', 'release two', 'kill two']);
  controls.end();
  expect(controls.startOptions([]).holds).toEqual({ one: ['base-read'], two: 'none' });
  expect(controls.kills('two')).toEqual([]);
});

test('a job that is run again when all is over does not wait where its first run was to be killed', async () => {
  const controls = new RaceControls(() => undefined, present);
  controls.toggleKill('two', 'before-swap');
  const race = new HandMadeRace(controls);
  race.arrive('two', beforeSwap);
  expect(race.done).toEqual(['kill two']);
  controls.end();
  expect(race.conductor.holdsOf('two')).toEqual(['before-swap']);
  await controls.restart('two');
  expect(race.conductor.holdsOf('two')).toBe('none');
});

test('a step in a race that goes on pauses it; the next one moves the chosen lane', () => {
  const controls = new RaceControls(() => undefined, present);
  const race = new HandMadeRace(controls);
  controls.step(null);
  expect(controls.paused).toBe(true);
  race.arrive('one', { stop: 'start', protocol: 'queued' }, 0);
  race.arrive('two', { stop: 'start', protocol: 'queued' }, 0);
  controls.step('two');
  expect(race.done).toEqual(['release two']);
  controls.togglePause();
  expect(race.done).toEqual(['release two', 'release one']);
});

test('a step moves a job that is held and leaves the others alone; the chosen one if several are', () => {
  const controls = new RaceControls(() => undefined, present);
  controls.toggleHold('one');
  controls.toggleHold('two');
  const race = new HandMadeRace(controls);
  race.arrive('one', beforeSwap);
  controls.step(null);
  expect(race.done).toEqual(['release one']);
  expect(controls.paused).toBe(false);
  race.arrive('one', { stop: 'base-read', base }, 2);
  expect(controls.isHeld('one')).toBe(true);
  race.arrive('two', beforeSwap);
  controls.step('two');
  expect(race.done).toEqual(['release one', 'release two']);
});

test('jobs that meet are not stepped past each other: the race pauses', () => {
  const controls = new RaceControls(() => undefined, present);
  const race = new HandMadeRace(controls, controls.startOptions(['one', 'two']));
  race.arrive('one', beforeSwap);
  controls.step(null);
  expect(race.done).toEqual([]);
  expect(controls.paused).toBe(true);
});

test('jobs that meet wait before their first swaps until all have read the table, then go in order', () => {
  const controls = new RaceControls(() => undefined, present);
  const race = new HandMadeRace(controls, controls.startOptions(['one', 'two']));
  race.arrive('two', beforeSwap, 0);
  race.arrive('two', beforeSwap);
  expect(race.done).toEqual(['release two']);
  race.arrive('one', beforeSwap);
  expect(race.done).toEqual(['release two', 'release one']);
  race.conductor.ended('one');
  controls.steered(race.state);
  expect(race.done.at(-1)).toBe('release two');
  expect(controls.waitsOnce('one')).toBe(false);
});

test('a race that somebody steers does not make its jobs meet', () => {
  const controls = new RaceControls(() => undefined, present);
  controls.toggleHold('one');
  expect(controls.startOptions(['one', 'two']).holds).toEqual({ one: ['before-swap'] });
  const others = new RaceControls(() => undefined, present);
  others.meets = false;
  expect(others.startOptions(['one', 'two']).holds).toEqual({});
});

test('what is changed in the past of a race that is over asks for a fork, and is done there', () => {
  const changes: (() => void)[] = [];
  const past: ForkablePast & { canFork: boolean } = {
    canFork: true,
    wasAlive: (job) => job === 'one',
    askToFork: (change) => changes.push(change),
  };
  const controls = new RaceControls(() => undefined, past);
  expect(controls.isAlive('one')).toBe(true);
  expect(controls.isAlive('two')).toBe(false);
  controls.kill('one');
  controls.toggleHold('two');
  expect(controls.waitsOnce('two')).toBe(false);
  past.canFork = false;
  const fork = new HandMadeRace(controls, { paused: true });
  fork.arrive('one', beforeSwap);
  fork.arrive('two', beforeSwap);
  for (const change of changes) change();
  expect(fork.done).toEqual(['kill one']);
  expect(controls.isHeld('two')).toBe(true);
});
