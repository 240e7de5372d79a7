import type { TableHistory } from '../../iceberg/history.ts';
import type { FileSummary } from '../../iceberg/stop.ts';
import type { RaceEvent } from '../event.ts';
import type { JobReport, Verdict } from '../report.ts';
import { checkHistory } from './check-history.ts';
import { ledgerOf, type JobFate } from './ledger.ts';
import * as say from './sentences.ts';

/**
 * Judges a race from its event log and from what the tables' files say; nothing else is trusted.
 * `violated` as soon as one rule is broken; `cannot-tell` where the files of a table that a job wrote cannot be read.
 */
export function checkRace(
  events: readonly RaceEvent[],
  jobs: readonly JobReport[],
  histories: readonly TableHistory[],
): Verdict {
  const fates = jobs.map((job) => fateOf(job, events));
  const unread = fates
    .flatMap(({ tables }) => tables)
    .find((table) => !histories.some((history) => history.table === table));
  if (unread !== undefined) {
    return { result: 'cannot-tell', sentences: [say.unreadable(unread)], ledger: [] };
  }
  const broken = [
    ...histories.flatMap(checkHistory),
    ...fates.flatMap((fate) => checkFate(fate, histories)),
  ];
  const ledger = fates
    .filter(({ job }) => job.outcome === 'committed' && job.snapshotId !== null)
    .map((fate) => ledgerOf(fate, histories));
  const missing = ledger.filter((row) => row.missing > 0).map(say.missingRows);
  if (broken.length + missing.length > 0) {
    return { result: 'violated', sentences: [...missing, ...broken], ledger };
  }
  return { result: 'holds', sentences: say.holding(fates, ledger, histories), ledger };
}

function fateOf(job: JobReport, events: readonly RaceEvent[]): JobFate {
  const own = events.filter((event) => event.job === job.name);
  const files = own.flatMap(({ detail }) => (detail.stop === 'data-written' ? detail.files : []));
  const wins = own.flatMap(({ detail }) =>
    detail.stop === 'swap-won' && detail.snapshotId !== null ? [detail.snapshotId] : [],
  );
  const tables = own.flatMap(({ table, detail }) =>
    table !== null && detail.stop === 'swap-won' ? [table] : [],
  );
  return { job, files, wins, tables: [...new Set(tables)] };
}

/** An acknowledged snapshot is in the history once; nothing of a job that failed for certain is live. */
function checkFate(fate: JobFate, histories: readonly TableHistory[]): string[] {
  const { job, files, wins } = fate;
  const changes = histories.flatMap((history) => history.changes);
  const lost = wins
    .filter((id) => !changes.some(({ snapshotId }) => snapshotId === id))
    .map((id) => say.lostSnapshot(job.name, id));
  const doubled = doubledFiles(files, histories).map((file) => say.writtenTwice(job.name, file));
  const certain = job.outcome === 'rejected' || job.outcome === 'skipped';
  const dirty =
    certain && wins.length === 0
      ? files.filter((file) => isLive(file, histories)).map((file) => say.dirtyFile(job.name, file))
      : [];
  return [...lost, ...doubled, ...dirty];
}

const isLive = (file: FileSummary, histories: readonly TableHistory[]): boolean =>
  histories.some((history) => history.live.some(({ path }) => path === file.path));

function doubledFiles(files: FileSummary[], histories: readonly TableHistory[]): FileSummary[] {
  const live = histories.flatMap((history) => history.live.map(({ path }) => path));
  return files.filter(({ path }) => live.indexOf(path) !== live.lastIndexOf(path));
}
