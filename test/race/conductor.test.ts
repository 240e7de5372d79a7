import { describe, expect, it } from 'vitest';
import { Conductor, type Move, type Steering } from '../../src/race/conductor.ts';
import type { StopMessage } from '../../src/race/message.ts';
import type { StopDetail } from '../../src/iceberg/stop.ts';

type Next = Extract<StopDetail, { stop: 'swap-lost' }>['next'];

const base = { version: 1, location: 'v1', snapshotId: null, rows: 0 };

/** A stop of the table `t` as a worker tells it that waits there. */
function held(stop: 'base-read' | 'before-swap' | 'cleaned-up' | Next): StopMessage {
  const detail = ((): StopDetail => {
    if (typeof stop !== 'string') return { stop: 'swap-lost', expected: 1, found: 2, next: stop };
    if (stop === 'base-read') return { stop, base };
    return stop === 'cleaned-up' ? { stop, deleted: [] } : { stop, expected: base, next: 'v2' };
  })();
  return { type: 'stop', stopId: 0, table: 't', attempt: 1, detail, held: true };
}

/** A conductor over jobs that are at work. */
function conductorOf(jobs: readonly string[], steering: Steering = {}): Conductor {
  const conductor = new Conductor(jobs, steering);
  for (const job of jobs) conductor.started(job);
  return conductor;
}

/** All that is done at a moment. */
function moves(conductor: Conductor, now = 0): Move[] {
  const made: Move[] = [];
  for (;;) {
    const move = conductor.next(now);
    if (move === null) return made;
    made.push(move);
    if (move.do === 'wait') return made;
    if (move.do === 'kill') conductor.ended(move.job);
  }
}

const release = (job: string): Move => ({ do: 'release', job });

describe('a race that nobody steers', () => {
  it('holds nobody, and lets go on at once who is held all the same', () => {
    const conductor = conductorOf(['a']);
    expect(conductor.holdsOf('a')).toBe('none');
    conductor.arrived('a', held('base-read'), 0);
    expect(moves(conductor)).toEqual([release('a')]);
  });
});

describe('pause', () => {
  it('holds all jobs at every stop until the race is resumed', () => {
    const conductor = conductorOf(['a', 'b']);
    conductor.pause();
    expect(conductor.holdsOf('b')).toBe('all');
    conductor.arrived('b', held('base-read'), 1);
    conductor.arrived('a', held('base-read'), 2);
    expect(moves(conductor, 5)).toEqual([]);
    conductor.resume();
    expect(moves(conductor, 5)).toEqual([release('b'), release('a')]);
    expect(conductor.holdsOf('b')).toBe('none');
  });

  it('leaves a step to the job that has waited longest', () => {
    const conductor = conductorOf(['a', 'b'], { paused: true });
    conductor.arrived('b', held('base-read'), 1);
    conductor.arrived('a', held('base-read'), 2);
    conductor.step();
    expect(moves(conductor, 5)).toEqual([release('b')]);
    conductor.arrived('b', held('before-swap'), 6);
    expect(moves(conductor, 9)).toEqual([]);
    conductor.step('b');
    expect(moves(conductor, 9)).toEqual([release('b')]);
  });
});

describe('a breakpoint', () => {
  it('holds its job alone, until that is released', () => {
    const conductor = conductorOf(['a', 'b'], { holds: { a: ['before-swap'] } });
    expect(conductor.holdsOf('a')).toEqual(['before-swap']);
    conductor.arrived('a', held('before-swap'), 0);
    expect(moves(conductor, 99)).toEqual([]);
    conductor.pause();
    conductor.resume();
    expect(moves(conductor, 99)).toEqual([]);
    conductor.hold('a', 'none');
    expect(moves(conductor, 99)).toEqual([]);
    conductor.release('a');
    expect(moves(conductor, 99)).toEqual([release('a')]);
  });

  it('left by a step holds the job at its next stop, whichever that is', () => {
    const conductor = conductorOf(['a'], { holds: { a: ['base-read'] } });
    conductor.arrived('a', held('base-read'), 0);
    conductor.step('a');
    expect(conductor.holdsOf('a')).toBe('all');
    expect(moves(conductor)).toEqual([release('a')]);
    conductor.arrived('a', held('before-swap'), 1);
    expect(moves(conductor, 9)).toEqual([]);
    expect(conductor.holdsOf('a')).toEqual(['base-read']);
    conductor.resume();
    expect(moves(conductor, 9)).toEqual([release('a')]);
  });
});

