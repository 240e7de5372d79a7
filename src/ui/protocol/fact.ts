import type { strings } from '../strings.ts';

/** A name and a value; `copy` is what the clipboard gets when the value on screen is shortened. */
export interface Fact {
  label: string;
  value: string;
  copy?: string;
}

/** A file, or files of one kind, at a stop. */
export interface FileLine {
  mark: keyof typeof strings.inspector.mark;
  name: string;
  /** The whole path when `name` is a part of it. */
  path?: string;
  note: string;
}

/** What a swap compares; `found` is `null` before the swap. `same`: `null` before the swap. */
export interface Comparison {
  expected: string;
  found: string | null;
  same: boolean | null;
  becomes: string | null;
}

/** What a commit changes of the table, as lines: the version before, the one that was made, another that was there first. */
export interface DifferenceLine {
  sign: 'before' | 'ours' | 'theirs';
  snapshot: string;
  note: string;
  version: string;
}
