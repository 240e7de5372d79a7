import type { RaceEvent } from '../../race/event.ts';
import type { History, TableVersion } from '../../race/history.ts';
import { grouped } from '../../words.ts';
import { strings } from '../strings.ts';
import type { Axis } from './axis.ts';
import type { Spine, VersionDot } from './picture.ts';
import { LabelLine, labelSpan, textWidth } from './text.ts';

/** What the table's line is laid out in. */
export interface SpineRoom {
  axis: Axis;
  left: number;
  right: number;
  /** Font size of labels. */
  size: number;
  narrow: boolean;
  isGhost: (event: RaceEvent) => boolean;
}

/** A table's line with its versions: those that were there before the race stand at its left end. */
export function layoutSpine(
  table: string,
  versions: readonly TableVersion[],
  y: number,
  room: SpineRoom,
): Spine {
  const points = versions
    .map((version) => ({ version, x: versionX(version, versions, room) }))
    .sort((a, b) => a.x - b.x);
  const gaps = points.slice(1).map((point, index) => point.x - (points[index]?.x ?? 0));
  const radius = Math.max(4, Math.min(room.size, ...gaps.map((gap) => gap / 2 - 1)));
  const line = new LabelLine(10);
  const placed = points.map(({ version, x }, index) => {
    const before = x - (points[index - 1]?.x ?? -Infinity);
    const after = (points[index + 1]?.x ?? Infinity) - x;
    return { version, x, before, after };
  });
  const seen = placed.filter(({ x }) => room.axis.sees(x));
  const dots = seen.toReversed().map((place): VersionDot => {
    const { version, x } = place;
    return {
      key: `${table}/${version.version}`,
      version: version.version,
      x,
      radius,
      ghost: room.isGhost(version.seen),
      label: dotLabel(place, room, line),
    };
  });
  return {
    table,
    y,
    x1: room.left - 8,
    x2: room.axis.width - room.right / 2,
    versions: dots.reverse(),
  };
}

/** A version that was there when the race first read the table stands at the left end; later ones where they are seen. */
function versionX(
  { event, seen }: TableVersion,
  versions: readonly TableVersion[],
  room: Pick<SpineRoom, 'axis' | 'left' | 'narrow'>,
): number {
  if (event !== null) return room.axis.x(event);
  const isFirst = versions[0]?.seen === seen;
  return isFirst ? room.left + (room.narrow ? 8 : 0) : room.axis.x(seen) - room.axis.step / 2;
}

const around = ['middle', 'end', 'start'] as const;
const toTheLeft = ['end', 'middle', 'start'] as const;
const toTheRight = ['start', 'middle', 'end'] as const;

/** `before`, `after`: how far the dots beside it are. */
function dotLabel(
  {
    version,
    x,
    before,
    after,
  }: { version: TableVersion; x: number; before: number; after: number },
  { axis, left, size, narrow }: SpineRoom,
  line: LabelLine,
): VersionDot['label'] {
  const text = rowsLabel(version, narrow);
  const change = changeLabel(version);
  const room = (label: string) => textWidth(label, size) + size;
  // How many rows each version has comes first: a longer line under it is for where there is room.
  const hasRoom = change !== null && room(change) <= Math.max(room(text), Math.min(before, after));
  const detail = hasRoom ? change : null;
  const longer = detail !== null && detail.length > text.length ? detail : text;
  const isNear = (distance: number) => distance < room(longer);
  // Away from the one dot that is too near, or else just under its own.
  const sides = isNear(after) === isNear(before) ? around : isNear(after) ? toTheLeft : toTheRight;
  const anchor = sides.find((side) => {
    const at = side === 'start' ? x - size : side === 'end' ? x + size : x;
    const [from, to] = labelSpan({ x: at, text: longer, anchor: side }, size);
    return from >= left - size && to <= axis.width - 4 && line.take([from, to]);
  });
  return anchor === undefined ? null : { text, detail, anchor };
}

function rowsLabel({ event, rows }: TableVersion, narrow: boolean): string {
  if (event?.detail.stop === 'swap-won' && event.detail.operation === 'create')
    return strings.race.created;
  return narrow ? grouped(rows) : strings.race.rows(rows);
}

function changeLabel({ event, replaced }: TableVersion): string | null {
  if (event?.detail.stop !== 'swap-won') return null;
  const { operation } = event.detail;
  if (operation === 'create' || operation === 'append') return null;
  return replaced === 0 ? operation : strings.race.replaced(replaced);
}

/** Where a version of a table stands, drawn or not. */
export function versionPlace(
  { versions }: History,
  { table, y }: Spine,
  version: number,
  room: Pick<SpineRoom, 'axis' | 'left' | 'narrow'>,
): { x: number; y: number } | null {
  const all = versions.get(table) ?? [];
  const found = all.findLast((each) => each.version === version);
  return found === undefined ? null : { x: versionX(found, all, room), y };
}