describe('the pace', () => {
  it('makes a job wait at each stop, the longer the slower', () => {
    const conductor = conductorOf(['a'], { pace: 1 / 2 });
    expect(conductor.holdsOf('a')).toBe('all');
    conductor.arrived('a', held('base-read'), 100);
    expect(moves(conductor, 105)).toEqual([{ do: 'wait', ms: 15 }]);
    expect(moves(conductor, 120)).toEqual([release('a')]);
    conductor.pace = 0;
    conductor.arrived('a', held('before-swap'), 200);
    expect(moves(conductor, 200)).toEqual([{ do: 'wait', ms: 1980 }]);
    conductor.pace = 7;
    expect(conductor.state.pace).toBe(1);
    expect(moves(conductor, 200)).toEqual([release('a')]);
  });
});

describe('a kill at a stop', () => {
  it('is done when the job comes there', () => {
    const conductor = conductorOf(['a']);
    conductor.killAt('a', 'before-swap');
    expect(conductor.holdsOf('a')).toEqual(['before-swap']);
    conductor.arrived('a', held('base-read'), 0);
    expect(moves(conductor)).toEqual([release('a')]);
    conductor.arrived('a', held('before-swap'), 1);
    expect(moves(conductor)).toEqual([{ do: 'kill', job: 'a' }]);
    expect(conductor.state.lanes.a).toEqual({
      where: { is: 'ended' },
      breakpoints: 'none',
      kills: [],
    });
  });

  it('is done at once to a job that waits there, and not if it was taken back', () => {
    const conductor = conductorOf(['a', 'b'], { paused: true });
    conductor.arrived('a', held('before-swap'), 0);
    conductor.arrived('b', held('before-swap'), 0);
    conductor.killAt('a', 'before-swap');
    conductor.killAt('b', 'before-swap');
    conductor.killAt('b', null);
    expect(moves(conductor)).toEqual([{ do: 'kill', job: 'a' }]);
  });
});

