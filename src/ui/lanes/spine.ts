import type { RaceEvent } from '../../race/event.ts';
import type { History, TableVersion } from '../../race/history.ts';
import { grouped } from '../../words.ts';
import { strings } from '../strings.ts';
import type { Axis } from './axis.ts';
import type { Spine, VersionDot, VersionLabel } from './picture.ts';
import { LabelLine, labelSpan, textWidth } from './text.ts';

/** What the table's line is laid out in. */
export interface SpineRoom {
  axis: Axis;
  left: number;
  right: number;
  /** Font size of labels. */
  size: number;
  narrow: boolean;
  /** Whether there is room for two lines of words under the table's line. */
  detailed: boolean;
  isGhost: (event: RaceEvent) => boolean;
}

/** Labels stay so far from each other, CSS pixels. */
const labelGap = 6;

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
  const lines = [new LabelLine(labelGap), new LabelLine(labelGap)] as const;
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
      title: `${strings.race.version(version.version)}: ${rowsLabel(version, false)}`,
      label: dotLabel({ ...place, radius }, room, lines),
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

type Place = Pick<VersionLabel, 'anchor' | 'line'>;

const under: Place = { anchor: 'middle', line: 0 };
const leftwards: Place = { anchor: 'end', line: 0 };
const rightwards: Place = { anchor: 'start', line: 0 };
const below: Place = { anchor: 'middle', line: 1 };

/** Away from the one dot that is too near; between two such dots, on the lower line. */
function placesFor(isNearBefore: boolean, isNearAfter: boolean): readonly Place[] {
  if (isNearBefore && isNearAfter) return [under, below, leftwards, rightwards];
  if (isNearAfter) return [leftwards, under, rightwards, below];
  if (isNearBefore) return [rightwards, under, leftwards, below];
  return [under, leftwards, rightwards, below];
}

/** A version's dot, and how far those beside it are. */
interface DotPlace {
  version: TableVersion;
  x: number;
  before: number;
  after: number;
  radius: number;
}

function dotLabel(
  { version, x, before, after, radius }: DotPlace,
  { axis, left, size, narrow, detailed }: SpineRoom,
  [upper, lower]: readonly [LabelLine, LabelLine],
): VersionLabel | null {
  const text = rowsLabel(version, narrow);
  const change = detailed ? changeLabel(version) : null;
  const room = (label: string) => textWidth(label, size) + size;
  // How many rows each version has comes first: a longer line under it is for where there is room.
  const hasRoom = change !== null && room(change) <= Math.max(room(text), Math.min(before, after));
  const detail = hasRoom ? change : null;
  const longer = detail !== null && detail.length > text.length ? detail : text;
  const isNear = (distance: number) => distance < room(longer);
  // Two labels that stand back to back keep their distance however near their dots are.
  const reach = Math.min(radius, (Math.min(before, after) - labelGap) / 2);
  const offsets = { start: -reach, middle: 0, end: reach };
  const spanOf = (anchor: Place['anchor'], label: string) =>
    labelSpan({ x: x + offsets[anchor], text: label, anchor }, size);
  const takes = ({ anchor, line }: Place): boolean => {
    const span = spanOf(anchor, line === 0 ? longer : text);
    if (span[0] < left - size || span[1] > axis.width - 4) return false;
    // The thread runs down between the words of the upper line.
    if (line === 1) return detailed && upper.isFree([x, x], 2) && lower.take(span);
    return (detail === null || lower.isFree(span)) && upper.take(span);
  };
  const place = placesFor(isNear(before), isNear(after)).find(takes);
  if (place === undefined) return null;
  const shown = place.line === 0 ? detail : null;
  if (shown !== null) lower.take(spanOf(place.anchor, longer));
  return { text, detail: shown, ...place, x: offsets[place.anchor] };
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
