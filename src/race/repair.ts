import type { RaceEvent } from './event.ts';
import type { Verdict } from './report.ts';

/** What it takes to add again what a race lost. */
export interface RepairPlan {
  table: string;
  /** The metadata file that the race found; `null` if it created the table. */
  base: string | null;
  /** Manifests of the jobs that were told “committed” and whose rows are missing. */
  manifests: string[];
}

/**
 * How the losses of a judged race can be made good, by an append of the very files; `null` if it did not touch the
 * table, could not be judged, or lost what was no append: nobody can tell what an overwrite would have replaced.
 */
export function planRepair(
  table: string,
  events: readonly RaceEvent[],
  verdict: Verdict,
): RepairPlan | null {
  const own = events.filter((event) => event.table === table);
  const first = own.find(({ detail }) => detail.stop === 'base-read')?.detail;
  if (first?.stop !== 'base-read' || verdict.result === 'cannot-tell') return null;
  const losers = verdict.ledger.filter(({ missing }) => missing > 0).map(({ job }) => job);
  const lost = own.filter(({ job }) => losers.includes(job));
  const isAppend = lost.every(
    ({ detail }) => detail.stop !== 'list-written' || detail.operation === 'append',
  );
  if (!isAppend) return null;
  const manifests = lost.flatMap(({ detail }) =>
    detail.stop === 'manifests-written' ? detail.files.map(({ path }) => path) : [],
  );
  return { table, base: first.base.location, manifests };
}
