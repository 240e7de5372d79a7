import { expect, test } from 'vitest';
import { job, lane, picture } from '../fixture/picture.ts';
import { RaceLog } from '../fixture/race-log.ts';

test('a killed worker leaves an end although it left no event', () => {
  const events = new RaceLog().work('vendor-one', 10).work('vendor-two', 10).events;
  const drawn = picture(events, {
    jobs: [job('vendor-one', { outcome: 'killed' }), job('vendor-two')],
  });
  expect(lane(drawn, 'vendor-one').marks.at(-1)).toMatchObject({ shape: 'killed', seq: null });
  expect(lane(drawn, 'vendor-two').marks.at(-1)).toMatchObject({ shape: 'dot' });
});

test('the end of a killed worker stays where it was when the job is run again', () => {
  const log = new RaceLog().work('vendor-one', 901).work('vendor-two', 972);
  log.work('vendor-one', 901).won('vendor-one', 1, 2, 901);
  const jobs = [job('vendor-one', { outcome: 'committed' }), job('vendor-two')];
  const { marks } = lane(picture(log.events, { jobs }), 'vendor-one');
  const [end, ...others] = marks.filter(({ shape }) => shape === 'killed');
  expect(others).toEqual([]);
  const [before, after] = [marks[4]?.x ?? 0, marks[5]?.x ?? 0];
  expect(end?.x).toBeGreaterThan(before);
  expect(end?.x).toBeLessThan(after);
});

test('the words over a bar stand beside the swaps that run down through it', () => {
  const log = new RaceLog().work('vendor-one', 10).work('vendor-two', 10);
  log.attempt('vendor-one', 1, 1, 0).attempt('vendor-two', 1, 1, 0);
  log.won('vendor-one', 1, 2, 10).finished('vendor-one', 10).finished('vendor-one', 10);
  log.lost('vendor-two', 1, 1, 2);
  for (const width of [900, 700]) {
    const drawn = picture(log.events, { width });
    const label = lane(drawn, 'vendor-two').bars.at(-1)?.label;
    const swap = drawn.swaps.find(({ won }) => won);
    expect(label?.text).toBe('attempt 1');
    expect(Math.abs((label?.x ?? 0) - (swap?.x ?? 0))).toBeGreaterThan(9 * 3.6);
  }
});
