import { describe, expect, it } from 'vitest';
import { tellDifference } from '../../src/race/compare-races.ts';
import { appends } from '../../src/race/explorer/writers.ts';
import { race } from './stage.ts';

const writers = { one: appends({ a: 1 }), two: appends({ b: 1 }) };

describe('two races', () => {
  it('that went the same way are told so', async () => {
    const [first, second] = [await race(writers), await race(writers)];
    expect(tellDifference(first.events, second.events)).toMatch(
      /^Both went the same way, through \d+ events\.$/,
    );
  });

  it('are told apart by the first step that differs', async () => {
    const first = await race(writers, [['one', 'end']]);
    const second = await race(writers, [
      ['one', 'base-read'],
      ['two', 'end'],
    ]);
    expect(tellDifference(first.events, second.events)).toMatch(
      /^Both went the same way through \d+ steps\. Then in the first race: one .* In the second: two /,
    );
  });

  it('of which one ended early differ in that', async () => {
    const first = await race(writers);
    expect(tellDifference(first.events, first.events.slice(0, -1))).toContain(
      'In the second: nothing more happened.',
    );
  });
});
