import { expect, test } from 'vitest';
import { stepChart } from '../../../src/ui/workbench/step-chart.ts';

const room = { width: 300, height: 120, size: 12 };
const sighting = (at: number, rows: number) => ({ at, rows, version: null });

test('a reader that asked again and saw the same makes no step', () => {
  const chart = stepChart([sighting(0, 0), sighting(10, 50), sighting(20, 50)], room);
  expect(chart.line.match(/V/g)).toHaveLength(1);
  expect(chart.labels.map(({ text }) => text)).toEqual(['50']);
});

test('the highest step is the most rows, and zero is the ground', () => {
  const chart = stepChart([sighting(0, 0), sighting(50, 4696), sighting(100, 10_000)], room);
  const heights = [...chart.line.matchAll(/V([\d.]+)/g)].map(([, y]) => Number(y));
  expect(heights[1]).toBeLessThan(heights[0] ?? 0);
  expect(chart.line.startsWith(`M16 ${chart.base}`)).toBe(true);
  expect(chart.labels.map(({ text }) => text)).toEqual(['4,696', '10,000']);
});

test('rows that vanish step down', () => {
  const chart = stepChart([sighting(0, 10_000), sighting(50, 5304)], room);
  const [, from] = /^M16 ([\d.]+)/.exec(chart.line) ?? [];
  const [, to] = /V([\d.]+)/.exec(chart.line) ?? [];
  expect(Number(to)).toBeGreaterThan(Number(from));
  expect(chart.labels.map(({ text }) => text)).toEqual(['10,000', '5,304']);
  expect(chart.labels[1]?.y).toBeGreaterThan(Number(to));
});

test('the number of a low step stands above both lines, as beside it would lie on the one before', () => {
  const low = stepChart([sighting(0, 0), sighting(50, 1712), sighting(100, 1783)], room);
  const [, , after = 0] = [...low.line.matchAll(/[MV ]([\d.]+)/g)].map(([, y]) => Number(y));
  expect(low.labels.at(-1)?.text).toBe('1,783');
  expect(low.labels.at(-1)?.y).toBeLessThan(after);
  const high = stepChart([sighting(0, 0), sighting(50, 901), sighting(100, 1783)], room);
  expect(high.labels.at(-1)?.y).toBeGreaterThan(after);
});

test('nothing seen draws nothing', () => {
  expect(stepChart([], room)).toMatchObject({ line: '', area: '', labels: [] });
});
