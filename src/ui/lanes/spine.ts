import type { RaceEvent } from '../../race/event.ts';
import type { History, TableVersion } from '../../race/history.ts';
import { grouped } from '../../words.ts';
import { strings } from '../strings.ts';
import type { Axis } from './axis.ts';
import type { Spine, VersionDot } from './picture.ts';
import { LabelLine, labelSpan } from './text.ts';

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
  const labels = new LabelLine(10);
  const seen = points.filter(({ x }) => room.axis.sees(x));
  const dots = seen.toReversed().map(({ version, x }): VersionDot => {
    return {
      key: `${table}/${version.version}`,
      version: version.version,
      x,
      radius,
      ghost: room.isGhost(version.seen),
      label: dotLabel(version, x, room, labels),
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

function dotLabel(
  version: TableVersion,
  x: number,
  { axis, left, right, size, narrow }: SpineRoom,
  labels: LabelLine,
): VersionDot['label'] {
  const text = rowsLabel(version, narrow);
  const detail = changeLabel(version);
  // Both lines need room.
  const longer = detail !== null && detail.length > text.length ? detail : text;
  const [from, to] = labelSpan({ x, text: longer, anchor: 'middle' }, size);
  const anchor = from < left - 8 ? 'start' : to > axis.width - right / 2 ? 'end' : 'middle';
  const at = anchor === 'start' ? x - size : anchor === 'end' ? x + size : x;
  if (!labels.take(labelSpan({ x: at, text: longer, anchor }, size))) return null;
  return { text, detail, anchor };
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
