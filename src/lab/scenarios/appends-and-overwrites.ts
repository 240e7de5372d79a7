import { ledgerRow, type Scenario, tripsByVendor } from './scenario.ts';

/** The second job reads its base, the first commits in between. */
const overtaken = (first: string, second: string): string =>
  [
    `run ${second} to before-swap of attempt 1`,
    `run ${first} to finished`,
    `release ${second} at before-swap`,
  ].join('\n');

const byMonth = (table: string): string =>
  `select month(date_col) as month, vendor_id, count(*) as trips\nfrom icebase.lessons.${table}\ngroup by 1, 2 order by 1, 2`;

/** Who keeps which rows when two jobs append or overwrite. */
export const appendsAndOverwrites: readonly Scenario[] = [
  {
    name: 'both-appends',
    title: 'Both appends arrive',
    protocol: 'optimistic',
    script: overtaken('vendor-one', 'vendor-two'),
    text: [
      'vendor-two has read its base and written everything; before it swaps, vendor-one commits.',
      'The swap of vendor-two compares, finds a newer version than it expected, and fails: that is all that compare-and-swap does.',
      'vendor-two reads again, writes a new manifest list and a new metadata file, keeps its data files, and wins: an append has nothing to conflict with.',
    ],
    notes: [
      'Stop at the diamond that failed: expected and found stand in the inspector.',
      'Ask: how many bytes were written twice? (Two small files. The data files and their manifest were written once.)',
      'Ask: what if fifty jobs append at once?',
    ],
    query: tripsByVendor('both_appends'),
    advertised: {
      jobs: { 'vendor-one': ['committed', 1], 'vendor-two': ['committed', 2] },
      verdict: 'holds',
      ledger: [ledgerRow('vendor-one', 901), ledgerRow('vendor-two', 972)],
      answer: [
        { vendor_id: 1, trips: 901 },
        { vendor_id: 2, trips: 972 },
      ],
    },
  },
  {
    name: 'same-months',
    title: 'Two overwrites of the same months',
    protocol: 'optimistic',
    script: overtaken('vendor-one', 'vendor-two'),
    text: [
      'Both jobs overwrite dynamically: each replaces the months that it has rows for, and both have rows for January and February.',
      'vendor-two loses its swap, reads again, and now removes the files of vendor-one, which were not there when it began.',
      'Only the rows of the last committer are left. That is the rule, not a fault: the checker says which rows went, and by whose commit.',
    ],
    notes: [
      'Compare the two attempts of vendor-two at “validation”: the second one removes files that the first one did not know.',
      'Ask: whose rows would be left if vendor-one had been second?',
      'The use case says: only the last finished job’s data should be seen. Here that is true, with “finished” read as “committed”.',
    ],
    query: byMonth('same_months'),
    advertised: {
      jobs: { 'vendor-one': ['committed', 1], 'vendor-two': ['committed', 2] },
      verdict: 'holds',
      ledger: [
        ledgerRow('vendor-one', 1712, { found: 0, replaced: 1712 }),
        ledgerRow('vendor-two', 1915),
      ],
      answer: [
        { month: 1, vendor_id: 2, trips: 972 },
        { month: 2, vendor_id: 2, trips: 943 },
      ],
    },
  },
  {
    name: 'vendor-partitions',
    title: 'Two overwrites of different partitions',
    protocol: 'optimistic',
    script: overtaken('vendor-one', 'vendor-two'),
    text: [
      'The jobs and their order are the same as before, but the table is partitioned by vendor_id instead of by month.',
      'vendor-two still loses its swap, as somebody moved the table; but the partition that it replaces is its own.',
      'Both jobs’ rows stay. “Only the last finished job’s data should be seen”, says the use case; with this partitioning that is false.',
    ],
    notes: [
      'Show the one line of the YAML that differs: identity(vendor_id) in place of month(date_col).',
      'A lost swap is not a conflict: it says that the table moved, not that anybody touched the same rows.',
    ],
    query: tripsByVendor('vendor_partitions'),
    advertised: {
      jobs: { 'vendor-one': ['committed', 1], 'vendor-two': ['committed', 2] },
      verdict: 'holds',
      ledger: [ledgerRow('vendor-one', 1712), ledgerRow('vendor-two', 1915)],
      answer: [
        { vendor_id: 1, trips: 1712 },
        { vendor_id: 2, trips: 1915 },
      ],
    },
  },
  {
    name: 'partial-overlap',
    title: 'Two overwrites that share one month',
    protocol: 'optimistic',
    script: overtaken('vendor-one', 'vendor-two'),
    text: [
      'vendor-one overwrites January and February, vendor-two February and March, and vendor-two commits last.',
      'What counts is each partition by itself: February has two overwriters, January and March have one.',
      'The table ends with January of vendor-one, and February and March of vendor-two: no job’s result as a whole, and no order of the two run alone that looks wrong.',
    ],
    notes: [
      'Let the class predict the three months before you run it.',
      'Ask: is this what anybody who wrote these two jobs had in mind?',
    ],
    query: byMonth('partial_overlap'),
    advertised: {
      jobs: { 'vendor-one': ['committed', 1], 'vendor-two': ['committed', 2] },
      verdict: 'holds',
      ledger: [
        ledgerRow('vendor-one', 1712, { found: 901, replaced: 811 }),
        ledgerRow('vendor-two', 1898),
      ],
      answer: [
        { month: 1, vendor_id: 1, trips: 901 },
        { month: 2, vendor_id: 2, trips: 943 },
        { month: 3, vendor_id: 2, trips: 955 },
      ],
    },
  },
  {
    name: 'append-then-overwrite',
    title: 'An append, then an overwrite',
    protocol: 'optimistic',
    script: overtaken('append', 'overwrite'),
    text: [
      'Both jobs began on the same version; the append commits first, and the overwrite of the same month after it.',
      'The overwrite rebases: it replaces whatever the month holds now, so the rows that were appended a moment ago go too.',
      'The append was told “committed”, and its rows are gone. Nothing is broken, as an overwrite that came an hour later would have done the same.',
    ],
    notes: [
      'This is the case that people report as “Iceberg lost my rows”. The next lesson turns the order around.',
      'Ask: how could the overwrite say that it does not want this? (isolation-level: two lessons on.)',
    ],
    query: tripsByVendor('append_then_overwrite'),
    advertised: {
      jobs: { append: ['committed', 1], overwrite: ['committed', 2] },
      verdict: 'holds',
      ledger: [ledgerRow('append', 901, { found: 0, replaced: 901 }), ledgerRow('overwrite', 972)],
      answer: [{ vendor_id: 2, trips: 972 }],
    },
  },
  {
    name: 'overwrite-then-append',
    title: 'An overwrite, then an append',
    protocol: 'optimistic',
    script: overtaken('overwrite', 'append'),
    text: [
      'The same two jobs, the other order: the overwrite commits first, and the append loses its swap.',
      'The append rebases on the overwritten month and adds its rows to it.',
      'Both jobs’ rows are there. The outcome hangs on nothing but the order of the two swaps, which no job can see coming.',
    ],
    notes: [
      'Put the two tables of answers side by side: same jobs, same data, another result.',
      'The order that counts is that of the swaps; not of the starts, not of the ends.',
    ],
    query: tripsByVendor('overwrite_then_append'),
    advertised: {
      jobs: { append: ['committed', 2], overwrite: ['committed', 1] },
      verdict: 'holds',
      ledger: [ledgerRow('append', 901), ledgerRow('overwrite', 972)],
      answer: [
        { vendor_id: 1, trips: 901 },
        { vendor_id: 2, trips: 972 },
      ],
    },
  },
];
