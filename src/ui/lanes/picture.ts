import type { RaceEvent } from '../../race/event.ts';
import type { SteerableStop } from './stop-name.ts';

/** What a mark looks like; each outcome has a shape of its own besides its colour. */
export type Shape =
  'dot' | 'read' | 'won' | 'lost' | 'done' | 'refused' | 'unknown' | 'killed' | 'held';

/** `ghost`: it lies after the cursor. All lengths of this file are CSS pixels. */
export interface Ghostly {
  ghost: boolean;
}

/** One event, or the end of a job that left no event (`seq` and `event` are `null`). */
export interface Mark extends Ghostly {
  key: string;
  seq: number | null;
  event: RaceEvent | null;
  x: number;
  y: number;
  shape: Shape;
}

/** A stretch of a lane in which the job was busy with one thing. */
export interface Bar extends Ghostly {
  key: string;
  x: number;
  y: number;
  width: number;
  height: number;
  label: { text: string; x: number; y: number } | null;
}

/** A pause between a lost swap and the next attempt. */
export interface Wait extends Ghostly {
  key: string;
  x1: number;
  x2: number;
  y: number;
  label: string | null;
}

/** One job's line. `note` stands where its events would begin. */
export interface Lane {
  job: string;
  /** Of the job in the workflow, from 0; its colour. */
  index: number;
  /** Whether it is seen here, and steered in another tab. */
  isElsewhere: boolean;
  y: number;
  bars: Bar[];
  waits: Wait[];
  marks: Mark[];
  note: { text: string; x: number } | null;
  /** What the job waits for. */
  status: { text: string; x: number; y: number; anchor: 'start' | 'end' } | null;
}

/** A version of a table, a dot on the table's line. */
export interface VersionDot extends Ghostly {
  key: string;
  version: number;
  x: number;
  radius: number;
  /** What the pointer is told over it: a version whose label found no room says it too. */
  title: string;
  label: VersionLabel | null;
}

/** The words under a version's dot. */
export interface VersionLabel {
  text: string;
  /** A second line. */
  detail: string | null;
  anchor: 'start' | 'middle' | 'end';
  /** Where its anchor stands, from the dot's centre. */
  x: number;
  /** On which line `text` stands: the lower one (1) hangs on a thread from its dot, between labels of the upper one. */
  line: 0 | 1;
}

/** A table's own line. */
export interface Spine {
  table: string;
  y: number;
  x1: number;
  x2: number;
  versions: VersionDot[];
}

/** From the version that an attempt read, up to the attempt. */
export interface Read extends Ghostly {
  key: string;
  index: number;
  path: string;
}

/** From an attempt down to its table's line: `y2` is on the line if the swap was won, short of it if it was lost. */
export interface Swap extends Ghostly {
  key: string;
  x: number;
  y1: number;
  y2: number;
  won: boolean;
  /** It is about creating the table, which a loser does without. */
  slight: boolean;
  label: { lines: string[]; x: number; y: number; anchor: 'start' | 'end' } | null;
}

/** What is drawn of one log. */
export interface Drawing {
  lanes: Lane[];
  spines: Spine[];
  reads: Read[];
  swaps: Swap[];
}

/** Everything that the race diagram draws. */
export interface Picture extends Drawing {
  width: number;
  height: number;
  /** Where the events begin; the names stand left of it. */
  left: number;
  /** Where the event at the cursor stands, or the newest. */
  here: number;
  /** Columns of the events axis, or ticks of the clock. */
  grid: { x: number; label: string | null }[];
  /** What the race came to before it was forked, from the fork at `x` on. */
  oldFuture: (Drawing & { x: number }) | null;
  /** Whether there is room for words above the bars and for controls under the names. */
  roomy: boolean;
  /** The stops that lie ahead, in each lane of a race that has not begun; their names stand above the first. */
  ahead: { stop: SteerableStop; x: number }[];
  /** Heavier or lighter strokes for few or many lanes. */
  stroke: number;
  /** Radius of the dots of a lane: they stand apart however narrow the columns are. */
  dot: number;
}