describe('a script', () => {
  const step = (
    what: 'release' | 'kill' | 'run',
    job: string,
    at: 'base-read' | 'before-swap',
  ) => ({
    do: what,
    job,
    at,
  });

  it('is followed strictly, each step when the one before has come to rest', () => {
    const script = [step('release', 'b', 'base-read'), step('release', 'a', 'base-read')];
    const conductor = conductorOf(['a', 'b'], { script });
    expect(conductor.holdsOf('a')).toBe('all');
    conductor.arrived('a', held('base-read'), 0);
    expect(moves(conductor)).toEqual([]);
    conductor.arrived('b', held('base-read'), 0);
    expect(moves(conductor)).toEqual([release('b')]);
    conductor.arrived('b', held('before-swap'), 0);
    expect(moves(conductor)).toEqual([release('a')]);
    expect(conductor.state.script).toEqual({ taken: 2, steps: 2 });
    conductor.arrived('a', held('before-swap'), 1);
    expect(moves(conductor, 1)).toEqual([release('b'), release('a')]);
    expect(conductor.state.script).toBeNull();
    expect(conductor.holdsOf('a')).toBe('none');
  });

  it('can be followed by a pause', () => {
    const script = [step('release', 'a', 'base-read')];
    const conductor = conductorOf(['a'], { script, afterScript: 'pause' });
    conductor.arrived('a', held('base-read'), 0);
    conductor.next(0);
    conductor.arrived('a', held('before-swap'), 0);
    expect(moves(conductor)).toEqual([]);
    expect(conductor.state.paused).toBe(true);
  });

  it('runs a job to a stop and keeps it there', () => {
    const script = [step('run', 'a', 'before-swap'), step('kill', 'a', 'before-swap')];
    const conductor = conductorOf(['a'], { script });
    conductor.arrived('a', held('base-read'), 0);
    expect(moves(conductor)).toEqual([release('a')]);
    conductor.arrived('a', held('before-swap'), 0);
    expect(moves(conductor)).toEqual([{ do: 'kill', job: 'a' }]);
  });

  it('does not wait for a job that queues behind another, but for the one whose turn comes', () => {
    const conductor = conductorOf(['a', 'b'], { paused: true });
    for (const job of ['a', 'b']) {
      conductor.arrived(job, held({ do: 'queue' }), 0);
      conductor.step(job);
      expect(moves(conductor)).toEqual([release(job)]);
      conductor.queued(job, 't');
    }
    conductor.arrived('a', held('base-read'), 1);
    expect(conductor.isAtRest).toBe(true);
    expect(conductor.state.lanes.b?.where).toEqual({ is: 'queued', table: 't', behind: 'a' });
    conductor.arrived('a', held('cleaned-up'), 2);
    expect(conductor.isAtRest).toBe(false);
    conductor.arrived('b', held('base-read'), 2);
    expect(conductor.isAtRest).toBe(true);
  });

  it('takes one step at a time when the race is paused', () => {
    const script = [step('release', 'a', 'base-read'), step('release', 'a', 'before-swap')];
    const conductor = conductorOf(['a'], { script, paused: true });
    conductor.arrived('a', held('base-read'), 0);
    expect(moves(conductor)).toEqual([]);
    conductor.step();
    expect(moves(conductor)).toEqual([release('a')]);
    conductor.arrived('a', held('before-swap'), 0);
    expect(moves(conductor)).toEqual([]);
  });

  it('ends where a job is released by hand, and the race pauses', () => {
    const script = [step('release', 'a', 'base-read')];
    const conductor = conductorOf(['a', 'b'], { script });
    conductor.arrived('a', held('base-read'), 0);
    conductor.arrived('b', held('base-read'), 0);
    conductor.release('b');
    expect(moves(conductor)).toEqual([release('b')]);
    expect(conductor.state).toMatchObject({ paused: true, script: null });
  });

  it('says of a step that does not fit which it is and where its job is', () => {
    const at = conductorOf(['a'], { script: [step('release', 'a', 'before-swap')] });
    at.arrived('a', held('base-read'), 0);
    expect(() => at.next(0)).toThrow(
      'Step 1 of the script cannot release a at before-swap: it waits at base-read of attempt 1.',
    );
    const ended = conductorOf(['a'], { script: [step('run', 'a', 'before-swap')] });
    ended.arrived('a', held('base-read'), 0);
    ended.next(0);
    ended.ended('a');
    expect(() => ended.next(0)).toThrow('cannot run a at before-swap: it ended at base-read.');
    const waiting = new Conductor(['a'], { script: [step('kill', 'a', 'before-swap')] });
    expect(() => waiting.next(0)).toThrow('it has not started');
  });

  it('must name jobs that there are', () => {
    expect(() => new Conductor(['a'], { script: [step('release', 'c', 'base-read')] })).toThrow(
      'The workflow has no job c.',
    );
  });

  it('can tell the tries of a commit apart', () => {
    const script = [{ do: 'run', job: 'a', at: 'before-swap', attempt: 2 } as const];
    const conductor = conductorOf(['a'], { script, afterScript: 'pause' });
    conductor.arrived('a', held('before-swap'), 0);
    expect(moves(conductor)).toEqual([release('a')]);
    conductor.arrived('a', { ...held('before-swap'), attempt: 2 }, 0);
    expect(moves(conductor)).toEqual([]);
    expect(conductor.state.lanes.a?.where).toMatchObject({ is: 'held', attempt: 2 });
  });
});
