import type { ErrorValue } from '../../../../src/error.ts';
import type { HistoryFile, SnapshotChange } from '../../../../src/iceberg/history.ts';
import type { TableEvidence } from '../../../../src/iceberg/table-evidence.ts';
import type { Scan, Stop } from '../../../../src/iceberg/stop.ts';
import { checkRace } from '../../../../src/race/checker/check-race.ts';
import type { doubt, fault } from '../../../../src/race/checker/faults.ts';
import type { RaceEvent } from '../../../../src/race/event.ts';
import type { Detail } from '../../../../src/race/history.ts';
import { pointedAt, type Race } from '../../stage.ts';

/** What a fault is planted into: the evidence of a race in which all was well. */
export class Bed {
  readonly #race: Race;
  #tables: readonly TableEvidence[];

  constructor(of: Race) {
    this.#race = structuredClone(of);
    this.#tables = [this.#race.history];
  }

  get history() {
    return this.#race.history;
  }

  get verdict() {
    const { events, jobs } = this.#race;
    return checkRace(events, jobs, this.#tables);
  }

  /** The events that the verdict points at. */
  get pointed(): string[] {
    return pointedAt({ events: this.#race.events, verdict: this.verdict });
  }

  /** The files of the table cannot be read. */
  hide(): void {
    this.#tables = [];
  }

  /** A file that the table refers to is not there. */
  miss(gone: string): void {
    this.#tables = [{ table: this.history.table, gone }];
  }

  /** There is another table, of which a file is missing. */
  missOther(): void {
    this.#tables = [this.history, { table: 'lab:explorer/other', gone: 'memory:///other.avro' }];
  }

  /** A job committed the same to another table, which cannot be read. */
  commitToOther(job: string): void {
    const { events } = this.#race;
    const end = this.event(job, 'finished');
    const again = events.filter(
      (event) => event.job === job && event.table !== null && event !== end,
    );
    const table = 'lab:explorer/other';
    events.splice(events.indexOf(end), 0, ...again.map((event) => ({ ...event, table })));
    this.#number();
  }

  /** The last stop of that name of a job, or the one of an attempt. */
  stop<S extends Stop>(job: string, stop: S, attempt?: number): Detail<S> {
    return this.event(job, stop, attempt).detail as Detail<S>;
  }

  /** The first stop of that name of an attempt; of a transaction, that of its first action. */
  firstStop<S extends Stop>(job: string, stop: S, attempt: number): Detail<S> {
    const found = this.#race.events.find(
      (event) => event.job === job && event.detail.stop === stop && event.attempt === attempt,
    );
    return there(found).detail as Detail<S>;
  }

  /** What a job says that it scanned. */
  scan(job: string): Scan {
    return there(this.stop(job, 'inputs-read').inputs[0]?.scan);
  }

  event(job: string, stop: Stop, attempt?: number): RaceEvent {
    const found = this.#race.events.findLast(
      (event) =>
        event.job === job &&
        event.detail.stop === stop &&
        (attempt === undefined || event.attempt === attempt),
    );
    return there(found);
  }

  /** Tells an event only behind another one. */
  tellBehind(late: RaceEvent, other: RaceEvent): void {
    const { events } = this.#race;
    events.splice(events.indexOf(late), 1);
    events.splice(events.indexOf(other) + 1, 0, late);
    this.#number();
  }

  /** Adds an event in front of the one of its number. */
  add(event: RaceEvent): void {
    const { events } = this.#race;
    const at = events.findIndex(({ seq }) => seq === event.seq);
    events.splice(at, 0, event);
  }

  drop(job: string, ...stops: readonly Stop[]): void {
    const { events } = this.#race;
    const left = events.filter((event) => event.job !== job || !stops.includes(event.detail.stop));
    events.splice(0, events.length, ...left);
  }

  job(name: string) {
    return there(this.#race.jobs.find((job) => job.name === name));
  }

  /** What a job was refused for. */
  error(job: string): ErrorValue {
    return there(this.job(job).error ?? undefined);
  }

  /** A job was refused, though what it swapped stays. */
  reject(job: string): void {
    this.job(job).outcome = 'rejected';
    this.drop(job, 'swap-won', 'finished');
  }

  /** The change that a job committed. */
  change(job: string): SnapshotChange {
    const { snapshotId } = this.stop(job, 'swap-won');
    return there(this.history.changes.find((change) => change.snapshotId === snapshotId));
  }

  /** Takes a change out of the history as if it had never been. */
  forget(job: string): void {
    const { history } = this;
    const lost = this.change(job);
    const at = history.changes.indexOf(lost);
    const [next] = history.changes.splice(at, 2).slice(1);
    if (next !== undefined) {
      history.changes.splice(at, 0, { ...next, parentId: lost.parentId });
    }
    const paths = lost.added.map(({ path }) => path);
    history.live = history.live.filter(({ path }) => !paths.includes(path));
  }

  #number(): void {
    for (const [seq, event] of this.#race.events.entries()) event.seq = seq;
  }
}

/** A thing that must be there. */
export function there<T>(thing: T | undefined): T {
  if (thing === undefined) throw new Error('It is not there');
  return thing;
}

/** A file that nobody knows, otherwise like another. */
export const odd = (file: HistoryFile): HistoryFile => ({ ...file, path: 'memory:///odd.parquet' });

/** The kinds of what the checker holds against a race, or against its evidence. */
export type Kind = keyof typeof fault | keyof typeof doubt;

/** What is said of a race in which something was planted, and how. */
export type Plant = readonly [
  kind: Kind,
  what: string,
  plant: (bed: Bed) => unknown,
  sentence: RegExp,
];

/** A race in which all was well, and what is planted into its evidence. */
export interface FaultBed {
  of: string;
  race: () => Promise<Race>;
  faults: readonly Plant[];
}
