import { ledgerRow, type Scenario, tripsByVendor } from './scenario.ts';

const afterBefore = 'run before to finished\nrelease before at finished\n';

/** Killed writers, readers, maintenance, and what isolation does not cover. */
export const crashesAndReaders: readonly Scenario[] = [
  {
    name: 'killed-before',
    title: 'Killed before the swap',
    protocol: 'queued',
    script:
      'run vendor-one to before-swap of attempt 1\nkill vendor-one at before-swap\nrun vendor-two to finished',
    text: [
      'vendor-one has written all its files and is about to swap; its worker is ended there, for real.',
      'From outside nobody can tell whether the swap happened: the outcome is unknown, until somebody looks into the table.',
      'It did not happen, so none of its rows are there; its files are orphans, which no version names, and vendor-two goes on undisturbed.',
    ],
    notes: [
      'Three outcomes: committed, refused, unknown. A program that knows two of them will one day write twice, or delete what it needs.',
      'Nothing is deleted while an outcome is unknown. Orphans are removed later, when they are old enough.',
    ],
    query: tripsByVendor('killed_before'),
    advertised: {
      jobs: { 'vendor-one': ['unknown', 1], 'vendor-two': ['committed', 1] },
      verdict: 'holds',
      ledger: [ledgerRow('vendor-two', 972)],
      answer: [{ vendor_id: 2, trips: 972 }],
    },
  },
  {
    name: 'killed-after',
    title: 'Killed after the swap, and run again',
    protocol: 'queued',
    script:
      'run vendor-one to swap-won of attempt 1\nkill vendor-one at swap-won\nrun vendor-two to finished\nrestart vendor-one at swap-won',
    text: [
      'vendor-one is ended right after its swap: its rows are in the table, though it never came to say so.',
      'It is run again, as any scheduler would do it. First it looks whether its own snapshot is already in the table’s history.',
      'It is, so there is nothing left to do: the rows are there once, not twice, although vendor-two has committed on top.',
    ],
    notes: [
      'The snapshot id is chosen before the first attempt: that is what makes the question “was that me?” answerable.',
      'Ask: what would a job do that simply appends again?',
    ],
    query: tripsByVendor('killed_after'),
    advertised: {
      jobs: { 'vendor-one': ['committed', 1], 'vendor-two': ['committed', 1] },
      verdict: 'holds',
      ledger: [ledgerRow('vendor-one', 901), ledgerRow('vendor-two', 972)],
      answer: [
        { vendor_id: 1, trips: 901 },
        { vendor_id: 2, trips: 972 },
      ],
    },
  },
  {
    name: 'reader',
    title: 'A reader sees one snapshot',
    protocol: 'queued',
    script: `${afterBefore}run reader to inputs-read\nrun writer to finished\nrelease reader at inputs-read`,
    text: [
      'reader opens the table and is held; writer commits 972 more trips; then reader counts.',
      'It counts what it opened: a reader follows one metadata file to one snapshot, and no file of that snapshot ever changes.',
      'No lock was taken and nobody waited: the reader’s 901 is an honest answer about a moment that is over.',
    ],
    notes: [
      'In the Workbench ask for the table now, and then as of the reader’s snapshot: both are there.',
      'Ask: who must not run meanwhile? (Whoever deletes the files of old snapshots.)',
    ],
    query: 'select trips from icebase.lessons.reader_report',
    advertised: {
      jobs: { before: ['committed', 1], reader: ['committed', 1], writer: ['committed', 1] },
      verdict: 'holds',
      ledger: [ledgerRow('before', 901), ledgerRow('reader', 1), ledgerRow('writer', 972)],
      answer: [{ trips: 901 }],
    },
  },
  {
    name: 'compaction',
    title: 'Compaction against a writer',
    protocol: 'optimistic',
    script: `${afterBefore}run compaction to before-swap of attempt 1\nrun overwrite to finished\nrelease compaction at before-swap`,
    text: [
      'compaction has rewritten the files of January and February; before it swaps, overwrite replaces January.',
      'On the new base the old files of January are gone. To put their rows back in new files would bring the dead to life.',
      'compaction is refused and loses nothing but its work. Had the other job appended, both would have committed.',
    ],
    notes: [
      'Compaction changes files, never rows: the checker proves that of each one.',
      'Refused maintenance is run again later; a refused writer has to be looked at.',
    ],
    query: tripsByVendor('compaction'),
    advertised: {
      jobs: {
        before: ['committed', 1],
        compaction: ['rejected', 2],
        overwrite: ['committed', 1],
      },
      verdict: 'holds',
      ledger: [
        ledgerRow('before', 1712, { found: 811, replaced: 901 }),
        ledgerRow('overwrite', 972),
      ],
      answer: [
        { vendor_id: 1, trips: 811 },
        { vendor_id: 2, trips: 972 },
      ],
    },
  },
  {
    name: 'write-skew',
    title: 'Write skew',
    protocol: 'optimistic',
    script: `${afterBefore}run vendor-one to inputs-read\nrun vendor-two to inputs-read\nrun vendor-one to finished\nrun vendor-two to finished`,
    text: [
      'The vendors may run 12 cabs together. Both jobs read 5 and 5, both find room for 2 more, and each writes its own partition.',
      'Both ask for serializable, and both commit: Iceberg checks the partitions that a job writes, not the rows that it read.',
      'Now there are 14 cabs, which no order of the two jobs, one after the other, could have brought about. The checker holds Iceberg’s rules for kept, and they are.',
    ],
    notes: [
      'The textbook name is G2-item; the classic story has two doctors on call.',
      'Ask: how could the workflow be mended? (One partition for both; one job depends on the other; or validate-reads: true.)',
    ],
    query: 'select sum(cabs) as cabs from icebase.lessons.quota',
    advertised: {
      jobs: {
        before: ['committed', 1],
        'vendor-one': ['committed', 1],
        'vendor-two': ['committed', 1],
      },
      verdict: 'holds',
      ledger: [
        ledgerRow('before', 2, { found: 0, replaced: 2 }),
        ledgerRow('vendor-one', 1),
        ledgerRow('vendor-two', 1),
      ],
      answer: [{ cabs: 14 }],
    },
  },
];
