import type { TableHistory } from '../../iceberg/history.ts';
import type { TableName } from '../../iceberg/ports.ts';
import type { DamagedTable, TableEvidence } from '../../iceberg/table-evidence.ts';
import { datasetName } from '../../words.ts';
import type { RaceEvent } from '../event.ts';
import type { JobReport, Verdict } from '../report.ts';
import { exhibitedSkew } from './anomalies.ts';
import { checkChain } from './chain.ts';
import { type Commit, commitsOf } from './commits.ts';
import { Evidence } from './evidence.ts';
import { explain } from './explain.ts';
import { doubt, fault } from './faults.ts';
import { checkDamage, checkFiles } from './files.ts';
import { checkIsolation } from './isolation.ts';
import { ledgerOf } from './ledger.ts';
import { checkOutcomes, leftOf } from './outcomes.ts';
import { checkPointer } from './pointer.ts';
import { checkRefusals } from './refusals.ts';
import { replay } from './replay.ts';
import { checkScans, exhibitedScan } from './scans.ts';
import { checkViews } from './views.ts';
import type { Witness } from './witness.ts';

/** The rules of a race over one table, the most telling first. */
const rules = [
  checkPointer,
  checkOutcomes,
  checkChain,
  replay,
  checkIsolation,
  checkRefusals,
  checkViews,
  checkScans,
  checkFiles,
];

/**
 * Judges a race from its event log and from what the tables' files say; nothing else is trusted. `violated` as soon as
 * one rule is broken; `cannot-tell` where no rule is seen broken, but the files of a table that a job wrote cannot be
 * read or no longer say enough. What is not certainly wrong is not called so. `witnesses`: races beside it, which are not
 * judged.
 */
export function checkRace(
  events: readonly RaceEvent[],
  jobs: readonly JobReport[],
  tables: readonly TableEvidence[],
  witnesses: readonly Witness[] = [],
): Verdict {
  const commits = commitsOf(events, jobs);
  const [histories, damaged] = sorted(tables);
  const damages = damaged
    .filter(({ table }) => commits.some((commit) => commit.table === table))
    .map((table) => checkDamage(table, events));
  const evidences = histories.map((history) => new Evidence(history, commits, events, witnesses));
  const told = [...events, ...witnesses.flatMap((other) => other.events)];
  const inDoubt = new Map(evidences.map((evidence) => [evidence, doubtsOf(evidence, told)]));
  // What is certain of one table is not silenced by another.
  const certain = evidences.filter((evidence) => inDoubt.get(evidence)?.length === 0);
  const ledger = jobs.flatMap((job) => ledgerOf(job, certain) ?? []);
  const doubts = [
    ...unreadTables(commits, tables).map((table) =>
      droppedOr(doubt.unreadable(table), table, told),
    ),
    ...damages.flatMap(({ doubts: unknown }) => unknown),
    ...[...inDoubt.values()].flat(),
  ];
  const missing = ledger.filter((row) => row.missing > 0);
  const broken = [
    ...damages.flatMap(({ faults }) => faults),
    ...missing.map(fault.missingRows),
    ...evidences.flatMap((evidence) => rules.flatMap((rule) => rule(evidence))),
  ];
  if (broken.length > 0) {
    const exhibit = evidences.flatMap((evidence) => exhibitedScan(evidence) ?? [])[0];
    return {
      result: 'violated',
      sentences: broken.map(opened),
      ledger,
      ...(exhibit && { exhibit }),
    };
  }
  if (doubts.length > 0) return { result: 'cannot-tell', sentences: doubts, ledger: [] };
  const exhibit = exhibitedSkew(evidences);
  const sentences = explain(jobs, ledger, evidences);
  return { result: 'holds', sentences, ledger, ...(exhibit && { exhibit }) };
}

function sorted(tables: readonly TableEvidence[]): [TableHistory[], DamagedTable[]] {
  const isDamaged = (table: TableEvidence): table is DamagedTable => 'gone' in table;
  return [
    tables.filter((table): table is TableHistory => !isDamaged(table)),
    tables.filter(isDamaged),
  ];
}

/** A sentence that begins with a word of ours begins with a capital; one that begins with a name does not. */
const opened = (sentence: string): string =>
  sentence.replace(/^(somebody|version) /, (word) => word.charAt(0).toUpperCase() + word.slice(1));

/** Tables that hold or may hold a commit, but whose history is not there. */
function unreadTables(commits: readonly Commit[], tables: readonly TableEvidence[]): TableName[] {
  const known = new Set(tables.map(({ table }) => table));
  const unread = commits.filter(
    ({ outcome, table }) => (outcome === 'committed' || outcome === 'unknown') && !known.has(table),
  );
  return [...new Set(unread.map(({ table }) => table))];
}

/** What keeps a table's history from being judged. */
function doubtsOf(evidence: Evidence, told: readonly RaceEvent[]): string[] {
  const { commits, gaps, history, mover, title } = evidence;
  if (gaps.length > 0) return [...gaps];
  const isLeft =
    history.reach === 'diverged' || commits.some((commit) => leftOf(evidence, commit).length > 0);
  if (!isLeft || mover !== 'others') return [];
  return [droppedOr(doubt.perhapsMovedBack(title), history.table, told)];
}

/** That a job took a table out of the catalog, if one says so, or else the other doubt about it. */
function droppedOr(other: string, table: TableName, told: readonly RaceEvent[]): string {
  const drop = told.find(
    ({ detail }) => detail.stop === 'finished' && detail.dropped?.table === table,
  );
  return drop === undefined ? other : doubt.dropped(datasetName(table), drop.job);
}
