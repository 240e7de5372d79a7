import type { DrawnRace } from './drawn-race.ts';

type Does = DrawnRace['jobs'][number]['does'];

/** A race whose jobs do this one after the other, but for the steps. */
const inTurn = (jobs: Does[], more: Partial<DrawnRace> = {}): DrawnRace => ({
  jobs: jobs.map((does) => ({ does, loses: 'nothing', restarts: false })),
  protocol: 'queued',
  begins: [{ a: 5, b: 7 }],
  formatVersion: 2,
  retries: 4,
  steps: [],
  late: 0,
  own: 0,
  ...more,
});

/** The answer to the first job's commit is lost, and it runs again; then the others run. */
const foundAgain = (does: Does[number], ...others: Does[]): DrawnRace =>
  inTurn([], {
    jobs: [
      { does: [does], loses: 'connection', restarts: true },
      ...others.map((each) => ({ does: each, loses: 'nothing' as const, restarts: false })),
    ],
  });

/** Races that hold, in each of which a guard of the checker keeps it from an accusation. */
export const examples: Record<string, DrawnRace> = {
  'a job is refused for a file that a rollback takes from main before the race is judged': inTurn(
    [
      [{ kind: 'overwrite', rows: { a: 0 }, isolation: 'none', filter: null }],
      [{ kind: 'copy', from: 'a', to: 'a', isolation: 'serializable' }],
      [{ kind: 'rollback', nth: 0 }],
    ],
    { steps: [16] },
  ),
  'what one job staged, another picks on top of a commit of a third': inTurn([
    [{ kind: 'stage', nth: 0 }],
    [{ kind: 'append', rows: { a: 0 } }],
    [{ kind: 'cherry-pick', nth: 0 }],
  ]),
  'what one job staged cannot be picked, as another has deleted what it replaces': inTurn([
    [{ kind: 'stage-overwrite', nth: 0 }],
    [{ kind: 'delete', isolation: 'none', filter: null }],
    [{ kind: 'cherry-pick', nth: 0 }],
  ]),
  'an expiry makes the table forget the commits behind one that a tag holds': inTurn([
    [
      { kind: 'compaction', partition: 'a' },
      { kind: 'tag', nth: 0 },
    ],
    [{ kind: 'append', rows: { a: 1 } }],
    [{ kind: 'append', rows: { b: 1 } }],
    [{ kind: 'expiry', nth: 0 }],
  ]),
  'a delete is rolled back and forgotten': inTurn([
    [{ kind: 'delete-files', partition: 'a' }],
    [{ kind: 'rollback', nth: 0 }],
    [{ kind: 'expiry', nth: 0 }],
  ]),
  ...Object.fromEntries(
    (
      [
        ['is rolled back and forgotten', 'append', 'rollback', 'expiry'],
        ['is staged, and another publishes it', 'stage', 'branch', 'cherry-pick'],
        ['goes to a branch, which is forgotten', 'append-to-branch', 'remove-branch', 'expiry'],
      ] as const
    ).map(([what, first, second, third]) => [
      `what a job finds in the table only when it runs again ${what}`,
      foundAgain(
        first === 'append' ? { kind: first, rows: { a: 1 } } : { kind: first, nth: 0 },
        [{ kind: second, nth: 0 }],
        [{ kind: third, nth: 0 }],
      ),
    ]),
  ),
  'a commit to a branch is forgotten with it': inTurn([
    [{ kind: 'append-to-branch', nth: 0 }],
    [
      { kind: 'remove-branch', nth: 0 },
      { kind: 'expiry', nth: 0 },
    ],
  ]),
  'main is moved back behind a delete that a branch holds': inTurn([
    [{ kind: 'delete-files', partition: 'a' }],
    [{ kind: 'branch', nth: 0 }],
    [{ kind: 'rollback', nth: 0 }],
  ]),
  'a table is not partitioned any more when an overwrite replaces all of it': inTurn([
    [{ kind: 'unpartition', nth: 0 }],
    [{ kind: 'replace', rows: { a: 1 }, isolation: 'none' }],
  ]),
  'main is moved back, and who makes the table forget does not know it': {
    ...inTurn([[{ kind: 'append', rows: { a: 1 } }], [{ kind: 'rollback', nth: 0 }]]),
    jobs: [
      { does: [{ kind: 'append', rows: { a: 1 } }], loses: 'nothing', restarts: false },
      { does: [{ kind: 'rollback', nth: 0 }], loses: 'nothing', restarts: false },
      { does: [{ kind: 'expiry', nth: 0 }], loses: 'connection', restarts: false },
    ],
  },
  'an expiry makes the table forget the beginning of a transaction': inTurn([
    [
      { kind: 'transaction', nth: 1 },
      { kind: 'expiry-of-all-but-two', nth: 0 },
    ],
    [{ kind: 'append', rows: { c: 1 } }],
  ]),
  'main is moved back into a transaction, whose end an expiry makes the table forget': inTurn([
    [{ kind: 'transaction', nth: 0 }],
    [
      { kind: 'rollback', nth: 0 },
      { kind: 'expiry', nth: 0 },
    ],
    [{ kind: 'append', rows: { a: 1 } }],
  ]),
  'main is moved back into a transaction': inTurn([
    [{ kind: 'transaction', nth: 0 }],
    [{ kind: 'rollback', nth: 0 }],
    [{ kind: 'append', rows: { a: 1 } }],
  ]),
  'main is moved back into a transaction, whose end a branch holds': inTurn([
    [
      { kind: 'transaction', nth: 0 },
      { kind: 'append-to-branch', nth: 0 },
    ],
    [{ kind: 'rollback', nth: 0 }],
  ]),
  'a transaction overwrites what it has added itself': inTurn([
    [{ kind: 'transaction', nth: 2 }],
    [{ kind: 'append', rows: { a: 1 } }],
  ]),
  'an action finds nothing to do before another one': inTurn([
    [
      { kind: 'expiry', nth: 0 },
      { kind: 'manifests', nth: 0 },
    ],
    [{ kind: 'append', rows: { a: 1 } }],
  ]),
  'main is replaced by a branch that was without a commit': inTurn([
    [{ kind: 'branch', nth: 0 }],
    [{ kind: 'append', rows: { a: 1 } }],
    [{ kind: 'replace-main', nth: 0 }],
  ]),
  'main follows a branch to which two commits were made': inTurn([
    [
      { kind: 'append-to-branch', nth: 0 },
      { kind: 'append-to-branch', nth: 0 },
    ],
    [{ kind: 'fast-forward', nth: 0 }],
  ]),
  'a table is dropped and made anew': inTurn([
    [{ kind: 'append', rows: { a: 1 } }],
    [{ kind: 'drop' }],
    [{ kind: 'append', rows: { b: 1 } }],
  ]),
  'a job is refused for a file of a table that is dropped and made anew': {
    jobs: [
      {
        does: [
          { kind: 'delete-row', partition: 'a', isolation: 'none', copy: true },
          { kind: 'delete-files', partition: 'a' },
        ],
        loses: 'connection',
        restarts: false,
      },
      {
        does: [
          { kind: 'copy', from: 'a', to: 'a', isolation: 'serializable' },
          { kind: 'delete-files', partition: 'a' },
        ],
        loses: 'nothing',
        restarts: false,
      },
      { does: [{ kind: 'drop' }], loses: 'nothing', restarts: false },
      { does: [{ kind: 'append', rows: { a: 0 } }], loses: 'nothing', restarts: false },
    ],
    protocol: 'queued',
    begins: [{ a: 5, b: 7 }],
    formatVersion: 2,
    retries: 4,
    steps: [80],
    late: 0,
    own: 0,
  },
  'a job of another tab moves main behind a commit and makes the table forget it': inTurn(
    [
      [{ kind: 'append', rows: { a: 1 } }],
      [
        { kind: 'rollback', nth: 0 },
        { kind: 'expiry', nth: 0 },
      ],
    ],
    { own: 2 },
  ),
};
