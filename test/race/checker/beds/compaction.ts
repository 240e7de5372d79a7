import { appends, compacts } from '../../../../src/race/explorer/writers.ts';
import { race } from '../../stage.ts';
import { type Bed, type FaultBed, there } from './bed.ts';

/** A compaction that writes so many more rows than it found, on a table with so many delete files. */
export function compactTo(bed: Bed, more: number, deleteFiles: number): void {
  const { history } = bed;
  const change = bed.change('one');
  const { path } = there(change.added[0]);
  for (const file of [...change.added, ...history.live, ...bed.stop('one', 'data-written').files]) {
    if (file.path === path && file.rows !== undefined) file.rows += more;
  }
  for (const { totals } of history.changes) if (totals.records !== null) totals.records += more;
  history.before.totals.deleteFiles = deleteFiles;
}

/** A compaction writes the rows that it found. */
export const compacted = {
  of: 'of a compaction,',
  race: () => race({ one: compacts('a'), two: appends({ b: 1 }) }),
  faults: [
    [
      'rewriteChangedRows',
      'one that loses a row which nobody deleted',
      (bed) => compactTo(bed, -1, 0),
      /one rewrites 5 rows as 4 rows/,
    ],
    [
      'rewriteChangedRows',
      'one that makes a row out of nothing',
      (bed) => compactTo(bed, 1, 1),
      /one rewrites 5 rows as 6 rows/,
    ],
  ],
} as const satisfies FaultBed;
