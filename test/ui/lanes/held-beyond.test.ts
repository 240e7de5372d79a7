import { expect, test } from 'vitest';
import { heldBeyond } from '../../../src/ui/lanes/held-beyond.ts';
import { job, picture } from '../fixture/picture.ts';
import { RaceLog } from '../fixture/race-log.ts';

/** vendor-one is held before its swap, and vendor-two goes on for long. */
function heldEarly() {
  const log = new RaceLog().attempt('vendor-one', 1, 3, 0);
  const detail = log.events.at(-1)?.detail;
  if (detail?.stop !== 'before-swap') throw new Error('It is not before its swap.');
  for (let round = 0; round < 40; round++) log.work('vendor-two', 10);
  const where = { is: 'held', detail, table: null, attempt: 1, since: 0 } as const;
  return picture(log.events, {
    running: true,
    jobs: [job('vendor-one', { where, held: true }), job('vendor-two')],
  });
}

const view = { scrolled: 0, down: 0, width: 900, height: 420 };
const isHeld = ({ job: name }: { job: string }) => name === 'vendor-one';

test('a held job that is scrolled out of sight is told at the edge beyond which it is', () => {
  const drawn = heldEarly();
  const { x = 0, y = 0 } = drawn.lanes[0]?.marks.at(-1) ?? {};
  expect(heldBeyond(drawn, isHeld, view, 13)).toEqual([]);
  const far = { job: 'vendor-one', index: 0, x, y };
  expect(heldBeyond(drawn, isHeld, { ...view, scrolled: x }, 13)).toEqual([{ ...far, by: -1 }]);
  expect(heldBeyond(drawn, isHeld, { ...view, width: x - 1 }, 13)).toEqual([{ ...far, by: 1 }]);
});

test('of a lane that is out of sight above, the held job is told at the top', () => {
  const drawn = heldEarly();
  const scrolled = drawn.lanes[0]?.marks.at(-1)?.x ?? 0;
  const [told] = heldBeyond(drawn, isHeld, { ...view, scrolled, down: 400 }, 13);
  expect(told?.y).toBe(13);
});

test('who only waits for the table, or is seen, is not told', () => {
  expect(heldBeyond(heldEarly(), () => false, { ...view, scrolled: 800 }, 13)).toEqual([]);
});
