import type { Protocol } from '../../iceberg/stop.ts';
import type { JobOutcome, LedgerRow, Verdict, WorkflowReport } from '../../race/report.ts';

/** What a scenario promises to come to, every time. */
export interface Advertised {
  /** By job name: how it ends, and at which attempt. */
  jobs: Readonly<Record<string, readonly [outcome: JobOutcome, attempts: number]>>;
  verdict: Verdict['result'];
  ledger: readonly LedgerRow[];
  /** The rows of the scenario's query when it is over. */
  answer: readonly Readonly<Record<string, string | number>>[];
}

/** One lesson: a workflow, the order in which its jobs go on, and what there is to see. */
export interface Scenario {
  /** Its workflow is at `scenarios/<name>.yaml` and reads the sample trips. */
  name: string;
  title: string;
  protocol: Protocol;
  /** One step per line; see `readScript`. */
  script: string;
  /** What happens, why, and what follows. */
  text: readonly [string, string, string];
  /** For the speaker: what to point at, and what to ask. */
  notes: readonly string[];
  query: string;
  advertised: Advertised;
}

/** Whether a race came to what its scenario promises, its query aside. Pure. */
export function isAsAdvertised({ advertised }: Scenario, report: WorkflowReport): boolean {
  const { jobs, verdict } = report;
  const isPromised = jobs.every(({ name, outcome, attempts }) => {
    const promised = advertised.jobs[name];
    return promised?.[0] === outcome && promised[1] === attempts;
  });
  const key = (row: LedgerRow) =>
    [row.job, row.told, row.found, row.replaced, row.missing].join(' ');
  return (
    isPromised &&
    verdict.result === advertised.verdict &&
    verdict.ledger.map(key).join() === advertised.ledger.map(key).join()
  );
}

/** A line of a ledger. */
export function ledgerRow(
  job: string,
  told: number,
  { found = told, replaced = 0, missing = 0 }: Partial<LedgerRow> = {},
): LedgerRow {
  return { job, told, found, replaced, missing };
}

/** Asks how many trips each vendor has in a table of the lessons. */
export const tripsByVendor = (table: string): string =>
  `select vendor_id, count(*) as trips\nfrom icebase.lessons.${table}\ngroup by 1 order by 1`;
