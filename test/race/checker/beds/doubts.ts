import { appends } from '../../../../src/race/explorer/writers.ts';
import { race } from '../../stage.ts';
import type { FaultBed } from './bed.ts';

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
      'forgotten',
      'a table that has forgotten what the race did',
      ({ history }) => {
        history.reach = 'expired';
        const [first] = history.changes.splice(0, 1);
        history.before = {
          snapshotId: first?.snapshotId ?? null,
          files: [...history.before.files, ...(first?.added ?? [])],
          totals: first?.totals ?? history.before.totals,
        };
      },
      /rows has forgotten snapshots that are newer than the beginning of the race/,
    ],
    [
      'perhapsMovedBack',
      'a table that somebody else may have moved back',
      ({ history }) => {
        const undone = history.changes.pop();
        history.abandoned.push(undone?.snapshotId ?? '');
        history.live = history.live.filter(({ path }) => path !== undone?.added[0]?.path);
        history.log.push(history.location);
        history.version += 1;
        history.location = 'memory:///by-somebody-else.metadata.json';
      },
      /Somebody outside this race has moved rows, perhaps back/,
    ],
  ],
} as const satisfies FaultBed;
