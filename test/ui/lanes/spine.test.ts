import { expect, test } from 'vitest';
import { picture } from '../fixture/picture.ts';
import { RaceLog } from '../fixture/race-log.ts';

test('a version that is soon followed by another still says how many rows it has', () => {
  const log = new RaceLog().attempt('vendor-one', 1, 1, 0).attempt('vendor-two', 1, 1, 0);
  log.won('vendor-one', 1, 2, 901).won('vendor-two', 1, 3, 972).work('vendor-one', 901);
  const labels = (width: number) =>
    picture(log.events, { width })
      .spines[0]?.versions.slice(1)
      .map(({ label }) => label);
  const [buried, last] = [
    { text: '901 rows', detail: null },
    { text: '972 rows', detail: null },
  ];
  expect(labels(1400)).toEqual([
    { ...buried, anchor: 'middle' },
    { ...last, anchor: 'middle' },
  ]);
  expect(labels(900)).toEqual([
    { ...buried, anchor: 'end' },
    { ...last, anchor: 'start' },
  ]);
});
