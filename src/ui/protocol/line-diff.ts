/** A line of two texts side by side: in the old one alone, in the new one alone, or in both. */
export interface DiffLine {
  sign: '-' | '+' | ' ';
  text: string;
}

/** Lines that are shown, or so many that are in both texts and are left out. */
export type DiffBlock =
  { kind: 'lines'; lines: DiffLine[] } | { kind: 'folded'; lines: DiffLine[] };

/** The shortest way from one list of lines to another (Myers, "An O(ND) Difference Algorithm", 1986). */
export function diffLines(before: readonly string[], after: readonly string[]): DiffLine[] {
  let head = 0;
  while (head < Math.min(before.length, after.length) && before[head] === after[head]) head += 1;
  let tail = 0;
  const longest = Math.min(before.length, after.length) - head;
  while (tail < longest && before.at(-1 - tail) === after.at(-1 - tail)) tail += 1;
  const same = (lines: readonly string[]) => lines.map((text): DiffLine => ({ sign: ' ', text }));
  return [
    ...same(before.slice(0, head)),
    ...diffMiddle(before.slice(head, before.length - tail), after.slice(head, after.length - tail)),
    ...same(before.slice(before.length - tail)),
  ];
}

function diffMiddle(before: readonly string[], after: readonly string[]): DiffLine[] {
  return walkBack(before, after, furthestReaching(before, after));
}

/** For each number of edits the furthest place in `before` on each diagonal, until both ends are reached. */
function furthestReaching(
  before: readonly string[],
  after: readonly string[],
): Map<number, number>[] {
  const rounds: Map<number, number>[] = [];
  let reached = new Map([[1, 0]]);
  for (let edits = 0; ; edits += 1) {
    const next = new Map(reached);
    for (let diagonal = -edits; diagonal <= edits; diagonal += 2) {
      let x = startOf(reached, diagonal, edits);
      while (x < before.length && before[x] === after[x - diagonal]) x += 1;
      next.set(diagonal, x);
      if (x >= before.length && x - diagonal >= after.length) return [...rounds, reached];
    }
    rounds.push(reached);
    reached = next;
  }
}

function startOf(reached: ReadonlyMap<number, number>, diagonal: number, edits: number): number {
  const down = reached.get(diagonal + 1) ?? -1;
  const right = reached.get(diagonal - 1) ?? -1;
  return diagonal === -edits || (diagonal !== edits && right < down) ? down : right + 1;
}

function walkBack(
  before: readonly string[],
  after: readonly string[],
  rounds: readonly ReadonlyMap<number, number>[],
): DiffLine[] {
  const lines: DiffLine[] = [];
  let x = before.length;
  let y = after.length;
  for (let edits = rounds.length - 1; edits >= 0; edits -= 1) {
    const diagonal = x - y;
    const start = startOf(rounds[edits] ?? new Map(), diagonal, edits);
    for (; x > start; x -= 1) lines.push({ sign: ' ', text: before[x - 1] ?? '' });
    y = x - diagonal;
    if (edits === 0) break;
    const isDown = start === rounds[edits]?.get(diagonal + 1);
    if (isDown) lines.push({ sign: '+', text: after[(y -= 1)] ?? '' });
    else lines.push({ sign: '-', text: before[(x -= 1)] ?? '' });
  }
  return lines.reverse();
}

/** Leaves out what is in both texts, but for so many lines around each change. */
export function foldUnchanged(lines: readonly DiffLine[], around: number): DiffBlock[] {
  const changes = lines.flatMap(({ sign }, at) => (sign === ' ' ? [] : [at]));
  const shown = new Set<number>();
  for (const at of changes) {
    for (let near = at - around; near <= at + around; near += 1) shown.add(near);
  }
  const blocks: DiffBlock[] = [];
  for (const [at, line] of lines.entries()) {
    const kind = shown.has(at) ? 'lines' : 'folded';
    const last = blocks.at(-1);
    if (last?.kind === kind) last.lines.push(line);
    else blocks.push({ kind, lines: [line] });
  }
  return blocks;
}
