import type { FileSummary, Stop, StopDetail } from '../iceberg/stop.ts';
import type { RaceEvent } from './event.ts';

/** What a job is busy with: its own work, creating the table, one attempt to commit, or its end. */
export type Phase = 'work' | 'create' | 'attempt' | 'end';

/** Events of one job that follow each other in one phase: for an attempt, one try of one commit. */
export interface Segment {
  job: string;
  phase: Phase;
  table: string | null;
  attempt: number;
  events: RaceEvent[];
}

/** A version of a table that a race read or made. `event`: the swap that made it, `null` if it was there before. */
export interface TableVersion {
  table: string;
  version: number;
  rows: number;
  /** Rows of the version before that this one replaced by rule. */
  replaced: number;
  event: RaceEvent | null;
  /** The event that speaks of this version first. */
  seen: RaceEvent;
}

/** A race by job and by table. Pure: the same events give the same history. */
export interface History {
  segments: Map<string, Segment[]>;
  /** The tables that events name, in their order. */
  tables: string[];
  /** In the order in which the events speak of them. */
  versions: Map<string, TableVersion[]>;
}

/** The phase that an event belongs to. The commit that creates a table counts as attempt 0. */
function phaseOf(event: RaceEvent): Phase {
  switch (event.detail.stop) {
    case 'start':
    case 'inputs-read':
    case 'rows-computed':
    case 'data-written':
    case 'manifests-written':
      return 'work';
    case 'cleaned-up':
    case 'finished':
    case 'failed':
    case 'unknown':
      return 'end';
    default:
      return event.attempt === 0 ? 'create' : 'attempt';
  }
}

/** Sorts a race's events into segments and versions. */
export function historyOf(events: readonly RaceEvent[]): History {
  const segments = new Map<string, Segment[]>();
  const versions = new Map<string, TableVersion[]>();
  const tables = new Set<string>();
  const removes = new Map<string, number>();
  for (const event of events) {
    if (event.table !== null) tables.add(event.table);
    addToSegments(segments, event);
    if (event.detail.stop === 'validated') removes.set(event.job, rowsOf(event.detail.removes));
    addToVersions(versions, event, removes.get(event.job) ?? 0);
  }
  return { segments, tables: [...tables], versions };
}

function addToSegments(segments: Map<string, Segment[]>, event: RaceEvent): void {
  const phase = phaseOf(event);
  const own = segments.get(event.job) ?? [];
  segments.set(event.job, own);
  const last = own.at(-1);
  const goesOn =
    last?.phase === phase &&
    last.attempt === event.attempt &&
    (last.table === event.table || phase === 'work' || phase === 'end');
  if (goesOn) last.events.push(event);
  else {
    own.push({
      job: event.job,
      phase,
      table: event.table,
      attempt: event.attempt,
      events: [event],
    });
  }
}

function addToVersions(
  versions: Map<string, TableVersion[]>,
  event: RaceEvent,
  removes: number,
): void {
  const { table, detail } = event;
  if (table === null) return;
  if (detail.stop === 'swap-won') {
    const { version, rows, operation } = detail;
    const replaced = operation === 'create' ? 0 : removes;
    add(versions, { table, version, rows, replaced, event, seen: event });
  } else if (detail.stop === 'base-read' && detail.base.version !== null) {
    const { version, rows } = detail.base;
    add(versions, { table, version, rows, replaced: 0, event: null, seen: event });
  }
}

/** Rows of all files together; a file that does not say counts none. */
export function rowsOf(files: readonly FileSummary[]): number {
  return files.reduce((sum, { rows = 0 }) => sum + rows, 0);
}

/**
 * Adds a version that is not known yet. One that is known only from a read learns what made it: workers tell their stops
 * independently, so the read of a version may be heard before the swap that made it.
 */
function add(versions: Map<string, TableVersion[]>, version: TableVersion): void {
  const own = versions.get(version.table) ?? [];
  versions.set(version.table, own);
  // The version that is spoken of is mostly the newest one.
  const index = own.findLastIndex((other) => other.version === version.version);
  if (index < 0) own.push(version);
  else if (own[index]?.event === null && version.event !== null) own[index] = version;
}

/** The detail of one stop. */
export type Detail<S extends Stop> = Extract<StopDetail, { stop: S }>;
