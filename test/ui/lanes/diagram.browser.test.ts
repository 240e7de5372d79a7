import { flushSync, mount, unmount } from 'svelte';
import { expect, test } from 'vitest';
import { RaceView } from '../../../src/lab/race-view.svelte.ts';
import Diagram from '../../../src/ui/lanes/Diagram.svelte';
import '../../../src/styles/base.css';
import { RaceLog } from '../fixture/race-log.ts';

const frames = async (count: number) => {
  for (let frame = 0; frame < count; frame++) await new Promise(requestAnimationFrame);
};

test('who scrolls back in a long race is left there until there is news', async () => {
  const log = new RaceLog();
  for (let round = 0; round < 80; round++) log.work('vendor-one', 10);
  const target = document.createElement('div');
  target.style.cssText = 'display: flex; flex-direction: column; width: 600px; height: 300px';
  document.body.append(target);
  const race = new RaceView((flush) => flush());
  race.begin([{ name: 'vendor-one', dependencies: [] }]);
  for (const event of log.events) race.record(event);
  const props = { race, controls: null, unsafe: [], onstep: () => undefined, size: 13 };
  const diagram = mount(Diagram, { target, props });
  await frames(4);
  const scroller = target.querySelector('.scroller');
  if (scroller === null) throw new Error('Nothing scrolls.');
  const newest = scroller.scrollLeft;
  expect(newest).toBeGreaterThan(1200);
  scroller.scrollLeft = 0;
  await frames(4);
  flushSync();
  expect(scroller.scrollLeft).toBe(0);
  const [last] = log.work('vendor-one', 10).events.slice(-1);
  if (last === undefined) throw new Error('There is no event.');
  race.record(last);
  await frames(4);
  expect(scroller.scrollLeft).toBeGreaterThanOrEqual(newest);
  await unmount(diagram);
  target.remove();
});
