import { expect, test } from 'vitest';
import { picture } from '../fixture/picture.ts';
import { RaceLog } from '../fixture/race-log.ts';

test('a version that is soon followed by another still says how many rows it has', () => {
  const log = new RaceLog().attempt('vendor-one', 1, 1, 0).attempt('vendor-two', 1, 1, 0);
  log.won('vendor-one', 1, 2, 901).won('vendor-two', 1, 3, 972).work('vendor-one', 901);
  const labels = (width: number) =>
    picture(log.events, { width })
      .spines[0]?.versions.slice(1)
      .map(({ label }) => ({ text: label?.text, detail: label?.detail, anchor: label?.anchor }));
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

/** A table that vendor-one overwrites three times in a row; nothing else happens between the last of them. */
function overwrites(): RaceLog {
  const log = new RaceLog().attempt('vendor-one', 1, 1, 0).attempt('vendor-two', 1, 1, 0);
  log.won('vendor-one', 1, 2, 901).won('vendor-two', 1, 3, 972).won('vendor-one', 2, 4, 955);
  return log.work('vendor-one', 901).work('vendor-two', 972);
}

test.each([1400, 900, 640, 420])(
  'in %d pixels each of three versions in a row says how many rows it has, and no two words touch',
  (width) => {
    const drawn = picture(overwrites().events, { width });
    const versions = drawn.spines[0]?.versions.slice(1) ?? [];
    const boxes = versions.map(({ x, label }) => {
      if (label === null) throw new Error('A version has no label.');
      const half = label.text.length * 3.6;
      const anchor = x + label.x;
      const middle = { start: anchor + half, middle: anchor, end: anchor - half }[label.anchor];
      return { line: label.line, from: middle - half, to: middle + half };
    });
    expect(boxes).toHaveLength(3);
    for (const one of boxes) {
      for (const other of boxes) {
        if (one === other || one.line !== other.line) continue;
        expect(one.to < other.from || other.to < one.from).toBe(true);
      }
    }
  },
);

test('a version without room for its words says them under the pointer', () => {
  expect(picture(overwrites().events).spines[0]?.versions.at(-1)?.title).toBe('v4: 955 rows');
});
