/** The width of a text at a font size, near enough to keep labels apart; the picture is laid out without a browser. */
export function textWidth(text: string, size: number): number {
  return text.length * size * 0.56;
}

/** A label that wants a place: `anchor` says which of its points stands at `x`. */
export interface LabelWish {
  x: number;
  text: string;
  anchor: 'start' | 'middle' | 'end';
}

/** The left and the right edge of a label. */
export function labelSpan({ x, text, anchor }: LabelWish, size: number): [number, number] {
  const width = textWidth(text, size);
  const from = anchor === 'start' ? x : anchor === 'end' ? x - width : x - width / 2;
  return [from, from + width];
}

/** A rectangle of the picture. */
export interface Box {
  x1: number;
  x2: number;
  y1: number;
  y2: number;
}

/** The room that a label takes whose words stand on the line at `y`. */
export function textBox(label: LabelWish & { y: number }, size: number): Box {
  const [x1, x2] = labelSpan(label, size);
  return { x1, x2, y1: label.y - size * 0.85, y2: label.y + size * 0.25 };
}

/** Whether two rectangles have a point in common. */
export function touch(one: Box, other: Box): boolean {
  return one.x1 < other.x2 && other.x1 < one.x2 && one.y1 < other.y2 && other.y1 < one.y2;
}

/** Hands out places on one line: says whether a span is free, and takes it if it is. */
export class LabelLine {
  readonly #taken: [number, number][] = [];
  readonly #apart: number;

  /** Labels stay `apart` pixels from each other. */
  constructor(apart: number) {
    this.#apart = apart;
  }

  /** Takes the span unless it touches one that is taken. */
  take(span: [number, number]): boolean {
    const free = this.isFree(span);
    if (free) this.#taken.push(span);
    return free;
  }

  /** Whether a span is `apart` pixels from those that are taken. */
  isFree([from, to]: [number, number], apart = this.#apart): boolean {
    return this.#taken.every(([start, end]) => to + apart <= start || from >= end + apart);
  }
}
