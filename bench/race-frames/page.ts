import { mount } from 'svelte';
import type { Job } from '../../src/flare/workflow.ts';
import { Lab } from '../../src/lab/lab.svelte.ts';
import { Session } from '../../src/lab/session.ts';
import type { RaceEvent } from '../../src/race/event.ts';
import '../../src/styles/base.css';
import App from '../../src/ui/shell/App.svelte';

const lab = new Lab(new Session());
mount(App, { target: document.body, props: { lab } });

/** What the browser itself says of the frames of a race on screen. All times are ms. */
export interface Frames {
  /** From each frame to the next. */
  deltas: number[];
  /** Tasks that kept the page from drawing for more than 50 ms. */
  longTasks: number[];
}

/**
 * Lets the events of a race arrive on the page, so many a second, and watches its frames meanwhile. The first `from`
 * events are there at once, before the frames are watched.
 */
async function play(events: readonly RaceEvent[], perSecond: number, from = 0): Promise<Frames> {
  const jobs = [...new Set(events.map(({ job }) => job))];
  const longTasks: number[] = [];
  const observer = new PerformanceObserver((list) => {
    longTasks.push(...list.getEntries().map(({ duration }) => duration));
  });
  observer.observe({ type: 'longtask' });
  lab.race.begin(jobs.map(writer));
  for (const event of events.slice(0, from)) lab.race.record(event);
  for (let settling = 0; settling < 30; settling += 1) await frame();
  const deltas: number[] = [];
  const startedAt = performance.now();
  let told = from;
  let last = await frame();
  while (told < events.length) {
    const due = from + Math.ceil(((performance.now() - startedAt) / 1000) * perSecond);
    for (; told < Math.min(due, events.length); told += 1) {
      const event = events[told];
      if (event !== undefined) lab.race.record(event);
    }
    const now = await frame();
    deltas.push(now - last);
    last = now;
  }
  observer.disconnect();
  return { deltas, longTasks };
}

const nowhere = { line: 1, column: 1, endLine: 1, endColumn: 1 };
const address = {
  depot: 'icebase',
  collection: 'raw01',
  dataset: 'ny_taxi_04',
  acl: 'rw',
} as const;

/** A job of that name; the page asks for no more. */
const writer = (name: string): Job => ({
  name,
  dependencies: [],
  stack: { kind: 'tool', tool: 'set-metadata', address, flags: {}, range: nowhere },
  range: nowhere,
});

const frame = () => new Promise<number>((drawn) => requestAnimationFrame(drawn));

declare global {
  var play: (events: readonly RaceEvent[], perSecond: number, from?: number) => Promise<Frames>;
}
globalThis.play = play;
