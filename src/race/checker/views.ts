import type { RaceEvent } from '../event.ts';
import type { TableName } from '../../iceberg/ports.ts';
import { versionOf } from '../table-version.ts';
import type { Evidence } from './evidence.ts';
import { fault } from './faults.ts';
import { readsIn } from './reads.ts';

/** The newest version that a job must know of, and from whom. */
interface Floor {
  version: number;
  /** The job that was told of it before this one began; absent if this job has seen it itself. */
  toldTo?: string;
}

/**
 * Real time: what a job reads never goes back, and a job that began after another was told “committed” reads that
 * commit. “Began” is its first stop, long before it reads a base: messages of two workers may pass each other.
 */
export function checkViews(evidence: Evidence): string[] {
  const jobs = new Set(evidence.events.map(({ job }) => job));
  return [...jobs].flatMap((job) => checkJob(evidence, job));
}

function checkJob({ events, history, title, wins }: Evidence, job: string): string[] {
  const own = events.filter((event) => event.job === job);
  const start = own.find(({ detail }) => detail.stop === 'start');
  const earlier = start === undefined ? [] : wins.filter(({ seq }) => seq < start.seq);
  let floor: Floor = { version: 0 };
  for (const win of earlier) {
    if (win.version > floor.version) floor = { version: win.version, toldTo: win.job };
  }
  const faults: string[] = [];
  for (const event of own) {
    // Where no table is found, one may have been dropped.
    const read = readsIn(event, history.table).flatMap(({ base }) => base.version ?? []);
    for (const version of read) {
      if (version >= floor.version) continue;
      faults.push(fault.wentBack(title, job, version, floor.version, floor.toldTo));
    }
    const newest = Math.max(...read, versionSeen(event, history.table));
    if (newest > floor.version) floor = { version: newest };
  }
  return faults;
}

/** The version that a stop speaks of, 0 if of none. */
function versionSeen({ table, detail }: RaceEvent, of: TableName): number {
  return table === of ? (versionOf(detail) ?? 0) : 0;
}
