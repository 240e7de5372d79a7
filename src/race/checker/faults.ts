import type { Isolation, FileSummary } from '../../iceberg/stop.ts';
import { counted, fileName, grouped, joined } from '../../words.ts';
import { rowsOf } from '../history.ts';
import type { LedgerRow } from '../report.ts';
import type { Win } from './commits.ts';
import { few } from './few.ts';

/** Says something of some things, and nothing of none. */
export function about<T>(things: readonly T[], say: (things: readonly T[]) => string): string[] {
  return things.length === 0 ? [] : [say(things)];
}

type Files = readonly FileSummary[];

const namesOf = (files: Files): string => few(files.map(({ path }) => fileName(path)));
const are = (files: Files): string => (files.length === 1 ? 'is' : 'are');
const were = (count: number): string => (count === 1 ? 'was' : 'were');
const rows = (files: Files): string => counted(rowsOf(files), 'row');
const places = (files: Files): string => {
  const partitions = [...new Set(files.map(({ partition = '' }) => partition))].filter(Boolean);
  return partitions.length === 0 ? 'there' : `in ${joined(partitions.sort())}`;
};
const version = (number: number): string => `version ${grouped(number)}`;

/** One sentence for each way in which a race breaks its rules, in names and not in ids. */
export const fault = {
  // The ledger.

  missingRows: ({ job, told, missing }: LedgerRow): string =>
    `${job} was told that ${counted(told, 'row')} ${were(told)} committed; ${grouped(missing)} of them ${missing === 1 ? 'is' : 'are'} not in the table, and no commit removed them.`,

  // The pointer.

  cycle: (table: string, win: Win, base: number, buried: readonly string[]): string =>
    `${win.job} put ${version(win.version)} of ${table} on top of ${base === 0 ? 'no table at all' : version(base)} and never saw what ${joined([...new Set(buried)])} committed in between. By the pointer ${joined([...new Set(buried)])} came first, by what it had read ${win.job} did: no order of the two explains the table.`,
  notCompared: (table: string, win: Win, base: number): string =>
    `${win.job} replaced ${version(base)} of ${table} and made ${version(win.version)} of it: its swap did not compare.`,
  twoWinners: (table: string, one: Win, other: Win): string =>
    `${one.job} and ${other.job} were both told that they made ${version(other.version)} of ${table}.`,
  versionAhead: (table: string, win: Win, current: number): string =>
    `${win.job} was told that it made ${version(win.version)} of ${table}, but the table is at ${version(current)}.`,
  otherVersion: (table: string, win: Win): string =>
    `${version(win.version)} of ${table} is not the one that ${win.job} made: what came later does not build on it.`,
  orderReversed: (table: string, first: Win, second: Win): string =>
    `By the pointer ${first.job} committed to ${table} before ${second.job}, by the snapshots after it.`,
  lostToNobody: (table: string, job: string, expected: number | null): string =>
    `${job} was told that it lost a swap of ${table}, although ${expected === null ? 'there was no table' : `${version(expected)} was still the current one`}.`,
  lostAhead: (table: string, job: string, found: number, current: number): string =>
    `${job} was told that it lost a swap of ${table} to ${version(found)}, but the table is at ${version(current)}.`,
  readOther: (table: string, job: string, maker: Win): string =>
    `${job} read something else as ${version(maker.version)} of ${table} than what ${maker.job} had made.`,

  readAhead: (table: string, job: string, read: number, current: number): string =>
    `${job} read ${version(read)} of ${table}, but the table is at ${version(current)}.`,
  otherCurrent: (table: string): string =>
    `The current snapshot of ${table} is not the last one of its snapshot log.`,

  // What readers saw.

  readMiddle: (table: string, job: string, maker: string): string =>
    `${job} read ${table} in the middle of the commit of ${maker}, which nobody may ever read.`,
  readDirty: (table: string, job: string, maker: string, files: Files): string =>
    `${job} read ${namesOf(files)} (${rows(files)}) in ${table}, but ${maker}, which wrote ${files.length === 1 ? 'it' : 'them'}, failed.`,
  readOtherState: (table: string, job: string, read: number, maker: string | null): string =>
    `${job} read ${table} as ${version(read)}, but saw it as it was ${maker === null ? 'when the race began' : `after the commit of ${maker}`}.`,
  readSkew: (table: string, job: string, read: number, without: Files, beside: Files): string =>
    `${job} read ${table} as ${version(read)}, but ${joined([
      ...about(without, (files) => `without ${namesOf(files)} (${rows(files)})`),
      ...about(beside, (files) => `with ${namesOf(files)} (${rows(files)})`),
    ])}: it saw parts of different versions.`,
  readOtherRows: (table: string, job: string, read: number, found: number): string =>
    `${job} read ${counted(read, 'row')} of ${table}, but the files that it read hold ${counted(found, 'row')}.`,

  // The files.

  deletedNeeded: (table: string, job: string, paths: readonly string[]): string =>
    `${job} deleted ${few(paths.map(fileName))}, which ${table} refers to.`,
  goneSince: (table: string, path: string, writer: string): string =>
    `${table} refers to ${fileName(path)}, which ${writer} wrote and which is not there any more.`,
  miscounted: (name: string, paths: readonly string[]): string =>
    `The manifest list of ${name} says something else of ${few(paths.map(fileName))} than what is in ${paths.length === 1 ? 'it' : 'them'}.`,

  // Real time.

  wentBack: (table: string, job: string, read: number, newest: number, toldTo?: string): string =>
    toldTo === undefined
      ? `${job} read ${version(read)} of ${table} although it had seen ${version(newest)} before.`
      : `${job} began after ${toldTo} had been told that ${version(newest)} of ${table} was committed, but read ${version(read)}.`,

  // What jobs were told.

  lostCommit: (table: string, job: string): string =>
    `${job} was told “committed”, but its commit is not in the history of ${table}.`,
  abandoned: (table: string, job: string): string =>
    `${job} was told “committed”, but ${table} was moved back behind its commit.`,
  dirty: (job: string, files: Files): string =>
    `${job} failed, but its ${files.length === 1 ? 'file' : 'files'} ${namesOf(files)} ${are(files)} in the table.`,
  refusedYetThere: (job: string): string =>
    `${job} failed, but its commit is in the history of the table.`,
  committedAgain: (job: string, other: string, files: Files): string =>
    `${namesOf(files)} of ${job} came into the table a second time, by ${other}.`,
  committedByOther: (job: string, other: string, files: Files): string =>
    `${namesOf(files)} of ${job} came into the table by ${other}.`,
  torn: (job: string, missing: Files, all: number): string =>
    `The commit of ${job} is not whole: ${namesOf(missing)} of its ${counted(all, 'file')} ${are(missing)} missing.`,
  neverWritten: (job: string, files: Files): string =>
    `The commit of ${job} holds ${namesOf(files)}, which ${job} never wrote.`,
  otherRows: (job: string, files: Files): string =>
    `The table counts other rows in ${namesOf(files)} than ${job} wrote.`,
  sameSnapshot: (table: string, one: Win, other: Win): string =>
    `${one.job} and ${other.job} were told of the same commit to ${table}.`,

  // The replay.

  removedAbsent: (name: string, files: Files): string =>
    `${name} removes ${namesOf(files)}, which ${were(files.length)} not in the table.`,
  addedTwice: (name: string, files: Files): string =>
    `${name} adds ${namesOf(files)}, which ${were(files.length)} in the table already.`,
  appeared: (name: string, files: Files): string =>
    `With ${name} ${namesOf(files)} came into the table although nothing adds ${files.length === 1 ? 'it' : 'them'}.`,
  vanished: (name: string, files: Files): string =>
    `With ${name} ${namesOf(files)} (${rows(files)}) vanished from the table although nothing removes ${files.length === 1 ? 'it' : 'them'}.`,
  appendRemoved: (name: string, files: Files): string =>
    `${name} appends, but removes ${namesOf(files)} (${rows(files)}).`,
  deleteAdded: (name: string, files: Files): string =>
    `${name} deletes, but adds ${namesOf(files)} (${rows(files)}).`,
  rewriteChangedRows: (name: string, from: number, to: number): string =>
    `${name} rewrites ${counted(from, 'row')} as ${counted(to, 'row')}.`,
  leftInPartition: (name: string, files: Files): string =>
    `${name} overwrites what is ${places(files)}, but leaves ${namesOf(files)} (${rows(files)}).`,
  removedElsewhere: (name: string, files: Files): string =>
    `${name} removes ${namesOf(files)} (${rows(files)}) ${places(files)}, where it writes nothing.`,
  removedUnplanned: (name: string, files: Files): string =>
    `${name} removes ${namesOf(files)} (${rows(files)}), which it was not going to remove.`,
  leftPlanned: (name: string, files: Files): string =>
    `${name} leaves ${namesOf(files)} (${rows(files)}), which it was going to remove.`,
  wrongRows: (name: string, counts: number, found: number): string =>
    `${name} counts ${counted(counts, 'row')} in the table, but its files hold ${counted(found, 'row')}.`,
  wrongFiles: (name: string, counts: number, found: number): string =>
    `${name} counts ${counted(counts, 'file')} in the table, but it has ${counted(found, 'file')}.`,
  notLive: (table: string, files: Files): string =>
    `${namesOf(files)} (${rows(files)}) vanished from ${table} although no commit removed ${files.length === 1 ? 'it' : 'them'}.`,
  unexplained: (table: string, files: Files): string =>
    `${namesOf(files)} ${are(files)} in ${table} although no commit added ${files.length === 1 ? 'it' : 'them'}.`,
  liveTwice: (table: string, files: Files): string =>
    `${namesOf(files)} (${rows(files)}) ${are(files)} in ${table} twice.`,

  // The chain of snapshots.

  diverged: (table: string): string =>
    `${table} no longer builds on what it was when the race began.`,
  forked: (name: string): string =>
    `${name} does not build on the commit before it: the history forked.`,
  sequenceFell: (name: string, from: number, to: number): string =>
    `${name} has sequence number ${grouped(to)} after ${grouped(from)}: it does not rise.`,
  intermediate: (table: string, job: string): string =>
    `${table} came to a snapshot in the middle of the commit of ${job}, which nobody may ever read.`,
  madeTwice: (table: string, job: string): string =>
    `One commit of ${job} is in the history of ${table} twice.`,
  otherBase: (table: string, job: string): string =>
    `${job} validated its commit against another state of ${table} than the one it builds on.`,

  // Isolation.

  conflict: (
    name: string,
    isolation: Isolation,
    other: string,
    what: 'added' | 'removed',
    files: Files,
  ): string =>
    `${name} asked for ${isolation} isolation and was committed, although ${other} had ${what} ${namesOf(files)} (${rows(files)}) ${places(files)} since it started.`,
  conflictFromBefore: (name: string, files: Files): string =>
    `${name} asked for serializable isolation against the whole history and was committed, although ${namesOf(files)} (${rows(files)}) had been added ${places(files)}.`,
  conflictWithSelf: (name: string, path: string): string =>
    `${name} was refused because of ${fileName(path)}, which is its own.`,
  conflictWithNothing: (name: string, path: string): string =>
    `${name} was refused because of ${fileName(path)}, which nobody ever committed.`,
  conflictFromLater: (name: string, path: string, other: string): string =>
    `${name} was refused because of ${fileName(path)}, which ${other} committed only after what ${name} had read.`,
  conflictElsewhere: (name: string, file: FileSummary): string =>
    `${name} was refused because of ${fileName(file.path)} ${places([file])}, where it writes nothing.`,
  conflictNotDeleted: (name: string, path: string): string =>
    `${name} was refused because ${fileName(path)} had been deleted, but nobody deleted it.`,
  conflictFromEarlier: (name: string, path: string): string =>
    `${name} was refused because of ${fileName(path)}, which had been committed before ${name} started.`,
  notMissing: (name: string, path: string): string =>
    `${name} was refused because it missed ${fileName(path)}, which was in the table.`,
  missingFromBeginning: (name: string, path: string): string =>
    `${name} was refused because it missed ${fileName(path)}, which was not in the table when ${name} began either.`,
  refusedForNothing: (table: string, name: string): string =>
    `${name} was refused for a conflict, although nobody had committed to ${table} since it started.`,
  readChanged: (table: string, name: string, other: string): string =>
    `${name} asked that what it reads be validated and was committed, although ${other} had changed what it had read of ${table}.`,
  gaveUpUnbeaten: (table: string, name: string): string =>
    `${name} gave up on ${table} although it had not lost every swap.`,
};

