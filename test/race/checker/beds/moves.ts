import { append } from '../../../../src/iceberg/append.ts';
import { cherryPick } from '../../../../src/iceberg/cherry-pick.ts';
import { loadTable } from '../../../../src/iceberg/table.ts';
import type { Writer } from '../../../../src/race/explorer/script.ts';
import {
  appends,
  commitChange,
  exploredTable,
  writes,
} from '../../../../src/race/explorer/writers.ts';
import { race } from '../../stage.ts';
import { undoes } from '../../undoer.ts';
import { type Bed, type FaultBed, there } from './bed.ts';

/** Takes a file of a job's commit out of the table. */
function tear(bed: Bed, job: string): void {
  const [lost] = bed.change(job).added.splice(0, 1);
  bed.history.live = bed.history.live.filter(({ path }) => path !== lost?.path);
}

/** A job rolled the table back by one commit. */
export const rolledBack = {
  of: 'of a rollback,',
  race: () =>
    race({
      one: appends({ a: 1 }),
      two: appends({ b: 2 }),
      back: undoes,
      three: appends({ a: 3, b: 3 }),
    }),
  faults: [
    [
      'torn',
      'half of a commit that nobody undid',
      (bed) => tear(bed, 'three'),
      /The commit of three is not whole: \S+ of its 2 files is missing/,
    ],
    [
      'missingRows',
      'a commit that is gone, and that nobody undid',
      (bed) => bed.forget('three'),
      /three was told that 6 rows were committed; 6 of them are not in the table/,
    ],
    [
      'missingRows',
      'a commit before the rollback that nothing tells of, though nothing was expired',
      ({ history }) => void history.abandoned.splice(0),
      /two was told that 2 rows were committed; 2 of them are not in the table/,
    ],
  ],
} as const satisfies FaultBed;

const stages = writes({ a: 1, b: 2 }, (written) =>
  commitChange(written, append(written.files, { stageOnly: true, summary: { 'wap.id': 'w' } })),
);

/** Publishes what waits to be published. */
const picks: Writer = async (context, protocol) => {
  const table = await loadTable(context, exploredTable);
  const staged = there(table.metadata.snapshots.find(({ summary }) => 'wap.id' in summary));
  const change = await cherryPick(context.io, table, staged['snapshot-id']);
  return commitChange({ context, protocol, table }, change);
};

/** One job published what another had staged. */
export const pickedByOther = {
  of: 'of a commit that another job published,',
  race: () => race({ one: stages, two: appends({ a: 3 }), three: picks }),
  faults: [
    [
      'torn',
      'half of what was staged',
      (bed) => tear(bed, 'three'),
      /The commit of one is not whole: \S+ of its 2 files is missing/,
    ],
  ],
} as const satisfies FaultBed;
