import { expect } from 'vitest';
import { createRef } from '../../../../src/iceberg/refs.ts';
import { currentSnapshot, loadTable } from '../../../../src/iceberg/table.ts';
import type { Writer } from '../../../../src/race/explorer/script.ts';
import { stops } from '../../../../src/iceberg/stop.ts';
import { updateProperties } from '../../../../src/iceberg/update-properties.ts';
import {
  appends,
  commitChange,
  compacts,
  exploredTable,
  maintains,
  overwrites,
  replaces,
  worldWith,
} from '../../../../src/race/explorer/writers.ts';
import { copies, reads } from '../../readers.ts';
import { race } from '../../stage.ts';
import { undoes } from '../../undoer.ts';
import { type Bed, there } from './bed.ts';
import { compacted, compactTo } from './compaction.ts';
import { forgottenByExpiry } from './expiry.ts';
import { gaveUp } from './outcomes.ts';
import { blame, refusedForAdded, refusedForMissing } from './refusals.ts';
import { readerBetween } from './reads.ts';
import { threeJobs } from './three-jobs.ts';

/** Names the current snapshot, and gives up if it is current no more. */
const branches: Writer = async (context, protocol) => {
  const table = await loadTable(context, exploredTable);
  const id = currentSnapshot(table.metadata)?.['snapshot-id'] ?? 0n;
  const side = createRef('side', { type: 'branch', 'snapshot-id': id });
  return commitChange({ context, protocol, table }, side);
};

