import type { RaceEvent } from '../../race/event.ts';

/** A stretch of the picture from left to right, CSS pixels. */
export interface Stretch {
  from: number;
  to: number;
}

/** Where events stand from left to right. */
export interface Axis {
  /** CSS pixels of an event's centre. */
  x(event: RaceEvent): number;
  /** The distance of two columns, or the room that a mark may take on the clock. */
  step: number;
  /** The width that all events take, margins included. */
  width: number;
  grid: { x: number; label: string | null }[];
  /** Whether something that reaches from one place to another is to be drawn: a part of it is on screen, or nearly. */
  sees(from: number, to?: number): boolean;
}

/** The room that the axis may use. */
export interface AxisRoom {
  left: number;
  right: number;
  width: number;
  /** Columns to keep free for events to come, so that a growing log does not move what is drawn. */
  expected: number;
  /** Whether more events will come: a picture that is wider than its room then grows by half a room at a time. */
  grows: boolean;
  /** What is to be drawn, `null` for all: a picture far wider than the screen is drawn where one looks. */
  seen: Stretch | null;
}

/** See {@link Axis.sees}. */
function seesIn(seen: Stretch | null): Axis['sees'] {
  return (from, to = from) =>
    seen === null || (Math.min(from, to) <= seen.to && Math.max(from, to) >= seen.from);
}

/** The least width of a column, CSS pixels: a picture that needs more than its room grows and scrolls. */
const minStep = 7;

/** One column per event. */
export function eventsAxis(events: readonly RaceEvent[], room: AxisRoom): Axis {
  // Narrower all at once and seldom: a picture that moves with each event cannot be read.
  const page = Math.max(1, room.expected / 2);
  const columns = Math.max(Math.ceil(events.length / page) * page, room.expected, 1);
  const step = Math.max(minStep, (room.width - room.left - room.right) / columns);
  const x = (seq: number) => room.left + step * (seq + 0.5);
  const sees = seesIn(room.seen);
  return {
    x: ({ seq }) => x(seq),
    step,
    width: widthFor(room.left + room.right + step * columns, room),
    grid: events.filter(({ seq }) => sees(x(seq))).map(({ seq }) => ({ x: x(seq), label: null })),
    sees,
  };
}

/** The room's width, or as much as is needed; while events come, with room for the next page. */
function widthFor(needed: number, { width, grows }: AxisRoom): number {
  if (needed <= width) return width;
  const page = width / 2;
  return grows ? Math.ceil(needed / page + 1.5) * page : needed;
}

/** True time, from the race's beginning to a round number of ms after the last event. */
export function clockAxis(events: readonly RaceEvent[], room: AxisRoom): Axis {
  const span = room.width - room.left - room.right;
  const tick = roundTick((events.at(-1)?.at ?? 0) / Math.max(2, span / 110));
  const end = tick * Math.max(1, Math.ceil((events.at(-1)?.at ?? 0) / tick));
  const x = (at: number) => room.left + (span * at) / end;
  const ticks = Array.from({ length: Math.round(end / tick) + 1 }, (_, index) => index * tick);
  return {
    x: ({ at }) => x(at),
    step: 14,
    width: room.width,
    grid: ticks.map((at) => ({ x: x(at), label: timeLabel(at, tick) })),
    sees: seesIn(room.seen),
  };
}

/** The next of 1, 2, 5, 10, … ms that is not below `ms`, 10 ms at least. */
function roundTick(ms: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(10, ms)));
  return power * ([1, 2, 5, 10].find((factor) => power * factor >= ms) ?? 10);
}

function timeLabel(at: number, tick: number): string {
  if (at === 0) return '0';
  return tick >= 1000 ? `${at / 1000} s` : tick >= 100 ? `${(at / 1000).toFixed(1)} s` : `${at} ms`;
}
