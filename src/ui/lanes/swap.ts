import type { RaceEvent } from '../../race/event.ts';
import type { Detail, History } from '../../race/history.ts';
import { strings } from '../strings.ts';
import type { Axis } from './axis.ts';
import type { Lane, Spine, Swap } from './picture.ts';
import { type Box, textBox, touch } from './text.ts';

/** What the swaps are laid out in. */
export interface SwapRoom {
  lanes: readonly Lane[];
  spines: readonly Spine[];
  axis: Axis;
  left: number;
  /** Font size of labels. */
  size: number;
  narrow: boolean;
  isGhost: (event: RaceEvent) => boolean;
}

/** One arrow per swap; a lost one says what it expected and found if there is a free place for the words. */
export function layoutSwaps(history: History, room: SwapRoom): Swap[] {
  const found = [...history.segments.values()]
    .flat()
    .flatMap(({ events }) => events.flatMap((event) => swapOf(event, room)));
  // The caption and the inspector say the same.
  if (room.lanes.length > 4) return found.map(({ swap }) => swap);
  const swaps = found.map(({ swap }) => swap);
  const taken = obstacles(room);
  return found.map(({ swap, event: { attempt, detail } }) => {
    if (detail.stop !== 'swap-lost' || attempt === 0) return swap;
    const label = lostLabel(swap, detail, { ...room, swaps, taken });
    if (label !== null) taken.push(...labelBoxes(label, room.size));
    return { ...swap, label };
  });
}

function swapOf(
  event: RaceEvent,
  { lanes, spines, axis, size, isGhost }: SwapRoom,
): { swap: Swap; event: RaceEvent }[] {
  const { stop } = event.detail;
  if (stop !== 'swap-won' && stop !== 'swap-lost') return [];
  const spine = spines.find(({ table }) => table === event.table);
  const lane = lanes.find(({ job }) => job === event.job);
  if (spine === undefined || lane === undefined || !axis.sees(axis.x(event))) return [];
  const won = stop === 'swap-won';
  const swap: Swap = {
    key: `swap-${event.seq}`,
    x: axis.x(event),
    y1: lane.y,
    y2: won ? spine.y : spine.y - size * 1.8,
    won,
    slight: event.attempt === 0,
    label: null,
    ghost: isGhost(event),
  };
  return [{ swap, event }];
}

type Label = NonNullable<Swap['label']>;

/** The fullest words that have a free place beside the arrow, as near to its end as they go; `null`: none have. */
function lostLabel(
  { x, y1, y2 }: Swap,
  { expected, found }: Detail<'swap-lost'>,
  { swaps, taken, axis, left, size, narrow }: SwapRoom & { swaps: Swap[]; taken: readonly Box[] },
): Label | null {
  const version = (value: number | null) =>
    value === null ? strings.race.none : strings.race.version(value);
  const full = [strings.race.expected(version(expected)), strings.race.found(version(found))];
  const short = [strings.race.differs(version(expected), version(found))];
  const shortest = [strings.race.differsFrom(version(found))];
  const crossed = ({ x1, x2, y1: top, y2: bottom }: Box) =>
    swaps.some((swap) => swap.x > x1 && swap.x < x2 && swap.y1 < bottom && swap.y2 > top);
  const isFree = (label: Label) =>
    labelBoxes(label, size).every(
      (box) =>
        box.x1 >= left &&
        box.x2 <= axis.width - size / 2 &&
        box.y1 > y1 &&
        !crossed(box) &&
        !taken.some((other) => touch(box, other)),
    );
  const sides = [
    { x: x + size, anchor: 'start' },
    { x: x - size, anchor: 'end' },
  ] as const;
  // Above the lanes of a narrow picture stand their names.
  const labels = (narrow ? [shortest] : [full, short, shortest]).flatMap((lines) =>
    heights(narrow ? y2 : y1, y2 - size * 1.3 * lines.length, size).flatMap((y) =>
      sides.map((side): Label => ({ lines, y, ...side })),
    ),
  );
  return labels.find(isFree) ?? null;
}

/** Where a first line may stand: at its usual place, else a little lower, else higher and higher up to the lane. */
function heights(top: number, usual: number, size: number): number[] {
  const step = size * 0.65;
  const above = Array.from({ length: Math.max(0, Math.floor((usual - top) / step)) });
  return [
    usual,
    usual + step,
    usual + 2 * step,
    ...above.map((_, index) => usual - step * (index + 1)),
  ];
}

function labelBoxes({ lines, x, y, anchor }: Label, size: number): Box[] {
  // They are set bolder than other words.
  return lines.map((text, index) =>
    textBox({ x, y: y + index * size * 1.3, text, anchor }, size * 1.06),
  );
}

/** What words of a swap must not lie on. */
function obstacles({ lanes, spines, size }: SwapRoom): Box[] {
  return [
    ...lanes.flatMap((lane) => laneBoxes(lane, size)),
    ...spines.flatMap((spine) => spineBoxes(spine, size)),
  ];
}

function laneBoxes({ y, bars, waits, note, status }: Lane, size: number): Box[] {
  const words = [
    ...bars.flatMap(({ label }) =>
      label === null ? [] : [{ ...label, anchor: 'middle' as const }],
    ),
    ...waits.flatMap(({ x1, x2, y: line, label }) =>
      label === null
        ? []
        : [{ text: label, x: (x1 + x2) / 2, y: line - size * 0.6, anchor: 'middle' as const }],
    ),
    ...(note === null ? [] : [{ ...note, y: y + size * 0.35, anchor: 'start' as const }]),
    ...(status === null ? [] : [status]),
  ];
  return [
    ...bars.map((bar) => ({ x1: bar.x, x2: bar.x + bar.width, y1: bar.y, y2: bar.y + bar.height })),
    ...words.map((word) => textBox(word, size)),
  ];
}

function spineBoxes({ y, x1, x2, versions }: Spine, size: number): Box[] {
  const labels = versions.flatMap(({ x, radius, label }) =>
    label === null
      ? []
      : [label.text, ...(label.detail === null ? [] : [label.detail])].map((text, index) =>
          textBox(
            { x, y: y + radius + size * (1.3 + index * 1.2), text, anchor: label.anchor },
            size,
          ),
        ),
  );
  return [{ x1, x2, y1: y - size * 0.3, y2: y + size * 0.3 }, ...labels];
}
