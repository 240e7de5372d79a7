import type { LaneJob } from '../../lab/lane-job.ts';
import type { OldFuture } from '../../lab/old-future.ts';
import type { AxisName } from '../../lab/race-view.svelte.ts';
import type { RaceEvent } from '../../race/event.ts';
import type { History } from '../../race/history.ts';
import { datasetName } from '../../words.ts';
import { type Axis, clockAxis, eventsAxis, type Stretch } from './axis.ts';
import type { Drawing, Lane, Picture, Read, Spine } from './picture.ts';
import { layoutLane } from './lane.ts';
import { steerableStops } from './stop-name.ts';
import { laneName } from './lane-name.ts';
import { layoutSpine, type SpineRoom, versionPlace } from './spine.ts';
import { layoutSwaps } from './swap.ts';
import { textWidth } from './text.ts';

/** What the picture is a function of. */
export interface PictureInput {
  events: readonly RaceEvent[];
  /** `historyOf(events)`. */
  history: History;
  jobs: readonly LaneJob[];
  /** Whether the jobs are at work. */
  running: boolean;
  /** Sequence number of the last event that counts; what lies after it is drawn as a ghost. `null`: all count. */
  cursor: number | null;
  axis: AxisName;
  /** What the race was forked from; what it came to beyond the fork is drawn behind. */
  oldFuture: OldFuture | null;
  /** The room on screen, CSS pixels; the picture may come out larger. */
  width: number;
  height: number;
  /** Font size of labels, CSS pixels. */
  size: number;
  /** What of it is to be drawn; all without it. */
  seen?: Stretch | null;
}

/** Stops of a job that wins at once: how many columns to keep free for it. */
const usualStops = 18;

/** Lays the race diagram out: the same input gives the same picture. */
export function layout(input: PictureInput): Picture {
  const { events, history, jobs, oldFuture, size } = input;
  const narrow = input.width < 560;
  const right = 22;
  const isAhead = !hasBegun(input);
  const tables = [...new Set([...(oldFuture?.history.tables ?? []), ...history.tables])];
  const rows = rowPlaces(input, tables.length, { narrow, isAhead });
  const names = Math.max(nameWidth(jobs, size, rows.roomy), tableWidth(tables, size));
  const left = narrow ? 16 : names + (rows.roomy ? 30 : 84);
  const axis = axisOf(input, { left, right });
  const here = events[input.cursor ?? events.length - 1];
  const frame: Frame = { axis, rows, tables, left, right, narrow };
  return {
    width: axis.width,
    height: rows.height,
    left,
    here: here === undefined ? left : axis.x(here),
    grid: axis.grid,
    ...draw(input, frame),
    oldFuture: oldFuture === null ? null : drawOldFuture(input, oldFuture, frame),
    roomy: rows.roomy,
    ahead: isAhead ? stopsAhead(left, input.width - right - size * 1.5) : [],
    dot: Math.min(size * 0.3, axis.step * 0.38),
    stroke: (jobs.length > 6 ? 1.6 : 3) * (size / 13),
  };
}

const isSwap = ({ detail: { stop } }: RaceEvent) => stop === 'swap-won' || stop === 'swap-lost';

/** What everything in a picture is placed by. */
interface Frame {
  axis: Axis;
  rows: ReturnType<typeof rowPlaces>;
  tables: readonly string[];
  left: number;
  right: number;
  narrow: boolean;
}

/** One log in the frame. */
function draw(input: PictureInput, frame: Frame): Drawing {
  const { history, jobs, size } = input;
  const { axis, rows, tables, left, right, narrow } = frame;
  const isGhost = ({ seq }: RaceEvent) => input.cursor !== null && seq > input.cursor;
  const spines = (tables.length === 0 ? [''] : tables).map((table, index) =>
    layoutSpine(table, history.versions.get(table) ?? [], rows.spine(index), {
      axis,
      left,
      right,
      size,
      narrow,
      detailed: rows.detailed,
      isGhost,
    }),
  );
  const swapsOf = ({ name }: LaneJob) =>
    (history.segments.get(name) ?? []).flatMap(({ events }) => events.filter(isSwap));
  const lanes = jobs.map((job, index) =>
    layoutLane(job, index, history.segments.get(job.name) ?? [], {
      crossings: jobs
        .slice(0, index)
        .flatMap((above) => swapsOf(above).map((event) => axis.x(event))),
      jobs,
      running: input.running,
      axis,
      y: rows.lane(index),
      barHeight: rows.barHeight,
      labelled: rows.labelled,
      left,
      size,
      narrow,
      isGhost,
    }),
  );
  return {
    lanes,
    spines,
    reads: reads(history, lanes, spines, { axis, left, narrow, isGhost }),
    swaps: layoutSwaps(history, { lanes, spines, axis, left, size, narrow, isGhost }),
  };
}

/** What a race came to before it was forked, without words: what it comes to now is written there. */
function drawOldFuture(
  input: PictureInput,
  { events, past, history, lanes: jobs }: OldFuture,
  frame: Frame,
): Picture['oldFuture'] {
  const drawn = draw({ ...input, events, history, jobs, cursor: past - 1 }, frame);
  const first = events[past];
  return {
    x: first === undefined ? frame.axis.width : frame.axis.x(first) - frame.axis.step / 2,
    lanes: drawn.lanes.map((lane) => ({ ...lane, note: null, status: null })),
    reads: drawn.reads,
    swaps: drawn.swaps.map((swap) => ({ ...swap, label: null })),
    spines: drawn.spines.map((spine) => ({
      ...spine,
      versions: spine.versions
        .filter(({ ghost }) => ghost)
        .map((version) => ({ ...version, label: null })),
    })),
  };
}

