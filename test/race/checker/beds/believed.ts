import { appends, compacts, replaces, worldWith } from '../../../../src/race/explorer/writers.ts';
import { reads } from '../../readers.ts';
import { race } from '../../stage.ts';
import type { Bed } from './bed.ts';
import { there } from './bed.ts';
import { readerBetween } from './reads.ts';
import { threeJobs } from './three-jobs.ts';

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
    () => race({ one: compacts('a'), two: appends({ b: 1 }) }),
    (bed) => shrink(bed, 1),
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
];

/** A compaction that writes fewer rows than it found, on a table with so many delete files. */
function shrink(bed: Bed, deleteFiles: number): void {
  const { history } = bed;
  const change = bed.change('one');
  const { path } = there(change.added[0]);
  for (const file of [...change.added, ...history.live, ...bed.stop('one', 'data-written').files]) {
    if (file.path === path && file.rows !== undefined) file.rows -= 1;
  }
  for (const { totals } of history.changes) if (totals.records !== null) totals.records -= 1;
  history.before.totals.deleteFiles = deleteFiles;
}
