import type { TableName } from '../../iceberg/ports.ts';
import type { BaseSummary, InputSummary, Scan } from '../../iceberg/stop.ts';
import type { RaceEvent } from '../event.ts';
import type { Evidence } from './evidence.ts';

/** A job looked at a table: for its rows, to write data files for it, or for the base of an attempt. */
export interface Read {
  seq: number;
  job: string;
  base: BaseSummary;
  /** The input whose rows were read. */
  input?: ScannedInput;
}

/** An input that is a table. */
export interface ScannedInput extends InputSummary {
  scan: Scan;
}

const isScanned = (input: InputSummary): input is ScannedInput => input.scan !== undefined;

/** What one event says that was read of a table. */
export function readsIn({ seq, job, table, detail }: RaceEvent, of: TableName): Read[] {
  switch (detail.stop) {
    case 'base-read':
      return table === of ? [{ seq, job, base: detail.base }] : [];
    case 'data-written':
    case 'manifests-written':
      return table === of && detail.base ? [{ seq, job, base: detail.base }] : [];
    case 'inputs-read':
      return detail.inputs
        .filter(isScanned)
        .filter(({ dataset }) => dataset === of)
        .map((input) => ({ seq, job, base: input.scan.base, input }));
    default:
      return [];
  }
}

/** A read of rows. */
export type ScanRead = Read & { input: ScannedInput };

/** The scans of a table that a job made. */
export function scansBy({ events, history }: Evidence, job: string): ScanRead[] {
  return readsOf(events, history.table).filter(
    (read): read is ScanRead => read.job === job && read.input !== undefined,
  );
}

/** All that was read of a table, in the order of the log. */
export function readsOf(events: readonly RaceEvent[], of: TableName): Read[] {
  return events.flatMap((event) => readsIn(event, of));
}

/**
 * The oldest version of each table that a job has read, where the table's history begins for the race: for its rows or as
 * the base of an attempt, in whatever order the log has them, as workers tell of their stops independently.
 */
export function firstReads(events: readonly RaceEvent[]): Map<TableName, BaseSummary> {
  const first = new Map<TableName, BaseSummary>();
  for (const event of events) {
    for (const of of tablesIn(event)) {
      for (const { base } of readsIn(event, of)) {
        const known = first.get(of);
        if (known === undefined || versionOf(base) < versionOf(known)) first.set(of, base);
      }
    }
  }
  return first;
}

const versionOf = ({ version }: BaseSummary): number => version ?? 0;

/** The tables that an event may say it read. */
function tablesIn({ table, detail }: RaceEvent): TableName[] {
  if (detail.stop !== 'inputs-read') return table === null ? [] : [table];
  return [...new Set(detail.inputs.filter(isScanned).map(({ dataset }) => dataset))];
}
