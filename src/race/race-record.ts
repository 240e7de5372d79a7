import type { Workflow } from '../flare/workflow.ts';
import type { Protocol } from '../iceberg/stop.ts';
import { causalOrder, pastUpTo } from './causal-order.ts';
import type { Kill, RaceEvent } from './event.ts';
import type { JobOutcome, WorkflowReport } from './report.ts';
import type { Script } from './script.ts';
import { scriptOf } from './script-of.ts';
import { tabsMet, type ToldRace } from './told-race.ts';

/** The version of {@link RaceRecord}; raise it when a field changes its meaning. */
export const recordVersion = 1;

/** A judged race as it is kept: enough to look at it, and to run it again. Structured-cloneable. */
export interface RaceRecord {
  version: typeof recordVersion;
  id: string;
  /** Epoch ms. */
  startedAt: number;
  /** The text that the workflow was read from; empty if it came from elsewhere. */
  text: string;
  workflow: Workflow;
  protocol: Protocol;
  seed: string;
  events: readonly RaceEvent[];
  kills: readonly Kill[];
  report: WorkflowReport;
  /** Races of other tabs that touched its tables meanwhile, as far as they had come when it was judged. */
  others?: readonly ToldRace[];
}

/** What a list of races shows of one. */
export interface RaceSummary {
  version: number;
  name: string;
  protocol: Protocol;
  jobs: { name: string; outcome: JobOutcome }[];
  /** Names of the tables that it wrote. */
  tables: string[];
  verdict: WorkflowReport['verdict']['result'];
  events: number;
  /** The tabs whose commits it met: without them it cannot be run again. Absent if it met none. */
  met?: string[];
}

/** What happened in a race. */
type Log = Pick<RaceRecord, 'events' | 'kills'>;

/** A table's pointer as a race found it; `null`: there was no table. */
export interface Beginning {
  table: string;
  location: string | null;
}

/** What a list shows of a record. */
export function summaryOf(record: RaceRecord): RaceSummary {
  const { version, workflow, protocol, report, events, others = [] } = record;
  const met = tabsMet(events, others);
  return {
    version,
    name: workflow.name,
    protocol,
    jobs: report.jobs.map(({ name, outcome }) => ({ name, outcome })),
    tables: beginningsOf(record).map(({ table }) => table),
    verdict: report.verdict.result,
    events: events.length,
    ...(met.length === 0 ? {} : { met }),
  };
}

/** A stored record, `null` if another version of this program wrote it. */
export function readRecord(stored: unknown): RaceRecord | null {
  const { version } = Object(stored) as Partial<RaceRecord>;
  return version === recordVersion ? (stored as RaceRecord) : null;
}

/** How each table was that the race wrote, before it did: what it takes to run it again. */
export function beginningsOf({ events, kills }: Log): Beginning[] {
  const beginnings = new Map<string, Beginning>();
  for (const { event } of causalOrder(events, kills)) {
    if (event?.detail.stop !== 'base-read' || event.table === null) continue;
    const { table } = event;
    if (!beginnings.has(table)) {
      beginnings.set(table, { table, location: event.detail.base.location });
    }
  }
  return [...beginnings.values()];
}

/** A log of which the first events are the past of something, and the others what followed. */
export interface PartedLog {
  events: readonly RaceEvent[];
  past: number;
}

/** The log of a race parted at one of its events; it counts anew where the past of the event is not all before it. */
export function partedAt({ events, kills }: Log, seq: number): PartedLog {
  const moments = pastUpTo(causalOrder(events, kills), seq);
  const past = new Set(moments.map(({ event }) => event));
  const [before, after] = [true, false].map((is) =>
    events.filter((event) => past.has(event) === is),
  );
  const parted = [...(before ?? []), ...(after ?? [])];
  return {
    events: parted.map((event, index) => ({ ...event, seq: index })),
    past: before?.length ?? 0,
  };
}

/** The script of a race up to one of its events, the event included, and to whatever it takes to come to it. */
export function scriptUpTo({ events, kills }: Log, seq: number): Script {
  return scriptOf(pastUpTo(causalOrder(events, kills), seq));
}
