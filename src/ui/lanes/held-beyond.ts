import type { Lane, Picture } from './picture.ts';

/** What one sees of the picture, CSS pixels: its place, and its size with the names. */
export interface View {
  scrolled: number;
  down: number;
  width: number;
  height: number;
}

/** A job that is held where one does not see it: to the left (-1) or to the right (1), at `y` of what one sees. */
export interface HeldBeyond {
  job: string;
  index: number;
  by: -1 | 1;
  /** Where it is held, in the picture. */
  x: number;
  y: number;
}

/** The held jobs whose place is scrolled out of sight, in the order of the lanes. `size`: of the labels. */
export function heldBeyond(
  { lanes, left }: Pick<Picture, 'lanes' | 'left'>,
  isHeld: (lane: Lane) => boolean,
  { scrolled, down, width, height }: View,
  size: number,
): HeldBeyond[] {
  return lanes.filter(isHeld).flatMap((lane): HeldBeyond[] => {
    const mark = lane.marks.findLast(({ shape }) => shape === 'held');
    if (mark === undefined || width === 0) return [];
    const { x } = mark;
    const by = x < scrolled + left ? -1 : x > scrolled + width ? 1 : null;
    if (by === null) return [];
    const y = Math.min(Math.max(lane.y - down, size), height - size);
    return [{ job: lane.job, index: lane.index, by, x, y }];
  });
}
