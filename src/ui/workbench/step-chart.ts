import type { Sighting } from '../../lab/reader.svelte.ts';
import { grouped } from '../../words.ts';
import { labelSpan } from '../lanes/text.ts';

/** The chart of what a reader saw, CSS pixels. */
export interface StepChart {
  /** The line of the steps, and the area under it. */
  line: string;
  area: string;
  /** Where zero is. */
  base: number;
  labels: { x: number; y: number; text: string; anchor: 'start' | 'end' }[];
}

/** Steps over time, from the first sighting to the last. */
export function stepChart(
  sightings: readonly Sighting[],
  { width, height, size }: { width: number; height: number; size: number },
): StepChart {
  const left = 16;
  const right = width - 16;
  const base = height - 14;
  const first = sightings[0]?.at ?? 0;
  const span = Math.max(1, ((sightings.at(-1)?.at ?? 0) - first) * 1.12);
  const most = Math.max(1, ...sightings.map(({ rows }) => rows));
  const x = (at: number) => left + ((right - left) * (at - first)) / span;
  const y = (rows: number) => base - ((base - size * 1.6) * rows) / most;

  const steps = sightings.filter(({ rows }, index) => rows !== sightings[index - 1]?.rows);
  const start = steps[0];
  const path = steps.slice(1).reduce((line, { at, rows }) => `${line}H${x(at)}V${y(rows)}`, '');
  const line = start === undefined ? '' : `M${left} ${y(start.rows)}${path}H${right}`;
  const labels = steps.flatMap(({ at, rows }, index) => {
    if (rows === 0 && index < steps.length - 1) return [];
    const text = grouped(rows);
    const isDown = rows < (steps[index - 1]?.rows ?? 0);
    const beyond = { x: x(at) + 4, y: y(rows) + size * 1.2, text, anchor: 'start' as const };
    if (isDown && labelSpan(beyond, size)[1] < right) return [beyond];
    const roomLeft = x(at) > left + size * 4;
    const shift = roomLeft ? -6 : 4;
    const anchor = roomLeft ? ('end' as const) : ('start' as const);
    // A number beside a low step would lie on the line before it.
    const before = y(steps[index - 1]?.rows ?? 0);
    const isBeside = roomLeft && Math.abs(before - y(rows)) > size * 0.7;
    const foot = isBeside ? y(rows) + size * 0.35 : Math.min(before, y(rows)) - size * 0.4;
    return [{ x: x(at) + shift, y: foot, text, anchor }];
  });
  return {
    line,
    area: line === '' ? '' : `${line}V${base}H${left}Z`,
    base,
    labels: apart(labels, size),
  };
}

/** The labels that do not touch a later one: how many rows there are now is said in any case. */
function apart(labels: StepChart['labels'], size: number): StepChart['labels'] {
  return labels.reduceRight<StepChart['labels']>((kept, label) => {
    const [from, to] = labelSpan(label, size);
    const touches = kept.some((other) => {
      const [start, end] = labelSpan(other, size);
      return from < end + size / 2 && to > start - size / 2 && Math.abs(label.y - other.y) < size;
    });
    return touches ? kept : [label, ...kept];
  }, []);
}