/** What a table or a log may lack or say without anything being wrong, by the race that it is seen in. */
export const believed: readonly [
  what: string,
  race: typeof threeJobs.race,
  edit: (bed: Bed) => unknown,
][] = [
  [
    'a table of format version 1, which has no sequence numbers',
    threeJobs.race,
    ({ history }) => history.changes.forEach((change) => (change.sequenceNumber = 0)),
  ],
  [
    'summaries that count nothing',
    threeJobs.race,
    (bed) => Object.assign(bed.change('two').totals, { records: null, dataFiles: null }),
  ],
  [
    'a metadata log that remembers no version',
    threeJobs.race,
    ({ history }) => void history.log.splice(0),
  ],
  [
    'a log that does not tell what a swap was to replace',
    threeJobs.race,
    (bed) => bed.drop('three', 'before-swap'),
  ],
  [
    'a table that is made anew after somebody dropped it',
    threeJobs.race,
    (bed) => (bed.stop('one', 'before-swap').expected.version = null),
  ],
  [
    'a swap that was lost as there was no table any more',
    threeJobs.race,
    (bed) => (bed.stop('two', 'swap-lost').found = null),
  ],
  [
    'a scan of fewer rows than its files hold where delete files delete some',
    readerBetween.race,
    (bed) => {
      bed.change('one').totals.deleteFiles = 1;
      there(bed.stop('three', 'inputs-read').inputs[0]).rows -= 1;
    },
  ],
  [
    'inputs that are other tables, or no tables',
    readerBetween.race,
    (bed) => {
      const { inputs } = bed.stop('three', 'inputs-read');
      const [own] = inputs;
      const { scan, ...dropped } = structuredClone(there(own));
      const other = { ...there(scan), base: { ...there(scan).base, version: 99 } };
      inputs.push(dropped, { ...dropped, dataset: 'lab:explorer/other', scan: other });
    },
  ],
  [
    'a compaction that leaves out a row which delete files deleted',
    compacted.race,
    (bed) => compactTo(bed, -1, 1),
  ],
  [
    'a compaction of what a validated overwrite has read',
    async () => {
      const world = await worldWith([{ a: 5 }, { a: 6, b: 7 }]);
      const writers = { one: reads(replaces({ b: 1 }, 'serializable')), two: compacts('a') };
      return race(
        writers,
        [
          ['one', 'data-written'],
          ['two', 'end'],
        ],
        { world },
      );
    },
    (bed) => (bed.stop('one', 'validated').validatesReads = true),
  ],
  [
    'a table that was expired back to when its summaries counted nothing',
    forgottenByExpiry.race,
    ({ history }) => void Object.assign(there(history.forgotten).since.totals, { records: null }),
  ],
  [
    'an append that was expired, of which the log does not tell what it validated',
    forgottenByExpiry.race,
    (bed) => bed.drop('one', 'validated'),
  ],
  [
    'somebody outside who puts back the file that he removes',
    threeJobs.race,
    (bed) => {
      const change = bed.change('two');
      const file = change.removed.find(({ rows }) => rows === 5);
      bed.drop('two', ...stops);
      change.added.push(there(file));
      bed.history.live.push(there(file));
      for (const { totals } of bed.history.changes.slice(1)) {
        Object.assign(totals, { records: null, dataFiles: null });
      }
    },
  ],
  [
    'a file that was in the table twice before',
    threeJobs.race,
    ({ history: { before, live } }) => {
      for (const files of [before.files, live]) {
        files.push(...files.filter(({ rows }) => rows === 7));
      }
    },
  ],
  [
    'a log that does not tell of a manifest list',
    threeJobs.race,
    (bed) => bed.drop('three', 'list-written'),
  ],
  [
    'a job that finds its commit only when it runs again',
    threeJobs.race,
    (bed) => bed.drop('three', 'swap-won', 'cleaned-up'),
  ],
  [
    'a job that creates another table before its commit',
    threeJobs.race,
    (bed) => {
      const event = bed.event('three', 'base-read');
      const creation = { ...event, table: 'lab:explorer/other', attempt: 0 };
      const base = { version: null, location: null, snapshotId: null, rows: 0 };
      const next = 'memory:///other/00000.metadata.json';
      const won = { version: 1, location: next, snapshotId: null, operation: 'create', rows: 0 };
      // Each in front of the one before.
      bed.add({ ...creation, detail: { stop: 'swap-won', ...won } });
      bed.add({ ...creation, detail: { stop: 'before-swap', expected: base, next } });
      bed.add({ ...creation, detail: { stop: 'base-read', base } });
    },
  ],
  [
    'a swap of which the log tells only behind the next one',
    threeJobs.race,
    (bed) => bed.tellBehind(bed.event('one', 'swap-won'), bed.event('two', 'swap-won')),
  ],
  [
    'a table without a snapshot',
    async () =>
      race({ one: maintains(() => updateProperties({ note: 'x' })) }, [], {
        world: await worldWith([]),
      }),
    () => undefined,
  ],
  [
    'a job that committed before it gave up',
    gaveUp.race,
    (bed) => (bed.job('one').outcome = 'committed'),
  ],
  [
    'a job that failed for another reason before it heard of its swap',
    gaveUp.race,
    (bed) => {
      bed.drop('one', 'swap-lost');
      bed.error('one').kind = 'StorageFull';
    },
  ],
  [
    'a branch that gave up before it asked, as the table had moved',
    () =>
      race({ one: branches, two: appends({ a: 2 }) }, [
        ['one', 'manifests-written'],
        ['two', 'end'],
      ]),
    (bed) => expect(bed.job('one').error?.kind).toBe('CommitFailed'),
  ],
  [
    'a refusal for a file from before the race, where the whole history was searched',
    refusedForAdded.race,
    (bed) => {
      blame(bed, there(bed.history.before.files.find((file) => file.partition === 'p=a')));
      delete bed.error('one').context.since;
    },
  ],
  [
    'a refusal for a deletion that was undone since',
    () =>
      race({ one: replaces({ a: 1 }, 'snapshot'), two: overwrites('a', {}), three: undoes }, [
        ['one', 'manifests-written'],
        ['two', 'end'],
      ]),
    (bed) => expect(bed.job('one').error?.message).toMatch(/^Found conflicting deleted files /),
  ],
  [
    'a refusal for a delete file that was added',
    refusedForAdded.race,
    (bed) => blame(bed, { path: 'memory:///deletes.parquet', bytes: 1 }),
  ],
  [
    'a refusal for a delete file that is missing',
    refusedForMissing.race,
    (bed) => {
      const error = bed.error('one');
      error.message = 'Missing required files to delete: memory:///deletes.parquet';
    },
  ],
  [
    'a change of another partition than the one that a validated overwrite has read',
    () =>
      race({ one: copies('a', 'b', 'serializable'), two: appends({ c: 1 }) }, [
        ['one', 'data-written'],
        ['two', 'end'],
      ]),
    (bed) => (bed.stop('one', 'validated').validatesReads = true),
  ],
  [
    'a serializable overwrite between appends that it has seen and that came later',
    () =>
      race({
        one: appends({ a: 1 }),
        two: replaces({ a: 2 }, 'serializable'),
        three: appends({ a: 3 }),
      }),
    () => undefined,
  ],
  [
    'a serializable overwrite of one partition while another grew',
    () =>
      race({ one: overwrites('a', { a: 1 }, 'serializable'), two: appends({ b: 2 }) }, [
        ['one', 'manifests-written'],
        ['two', 'end'],
      ]),
    () => undefined,
  ],
  ['another table that misses a file', threeJobs.race, (bed) => bed.missOther()],
  [
    'a table that cannot be read, but to which nobody had anything to commit',
    () => race({ one: replaces({}) }),
    (bed) => bed.hide(),
  ],
  [
    'a table that cannot be read, but to which all commits were refused',
    refusedForAdded.race,
    (bed) => {
      bed.drop('two', ...stops);
      bed.hide();
    },
  ],
];
