import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';

const sheet = await readFile(
  new URL('../../src/styles/tokens/colour.css', import.meta.url),
  'utf8',
);
type Tokens = ReadonlyMap<string, { light: string; dark: string }>;

const tokensOf = (css: string): Tokens =>
  new Map(
    [...css.matchAll(/--([\w-]+): light-dark\((#\w{6}), (#\w{6})\);/g)].map(
      ([, name = '', light = '', dark = '']) => [name, { light, dark }] as const,
    ),
  );
const [onDesk = '', onWall = ''] = sheet.split('[data-projector]');
const desk = tokensOf(onDesk);
const wall = new Map([...desk, ...tokensOf(onWall)]);

/** Relative luminance (WCAG 2.2). */
function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrastIn(tokens: Tokens, look: 'light' | 'dark', one: string, other: string): number {
  const [a = 0, b = 0] = [one, other].map((name) => luminance(tokens.get(name)?.[look] ?? ''));
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}

const jobs = Array.from({ length: 8 }, (_, index) => `job-${index + 1}`);
const outcomes = ['won', 'lost', 'refused', 'unknown', 'killed', 'ok'];

describe.each([
  { name: 'light', look: 'light', tokens: desk },
  { name: 'dark', look: 'dark', tokens: desk },
  { name: 'light projector', look: 'light', tokens: wall },
  { name: 'dark projector', look: 'dark', tokens: wall },
] as const)('in the $name look', ({ look, tokens }) => {
  const contrast = (one: string, other: string) => contrastIn(tokens, look, one, other);

  test('text reads on every ground that it stands on', () => {
    const pairs = [
      ...['ink', 'ink-2', 'ink-3'].flatMap((text) =>
        ['paper', 'sheet', 'sunk', 'hover', 'accent-soft'].map((ground) => [text, ground] as const),
      ),
      ...[...jobs, ...outcomes].flatMap((name) => [
        [name, `${name}-soft`] as const,
        [name, 'sheet'] as const,
      ]),
      ...['lost', 'refused', 'ok'].map((name) => [name, 'sunk'] as const),
      ['accent', 'sheet'] as const,
      ['accent', 'sunk'] as const,
      ['won', 'accent-soft'] as const,
      ['accent-ink', 'accent'] as const,
      ['sheet', 'table'] as const,
    ];
    const weak = pairs
      .map(([text, ground]) => ({ text, ground, ratio: contrast(text, ground) }))
      .filter(({ ratio }) => !(ratio >= 4.5));
    expect(weak).toEqual([]);
  });

  test('the edges of controls stand out', () => {
    expect(contrast('edge', 'sheet')).toBeGreaterThanOrEqual(3);
    expect(contrast('edge', 'sunk')).toBeGreaterThanOrEqual(3);
  });
});
