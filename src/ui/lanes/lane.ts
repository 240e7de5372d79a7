import { exhaustive } from '../../exhaustive.ts';
import type { StopDetail } from '../../iceberg/stop.ts';
import type { LaneJob } from '../../lab/lane-job.ts';
import type { RaceEvent } from '../../race/event.ts';
import type { Segment } from '../../race/history.ts';
import { grouped } from '../../words.ts';
import { strings } from '../strings.ts';
import type { Axis } from './axis.ts';
import { layoutWaiting } from './lane-status.ts';
import type { Bar, Lane, Mark, Shape, Wait } from './picture.ts';
import { isSteerable } from './stop-name.ts';
import { LabelLine, labelSpan, textWidth } from './text.ts';

/** What a lane is laid out in. */
export interface LaneRoom {
  /** All jobs of the race, and whether they are at work. */
  jobs: readonly LaneJob[];
  running: boolean;
  axis: Axis;
  y: number;
  barHeight: number;
  /** Whether there is room for words above the bars. */
  labelled: boolean;
  /** Where swaps of the lanes above run down through this one. */
  crossings: readonly number[];
  left: number;
  size: number;
  narrow: boolean;
  isGhost: (event: RaceEvent) => boolean;
}

/** One job's lane: its segments as bars, its events as marks, its pauses, its end. */
export function layoutLane(
  job: LaneJob,
  index: number,
  segments: readonly Segment[],
  room: LaneRoom,
): Lane {
  const labels = new LabelLine(8);
  const seen = segments.filter((segment) => isSeen(segment, room.axis));
  const waiting = waitingOf(job, segments, room);
  return {
    job: job.name,
    index,
    isElsewhere: job.elsewhere !== null,
    y: room.y,
    bars: seen.filter(({ phase }) => phase !== 'end').map((segment) => bar(segment, room, labels)),
    waits: waits(segments, room),
    marks: [
      ...seen
        .flatMap(({ events }) => events.map((event) => mark(event, room)))
        .filter(({ x }) => room.axis.sees(x)),
      ...silentEnds(job, segments, room),
      ...(waiting === null ? [] : [waiting.mark]),
    ],
    note: note(job, segments, room),
    status: room.labelled ? (waiting?.status ?? null) : null,
  };
}

function isSeen({ events }: Segment, axis: Axis): boolean {
  const first = events[0];
  const last = events.at(-1);
  return first !== undefined && last !== undefined && axis.sees(axis.x(first), axis.x(last));
}

function bar({ job, phase, attempt, events }: Segment, room: LaneRoom, labels: LabelLine): Bar {
  const { axis, y, isGhost } = room;
  const first = events[0];
  const last = events.at(-1);
  const from = first === undefined ? 0 : axis.x(first);
  const to = last === undefined ? 0 : axis.x(last);
  const pad = Math.min(axis.step * 0.36, 11);
  const height = phase === 'attempt' ? room.barHeight : room.barHeight * 0.72;
  const texts = room.labelled ? barTexts({ phase, attempt, events }, room.narrow) : [];
  const label = barLabel(texts, [from - axis.step, to + axis.step], room, labels);
  return {
    key: `${job}-${phase}-${first?.seq ?? 0}`,
    x: from - pad,
    y: y - height / 2,
    width: to - from + 2 * pad,
    height,
    label: label && { ...label, y: y - height / 2 - room.size * 0.5 },
    ghost: first !== undefined && isGhost(first),
  };
}

/** The first of the texts that finds a place over its bar: in its middle, or beside what runs down through the bar. */
function barLabel(
  texts: readonly string[],
  [from, to]: [number, number],
  { size, crossings }: LaneRoom,
  labels: LabelLine,
): { text: string; x: number } | null {
  const middle = (from + to) / 2;
  const within = crossings.filter((x) => x > from && x < to);
  const distance = (x: number) => Math.abs(x - middle);
  for (const text of texts) {
    const half = textWidth(text, size) / 2;
    const beside = half + size * 0.4;
    const places = [
      middle,
      ...within.flatMap((x) => [x - beside, x + beside]),
      from + half,
      to - half,
    ];
    const x = places
      .filter((place) => place - half >= from && place + half <= to)
      .filter((place) => within.every((each) => Math.abs(each - place) >= half))
      .toSorted((one, other) => distance(one) - distance(other))
      .find((place) => labels.take(labelSpan({ x: place, text, anchor: 'middle' }, size)));
    if (x !== undefined) return { text, x };
  }
  return null;
}

