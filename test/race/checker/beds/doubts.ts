import { appends } from '../../../../src/race/explorer/writers.ts';
import { race } from '../../stage.ts';
import { type Bed, type FaultBed, there } from './bed.ts';

/** Nothing is wrong, but something is not known. */
export const partlyKnown = {
  of: 'of two appends of which the table does not tell all,',
  race: () => race({ one: appends({ a: 1 }), two: appends({ a: 2 }) }),
  faults: [
    [
      'unreadable',
      'a table whose files cannot be read',
      (bed) => bed.hide(),
      /The files of lab:explorer\/rows could not be read, so nothing can be said of its rows/,
    ],
    [
      'goneBefore',
      'a table of which a file is missing that nobody wrote',
      (bed) => bed.miss('memory:///older.avro'),
      /rows refers to older\.avro, which no job of this race wrote and which is not there/,
    ],
    [
      'goneSince',
      'a table of which a file is missing that a job wrote',
      (bed) => bed.miss(bed.stop('one', 'list-written').file.path),
      /rows refers to snap-\S+\.avro, which one wrote and which is not there any more/,
    ],
    [
      'goneSince',
      'a table of which a data file is missing that a job wrote',
      (bed) => bed.miss(there(bed.stop('two', 'data-written').files[0]).path),
      /rows refers to \S+\.parquet, which two wrote and which is not there any more/,
    ],
    [
      'deletedNeeded',
      'a table of which a file is missing that a job deleted',
      (bed) => {
        const { path } = there(bed.stop('one', 'manifests-written').files[0]);
        bed.stop('two', 'cleaned-up').deleted.push(path);
        bed.miss(path);
      },
      /two deleted \S+-m0\.avro, which rows refers to/,
    ],
    [
      'forgotten',
      'a table that has forgotten what the race did',
      (bed) => forgetUpTo(bed, bed.change('one').snapshotId),
      /rows has forgotten snapshots that are newer than the beginning of the race/,
    ],
    [
      'perhapsMovedBack',
      'a table that somebody else may have moved back',
      moveBack,
      /Somebody outside this race has moved rows, perhaps back/,
    ],
    [
      'perhapsMovedBack',
      'a table that somebody else has moved elsewhere',
      ({ history }) => {
        history.reach = 'diverged';
        history.log.push(history.location);
        history.version += 1;
        history.location = 'memory:///by-somebody-else.metadata.json';
      },
      /Somebody outside this race has moved rows, perhaps back/,
    ],
    [
      'goneSince',
      'a table of which a delete file is missing that a job wrote',
      (bed) => {
        const path = 'memory:///deletes.parquet';
        bed.stop('two', 'data-written').deletes = [{ path, bytes: 1 }];
        bed.miss(path);
      },
      /rows refers to deletes\.parquet, which two wrote and which is not there any more/,
    ],
    [
      'dropped',
      'a table that a job dropped',
      (bed) => {
        dropBy(bed, 'one');
        bed.hide();
      },
      /one dropped rows and all that was in it, so what jobs had committed to it before cannot be judged/,
    ],
    [
      'dropped',
      'a table that was made anew after a job had dropped it',
      (bed) => {
        dropBy(bed, 'two');
        moveBack(bed);
      },
      /two dropped rows and all that was in it/,
    ],
    [
      'missingRows',
      'a commit that is gone, though another table cannot be read',
      (bed) => {
        bed.forget('one');
        bed.commitToOther('two');
      },
      /one was told that 1 row was committed; 1 of them is not in the table/,
    ],
    [
      'unreadable',
      'a table whose files cannot be read, though a job dropped another',
      (bed) => {
        dropBy(bed, 'one', 'lab:explorer/other');
        bed.hide();
      },
      /The files of lab:explorer\/rows could not be read/,
    ],
  ],
} as const satisfies FaultBed;

/** The table has forgotten its snapshots up to this one, of which the files are known still. */
export function forgetUpTo({ history }: Bed, snapshotId: string): void {
  history.reach = 'expired';
  const at = history.changes.findIndex((change) => change.snapshotId === snapshotId);
  for (const { added, removed, totals } of history.changes.splice(0, at + 1)) {
    const gone = new Set(removed.map(({ path }) => path));
    const left = history.before.files.filter(({ path }) => !gone.has(path));
    history.before = { snapshotId, files: [...left, ...added], totals };
  }
}

/** Main is without its last commit, by a version that nobody knows of. */
function moveBack({ history }: Bed): void {
  const undone = history.changes.pop();
  history.abandoned.push(undone?.snapshotId ?? '');
  history.live = history.live.filter(({ path }) => path !== undone?.added[0]?.path);
  history.log.push(history.location);
  history.version += 1;
  history.location = 'memory:///by-somebody-else.metadata.json';
}

function dropBy(bed: Bed, job: string, table = bed.history.table): void {
  bed.stop(job, 'finished').dropped = { table, purged: false };
}
