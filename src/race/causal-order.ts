import type { InputSummary, StopDetail } from '../iceberg/stop.ts';
import type { Kill, RaceEvent } from './event.ts';

/** A version of a table's pointer; 0: there was no table. */
interface Version {
  table: string;
  version: number;
}

/** Something that happened in a race, and what of the pointers it read or made. */
export type Moment = {
  job: string;
  /** Where the log has it. */
  seq: number;
  reads: readonly Version[];
  /** It found this version, or one that was made later. */
  finds?: Version;
  makes?: Version;
} & ({ event: RaceEvent; kill?: never } | { kill: Kill; event?: never });

/**
 * What happened in a race in an order in which it can have happened: the log's own, but for workers that told of their
 * stops in another order than they came to them. Who reads a version comes after who made it and before who made the
 * next one. Pure.
 */
export function causalOrder(events: readonly RaceEvent[], kills: readonly Kill[]): Moment[] {
  const moments = [
    ...events.map((event) => momentOf(event, events)),
    ...kills.map((kill) => killMoment(kill, events)),
    // The sort is stable: of one place in the log, the event comes before the kill.
  ].toSorted((one, other) => one.seq - other.seq);
  const ordered: Moment[] = [];
  const left = [...moments];
  while (left.length > 0) {
    const free = left.findIndex((moment, index) => {
      return !left.some((other, at) => other !== moment && precedes(other, moment, at < index));
    });
    // Evidence that contradicts itself stays in the order of the log.
    ordered.push(...left.splice(Math.max(free, 0), 1));
  }
  return ordered;
}

/**
 * The moments up to an event of the log, in the order in which they are given, with whatever must have happened before
 * them: who makes a version is sometimes heard after who reads it. Pure.
 */
export function pastUpTo(moments: readonly Moment[], seq: number): Moment[] {
  // A kill lies half an event before the one that it is logged before.
  const past = new Set(moments.filter((moment) => moment.seq <= seq + 0.5));
  for (const known of past) {
    for (const moment of moments) {
      if (isNeededBy(moment, known)) past.add(moment);
    }
  }
  return moments.filter((moment) => past.has(moment));
}

/** Whether one moment cannot have happened without the other before it. */
function isNeededBy(one: Moment, other: Moment): boolean {
  if (one.job === other.job) return one.seq < other.seq;
  return isSeenBy(one, other) || isPast(one.makes, other.makes, -1);
}

function momentOf(event: RaceEvent, events: readonly RaceEvent[]): Moment {
  const { job, seq, table } = event;
  const finds = foundVersion(event, events);
  return {
    job,
    seq,
    event,
    ...touchOf(event),
    ...(table === null || finds === null ? {} : { finds: { table, version: finds } }),
  };
}

/** The versions of pointers that an event reads, and the one that it makes; none for most. */
export function touchOf({ table, detail }: RaceEvent): Pick<Moment, 'reads' | 'makes'> {
  if (detail.stop === 'inputs-read') return { reads: detail.inputs.flatMap(scannedVersion) };
  if (table === null) return { reads: [] };
  if (detail.stop === 'swap-won') return { reads: [], makes: { table, version: detail.version } };
  const read = readVersion(detail);
  return { reads: read === null ? [] : [{ table, version: read }] };
}

function scannedVersion({ dataset: table, scan }: InputSummary): Version[] {
  return scan === undefined ? [] : [{ table, version: scan.base.version ?? 0 }];
}

function readVersion(detail: StopDetail): number | null {
  switch (detail.stop) {
    case 'base-read':
      return detail.base.version ?? 0;
    case 'data-written':
    case 'manifests-written':
      return detail.base?.version ?? null;
    case 'swap-lost':
      return detail.found;
    default:
      return null;
  }
}

/** Who writes data files without having been about to create the table has found it: here the version that made it. */
function foundVersion({ job, seq, table, detail }: RaceEvent, events: readonly RaceEvent[]) {
  if (detail.stop !== 'data-written') return null;
  const creation = events.find(
    (event) => event.table === table && event.attempt === 0 && event.detail.stop === 'swap-won',
  );
  const own = events.filter((event) => event.job === job && event.seq < seq);
  const begun = own.findLast((event) => event.detail.stop === 'start')?.seq ?? 0;
  const isCreator = own.some((event) => event.table === table && event.seq > begun);
  return isCreator || creation?.detail.stop !== 'swap-won' ? null : creation.detail.version;
}

/** A kill, and the swap that the job won before it could tell, if somebody has read its version. */
function killMoment(kill: Kill, events: readonly RaceEvent[]): Moment {
  const { job, after } = kill;
  const last = events.findLast((event) => event.job === job && event.seq < after);
  const moment: Moment = { job, seq: after - 0.5, kill, reads: [] };
  if (last?.detail.stop !== 'before-swap' || last.table === null) return moment;
  const { next } = last.detail;
  const reader = events.find(
    ({ detail }) => detail.stop === 'base-read' && detail.base.location === next,
  );
  if (reader?.detail.stop !== 'base-read' || reader.detail.base.version === null) return moment;
  return { ...moment, makes: { table: last.table, version: reader.detail.base.version } };
}

/** Whether one moment must come before another; `isBefore`: the log has them in that order. */
function precedes(one: Moment, other: Moment, isBefore: boolean): boolean {
  if (one.job === other.job) return isBefore;
  return (
    isSeenBy(one, other) ||
    isPast(one.makes, other.makes, -1) ||
    one.reads.some((read) => isPast(read, other.makes, -1))
  );
}

/** Whether one moment made what the other has read or found, or what came before it. */
function isSeenBy({ makes }: Moment, { finds, reads }: Moment): boolean {
  return [...reads, ...(finds === undefined ? [] : [finds])].some((seen) => isPast(makes, seen, 0));
}

/** Whether the first version is of the same table and at most as new as the second, plus `slack`. */
function isPast(first: Version | undefined, second: Version | undefined, slack: number): boolean {
  if (first === undefined || first.table !== second?.table) return false;
  return first.version <= second.version + slack;
}
