import { expect } from 'vitest';
import { append } from '../../../../src/iceberg/append.ts';
import { replacePartitions } from '../../../../src/iceberg/replace-partitions.ts';
import { rewriteManifests } from '../../../../src/iceberg/rewrite-manifests.ts';
import { transaction } from '../../../../src/iceberg/transaction.ts';
import { appends, commitChange, writes } from '../../../../src/race/explorer/writers.ts';
import { race } from '../../stage.ts';
import type { SnapshotChange } from '../../../../src/iceberg/history.ts';
import { type FaultBed, there } from './bed.ts';
import { forgetUpTo } from './doubts.ts';

/** Both are tried again upon an append. */
export const lostTransaction = {
  of: 'of a transaction and a change of manifests that lost a swap each,',
  race: async () => {
    const both = writes({ a: 1, b: 2 }, (written) => {
      const [one, two] = written.files.map((file) => [file]);
      return commitChange(
        written,
        transaction([replacePartitions(written.table, there(one)), append(there(two))]),
      );
    });
    const tidy = writes({}, (written) => commitChange(written, rewriteManifests()));
    const raced = await race({ both, tidy, two: appends({ a: 3 }) }, [
      ['both', 'before-swap'],
      ['tidy', 'before-swap'],
      ['two', 'end'],
    ]);
    expect(raced.jobs.map(({ attempts }) => attempts)).toEqual([2, 2, 1]);
    return raced;
  },
  faults: [
    [
      'intermediate',
      'a snapshot in the middle of a transaction that was current',
      (bed) => {
        const { parentId, snapshotId } = bed.change('both');
        const { snapshotLog } = bed.history;
        snapshotLog.splice(snapshotLog.indexOf(snapshotId), 0, there(parentId ?? undefined));
      },
      /rows came to a snapshot in the middle of the commit of both, which nobody may ever read/,
    ],
    [
      'intermediate',
      'a snapshot in the middle of a transaction that was the first to be current',
      (bed) => bed.history.snapshotLog.unshift(there(bed.change('both').parentId ?? undefined)),
      /rows came to a snapshot in the middle of the commit of both, which nobody may ever read/,
    ],
    [
      'readMiddle',
      'a read of the middle of a transaction',
      (bed) => {
        const inner = bed.change('both').parentId;
        bed.stop('tidy', 'base-read').base.snapshotId = inner;
      },
      /tidy read rows in the middle of the commit of both, which nobody may ever read/,
    ],
    [
      'torn',
      'a transaction of which only the first half is there',
      (bed) => {
        const { added } = bed.change('both');
        bed.forget('both');
        bed.history.currentSnapshotId = there(bed.history.changes.at(-1)).snapshotId;
        expect(added).toHaveLength(1);
      },
      /The commit of both is not whole: \S+ of its 2 files is missing/,
    ],
    [
      'torn',
      'a transaction of which nobody undid the second half',
      (bed) => {
        bed.history.abandoned.push(bed.change('both').snapshotId);
        bed.forget('both');
        bed.history.currentSnapshotId = there(bed.history.changes.at(-1)).snapshotId;
      },
      /The commit of both is not whole: \S+ of its 2 files is missing/,
    ],
    [
      'missingRows',
      'a transaction that is gone although there was an expiry',
      (bed) => {
        bed.stop('tidy', 'swap-won').operation = 'expire-snapshots';
        const { history } = bed;
        const paths = bed.stop('both', 'data-written').files.map(({ path }) => path);
        const isOf = ({ added }: SnapshotChange) => added.some(({ path }) => paths.includes(path));
        history.changes = history.changes.filter((change) => !isOf(change));
        history.live = history.live.filter(({ path }) => !paths.includes(path));
      },
      /both was told that 3 rows were committed; 3 of them are not in the table/,
    ],
    [
      'conflict',
      'a serializable overwrite, the first action of a transaction, of what was added meanwhile',
      (bed) => (bed.firstStop('both', 'validated', 2).isolation = 'serializable'),
      /both asked for serializable isolation and was committed, although two had added \S+ \(3 rows\) in p=a/,
    ],
    [
      'forgotten',
      'a table that has forgotten the first half of the transaction',
      (bed) => forgetUpTo(bed, there(bed.change('both').parentId ?? undefined)),
      /rows has forgotten snapshots that are newer than the beginning of the race/,
    ],
    [
      'madeTwice',
      'one commit in two snapshots',
      (bed) => {
        const change = bed.change('tidy');
        bed.stop('tidy', 'list-written', 1).snapshotId = '42';
        bed.history.changes.push({ ...change, snapshotId: '42', parentId: change.snapshotId });
      },
      /One commit of tidy is in the history of rows twice/,
    ],
  ],
} as const satisfies FaultBed;