/** One sentence for each reason to withhold a judgement. */
export const doubt = {
  unreadable: (table: string): string =>
    `The files of ${table} could not be read, so nothing can be said of its rows.`,
  dropped: (table: string, job: string): string =>
    `${job} dropped ${table} and all that was in it, so what jobs had committed to it before cannot be judged.`,
  goneBefore: (table: string, path: string): string =>
    `${table} refers to ${fileName(path)}, which no job of this race wrote and which is not there, so nothing can be said of its rows.`,
  forgotten: (table: string): string =>
    `${table} has forgotten snapshots that are newer than the beginning of the race, and no metadata file that still knew them is left, so what they changed cannot be judged.`,
  forgottenOthers: (table: string, count: number): string =>
    `${table} has forgotten ${counted(count, 'snapshot')} from outside this race, and the manifests that told which files ${count === 1 ? 'it' : 'they'} changed were deleted, so what came of them cannot be judged.`,
  forgottenUntold: (table: string, job: string): string =>
    `${table} has forgotten the commit of ${job}, whose manifests were deleted, and the log does not tell which files it changed, so what came of them cannot be judged.`,
  forgottenRows: (table: string, all: number, found: number): string =>
    `${table} had ${counted(all, 'row')} when the race began, but what is left of them and what jobs say that they removed are ${counted(found, 'row')}: the manifests that told of the others were deleted, so what became of them cannot be judged.`,
  perhapsMovedBack: (table: string): string =>
    `Somebody outside this race has moved ${table}, perhaps back, so what is missing from it cannot be judged.`,
};
