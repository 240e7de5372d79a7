import { isAside, type Win } from './commits.ts';
import type { Evidence } from './evidence.ts';
import { fault } from './faults.ts';
import { readsOf } from './reads.ts';

/**
 * The pointer's own order: each version is made by one swap out of the version before it, the metadata log and the
 * snapshots follow in that order, what is current was current last, and a swap is lost only to another.
 */
export function checkPointer(evidence: Evidence): string[] {
  return [
    ...checkCompared(evidence),
    ...checkLog(evidence),
    ...checkSnapshotOrder(evidence),
    ...checkCurrent(evidence),
    ...checkLosses(evidence),
    ...checkBases(evidence),
  ];
}

/** The version that a swap must make: the one after the version that it replaces. */
function due({ expected, version }: Win, wins: readonly Win[]): number {
  // A table that was dropped is made anew after a version of which nobody was told.
  const isAnew = expected?.version === null && !wins.some((win) => win.version === version - 1);
  return expected === undefined || isAnew ? version : (expected.version ?? 0) + 1;
}

/** The swaps whose versions a swap wiped out, as it did not compare. */
function buried(win: Win, wins: readonly Win[]): Win[] {
  const first = due(win, wins);
  return wins.filter(({ version }) => version >= first && version < win.version);
}

/** A swap that makes another version than the next closes a cycle with those in between: none of them came first. */
function checkCompared(evidence: Evidence): string[] {
  const { allWins: wins, title } = evidence;
  const overrunning = wins.flatMap((win) => {
    const over = buried(win, wins);
    if (!evidence.concerns(win, ...over)) return [];
    const names = over.map(({ job }) => job);
    const replaced = due(win, wins) - 1;
    if (names.length > 0) return [fault.cycle(title, win, replaced, names)];
    return win.version === replaced + 1 ? [] : [fault.notCompared(title, win, replaced)];
  });
  const twice = wins.flatMap((win, at) =>
    wins
      .slice(0, at)
      .filter((other) => other.version === win.version && evidence.concerns(win, other))
      .map((other) => fault.twoWinners(title, other, win)),
  );
  return [...overrunning, ...twice];
}

/** What a job was told to be a version is that version; those that were buried are no version of anything. */
function checkLog(evidence: Evidence): string[] {
  const { allWins, history, title, wins } = evidence;
  return wins.flatMap((win) => {
    if (win.version > history.version) return [fault.versionAhead(title, win, history.version)];
    const found = evidence.locationOf(win.version);
    const isBuried = allWins.some((other) => buried(other, allWins).includes(win));
    return found === undefined || found === win.location || isBuried
      ? []
      : [fault.otherVersion(title, win)];
  });
}

/** Snapshots follow each other as the versions that made them current. */
function checkSnapshotOrder({ history, title, wins }: Evidence): string[] {
  const places = new Map(history.changes.map(({ snapshotId }, at) => [snapshotId, at]));
  const placed = wins
    .flatMap((win) => {
      const place = win.snapshotId === null ? undefined : places.get(win.snapshotId);
      return place === undefined ? [] : [{ win, place }];
    })
    .sort((one, other) => one.win.version - other.win.version);
  return placed.flatMap(({ win, place }, at) => {
    const previous = placed[at - 1];
    return previous !== undefined && previous.place > place
      ? [fault.orderReversed(title, previous.win, win)]
      : [];
  });
}

/** The snapshot that this race has made current is the last one of the snapshot log (9.2, I2). */
function checkCurrent({ history, title }: Evidence): string[] {
  const { changes, currentSnapshotId, snapshotLog } = history;
  const isMade = changes.some(({ snapshotId }) => snapshotId === currentSnapshotId);
  return isMade && snapshotLog.at(-1) !== currentSnapshotId ? [fault.otherCurrent(title)] : [];
}

/** Who lost a swap found another version than the one it expected, to which the table has come. */
function checkLosses({ events, history, title }: Evidence): string[] {
  return events.flatMap(({ job, table, detail }) => {
    if (table !== history.table || detail.stop !== 'swap-lost') return [];
    const { expected, found } = detail;
    if (found === expected) return [fault.lostToNobody(title, job, expected)];
    const isAhead = found !== null && found > history.version;
    return isAhead ? [fault.lostAhead(title, job, found, history.version)] : [];
  });
}

/** What a job read as a version is what its maker made of it, and there is such a version. */
function checkBases({ allCommits, allWins, events, history, title }: Evidence): string[] {
  return readsOf(events, history.table).flatMap(({ base, job }) => {
    const { version, location, snapshotId } = base;
    if (version === null) return [];
    if (version > history.version) return [fault.readAhead(title, job, version, history.version)];
    const maker = allWins.find((win) => win.version === version);
    if (maker === undefined) return [];
    const commit = allCommits.find(({ win }) => win?.location === maker.location);
    const isOnMain = commit === undefined || !isAside(commit);
    const isOther = isOnMain && maker.snapshotId !== null && maker.snapshotId !== snapshotId;
    return maker.location === location && !isOther ? [] : [fault.readOther(title, job, maker)];
  });
}