/** What a bar may be called, the fullest name first. */
function barTexts(
  { phase, attempt, events }: Pick<Segment, 'phase' | 'attempt' | 'events'>,
  narrow: boolean,
): string[] {
  if (phase === 'attempt') return [strings.race.attempt(attempt), grouped(attempt)];
  if (phase === 'create') return [strings.race.create, strings.race.createShort];
  const stops = new Set(events.map(({ detail }) => detail.stop));
  const words = [
    ...(stops.has('inputs-read') ? [strings.race.work.read] : []),
    ...(stops.has('rows-computed') ? [strings.race.work.compute] : []),
    ...(stops.has('data-written') ? [strings.race.work.write] : []),
  ];
  const full = words.length === 0 ? [] : [words.join(', ')];
  const last = words.at(-1);
  if (narrow || last === undefined) return [];
  return [...full, last, last.replace(/ .*/, '')];
}

function waits(segments: readonly Segment[], { axis, y, size, isGhost }: LaneRoom): Wait[] {
  return segments.slice(1).flatMap((segment, index): Wait[] => {
    const before = segments[index]?.events.at(-1);
    const after = segment.events[0];
    if (before?.detail.stop !== 'swap-lost' || after === undefined) return [];
    if (segment.phase !== 'attempt') return [];
    const { next } = before.detail;
    const x1 = axis.x(before);
    const x2 = axis.x(after);
    if (!axis.sees(x1, x2)) return [];
    const label = pauseLabel(next);
    const fits = label !== null && textWidth(label, size) + 34 < x2 - x1;
    return [
      { key: `wait-${before.seq}`, x1, x2, y, label: fits ? label : null, ghost: isGhost(after) },
    ];
  });
}

function pauseLabel(next: Extract<StopDetail, { stop: 'swap-lost' }>['next']): string | null {
  if (next.do === 'give-up') return null;
  return next.do === 'queue' ? strings.race.queued : strings.race.waited(next.ms);
}

function mark(event: RaceEvent, { axis, y, isGhost }: LaneRoom): Mark {
  const { seq } = event;
  return {
    key: `event-${seq}`,
    seq,
    event,
    x: axis.x(event),
    y,
    shape: shapeOf(event),
    ghost: isGhost(event),
  };
}

/** The shape of an event's mark. */
function shapeOf({ detail }: RaceEvent): Shape {
  switch (detail.stop) {
    case 'base-read':
      return 'read';
    case 'swap-won':
      return 'won';
    case 'swap-lost':
      return 'lost';
    case 'finished':
      return 'done';
    case 'failed':
      return detail.error.kind === 'WorkerKilled' ? 'killed' : 'refused';
    case 'unknown':
      return 'unknown';
    case 'start':
    case 'inputs-read':
    case 'rows-computed':
    case 'data-written':
    case 'manifests-written':
    case 'validated':
    case 'list-written':
    case 'metadata-written':
    case 'before-swap':
    case 'cleaned-up':
      return 'dot';
    default:
      return exhaustive(detail);
  }
}

/** A killed worker leaves no event: its end stands beside its last one, also when the job was run again. */
function silentEnds(
  job: LaneJob,
  segments: readonly Segment[],
  { axis, y, size, isGhost }: LaneRoom,
): Mark[] {
  const events = segments.flatMap((segment) => segment.events);
  return events.flatMap((last, index): Mark[] => {
    const next = events[index + 1];
    if (!isSteerable(last.detail.stop) || (next && next.detail.stop !== 'start')) return [];
    const shape = next ? 'killed' : silentOutcome(job);
    if (shape === null) return [];
    const room = next ? (axis.x(next) - axis.x(last)) / 2 : axis.width - size * 1.1 - axis.x(last);
    const x = axis.x(last) + Math.min(Math.max(axis.step, 20), room);
    const key = `${job.name}-end-${last.seq}`;
    return axis.sees(x) ? [{ key, seq: null, event: null, x, y, shape, ghost: isGhost(last) }] : [];
  });
}

function silentOutcome({ outcome }: LaneJob): 'killed' | 'unknown' | null {
  return outcome === 'killed' || outcome === 'unknown' ? outcome : null;
}

function waitingOf(
  job: LaneJob,
  segments: readonly Segment[],
  { axis, y, barHeight, size }: LaneRoom,
): ReturnType<typeof layoutWaiting> {
  const last = segments.at(-1)?.events.at(-1);
  if (last === undefined) return null;
  const { step, width: right } = axis;
  return layoutWaiting(job, { x: axis.x(last), y, step, barHeight, size, right });
}

/** Why a lane is empty. */
function note(
  { outcome, dependencies, elsewhere }: LaneJob,
  segments: readonly Segment[],
  { jobs, running, left, narrow }: LaneRoom,
): Lane['note'] {
  if (segments.length > 0) return null;
  const x = left + (narrow ? 0 : 6);
  if (elsewhere?.isCutOff === true) return { text: strings.tabs.closed, x };
  if (outcome === 'skipped') return { text: strings.race.skipped, x };
  const open = jobs.filter(
    ({ name, outcome: other }) => dependencies.includes(name) && other !== 'committed',
  );
  if (open.length > 0) return { text: strings.race.waitsFor(open.map(({ name }) => name)), x };
  return (elsewhere?.isOn ?? running) && outcome === null
    ? { text: strings.race.starting, x }
    : null;
}