/** The stops of a job that wins at once, evenly spaced; the slanted name of the last one reaches beyond `right`. */
function stopsAhead(left: number, right: number): Picture['ahead'] {
  const stops = steerableStops.filter((stop) => stop !== 'swap-lost');
  const step = (right - left) / stops.length;
  return stops.map((stop, index) => ({ stop, x: left + step * (index + 0.5) }));
}

/** Whether this tab's race has begun; others may race beside it before. */
function hasBegun({ history, jobs, running }: PictureInput): boolean {
  const isOwn = ({ elsewhere, name }: LaneJob) => elsewhere === null && history.segments.has(name);
  return running || jobs.some(isOwn);
}

/** Where there is room for two lines, a job of another tab has its tab in the first. */
function nameWidth(jobs: readonly LaneJob[], size: number, roomy: boolean): number {
  const texts = jobs.map((job) => (roomy ? (job.elsewhere?.job ?? job.name) : laneName(job)));
  const longest = Math.max(0, ...texts.map((text) => textWidth(text, size) * 1.06));
  return Math.min(Math.max(longest, 76), size * (roomy ? 11.6 : 15));
}

/** A table's name is set smaller, in type of one width; a longer one breaks. */
function tableWidth(tables: readonly string[], size: number): number {
  const longest = Math.max(0, ...tables.map((table) => textWidth(datasetName(table), size * 0.92)));
  return Math.min(longest, size * 11.6);
}

function axisOf(
  { events, jobs, axis, oldFuture, running, width, seen = null }: PictureInput,
  { left, right }: { left: number; right: number },
): Axis {
  const racing = jobs.filter(({ elsewhere }) => elsewhere?.isOn ?? running);
  const expected = racing.length * usualStops;
  const room = { left, right, width, expected, grows: running, seen };
  const logs = [events, oldFuture?.events ?? []];
  const ends = (log: readonly RaceEvent[]) => (axis === 'clock' ? log.at(-1)?.at : log.length) ?? 0;
  const [longest = events] = logs.toSorted((one, other) => ends(other) - ends(one));
  return axis === 'clock' ? clockAxis(longest, room) : eventsAxis(longest, room);
}

/** Where lanes and table lines stand: they share the room, and ask for more when they are many. */
function rowPlaces(
  { jobs, height, size }: PictureInput,
  tables: number,
  { narrow, isAhead }: { narrow: boolean; isAhead: boolean },
) {
  const count = Math.max(jobs.length, 1);
  const least = size * (narrow ? 4.4 : 1.9);
  const lanesHeight = (lane: number) => lane * (count + 0.45);
  // Several tables in little room: their versions have one line of words each, so that no table is cut off.
  const roomySpine = size * (narrow ? 6.2 : 4.6);
  const detailed =
    narrow || tables < 2 || size + lanesHeight(least) + roomySpine * tables <= height;
  const spineHeight = detailed ? roomySpine : size * 3.2;
  // Before a race there are no versions, which would be labelled.
  const foot = isAhead && tables === 0 && !narrow ? size * 1.8 : spineHeight * Math.max(tables, 1);
  // The way down to the first table's line is a share of its own, for the words beside a lost swap.
  const laneUnder = (head: number) =>
    Math.min(Math.max((height - foot - head) / (count + 0.45), least), size * 11.5);
  // The names of the stops ahead stand slanted above the first lane.
  const head = isAhead && laneUnder(size) < size * 8 ? size * 4.6 : size;
  const lane = laneUnder(head);
  const needed = head + lanesHeight(lane) + foot;
  const top = head + Math.max(0, height - needed) / 2;
  const firstSpine = top + lanesHeight(lane) + size * 0.6;
  return {
    barHeight: Math.min(lane * (lane < size * 3 ? 0.72 : 0.5), size * 3.1),
    detailed,
    labelled: lane >= size * 3,
    // A name and a row of controls under it, clear of the next name.
    roomy: lane >= size * 3.6,
    lane: (index: number) => top + lane * (index + (narrow ? 0.6 : 0.52)),
    spine: (index: number) => firstSpine + spineHeight * index,
    height: Math.max(height, needed),
  };
}

function reads(
  history: History,
  lanes: readonly Lane[],
  spines: readonly Spine[],
  room: Pick<SpineRoom, 'axis' | 'left' | 'narrow' | 'isGhost'>,
): Read[] {
  const { axis, isGhost } = room;
  return [...history.segments.values()].flat().flatMap(({ events, job }) =>
    events.flatMap((event): Read[] => {
      // What is read was made further left.
      if (event.detail.stop !== 'base-read' || !axis.sees(-Infinity, axis.x(event))) return [];
      const spine = spines.find(({ table }) => table === event.table);
      const lane = lanes.find((each) => each.job === job);
      const { version } = event.detail.base;
      if (spine === undefined || lane === undefined || version === null) return [];
      const from = versionPlace(history, spine, version, room);
      const x = axis.x(event);
      if (from === null || !axis.sees(from.x, x)) return [];
      const path = `M${from.x} ${from.y} C${from.x + (x - from.x) * 0.55} ${from.y - 10} ${x} ${from.y - 40} ${x} ${lane.y + 7}`;
      return [{ key: `read-${event.seq}`, index: lane.index, path, ghost: isGhost(event) }];
    }),
  );
}
