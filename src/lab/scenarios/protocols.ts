import { ledgerRow, type Scenario, tripsByVendor } from './scenario.ts';

/** Each commit of the busy job comes right before a swap of the patient one. */
const alwaysOvertaken = [1, 2, 3]
  .map((attempt) =>
    [
      `run patient to before-swap of attempt ${attempt}`,
      ...(attempt === 1 ? [] : ['release busy at swap-won']),
      'run busy to swap-won of attempt 1',
    ].join('\n'),
  )
  .join('\n');

/** What isolation, retries and the swap itself are good for. */
export const protocolLessons: readonly Scenario[] = [
  {
    name: 'serializable',
    title: 'Serializable refuses',
    protocol: 'optimistic',
    script:
      'run overwrite to before-swap of attempt 1\nrun append to finished\nrelease overwrite at before-swap',
    text: [
      'The overwrite asks for isolation-level: serializable, so it must be as if it had run alone, from its start to its commit.',
      'Its swap is lost to the append; on the new base it finds that rows came into the month it is about to replace.',
      'It is refused and never retried: trying again would not make the conflict go away. Nothing of it is in the table.',
    ],
    notes: [
      'Read the message: it names the partition and the file that stand in the way.',
      'A refusal is the good outcome here: somebody who may decide is asked.',
      'Ask: what does isolation-level: snapshot do instead? (It looks for removed files only; the append would be replaced.)',
    ],
    query: tripsByVendor('serializable'),
    advertised: {
      jobs: { append: ['committed', 1], overwrite: ['rejected', 2] },
      verdict: 'holds',
      ledger: [ledgerRow('append', 901)],
      answer: [{ vendor_id: 1, trips: 901 }],
    },
  },
  {
    name: 'retries-exhausted',
    title: 'Retries exhausted',
    protocol: 'optimistic',
    script: alwaysOvertaken,
    text: [
      'busy commits three times; each commit happens to come just before a swap of patient, which is allowed two retries.',
      'patient waits longer after each loss and tries again, but whoever comes later and is quicker wins.',
      'After its third lost swap patient gives up: its work is done, its data files are written, and it is refused all the same.',
    ],
    notes: [
      'The number of retries is a property of the table: commit.retry.num-retries, 4 if nobody says otherwise.',
      'Ask: what would you change? (More retries, fewer writers, or a queue: the next lesson.)',
      'The data files of the refused job stay as orphans until somebody removes them.',
    ],
    query: tripsByVendor('retries_exhausted'),
    advertised: {
      jobs: { busy: ['committed', 1], patient: ['rejected', 3] },
      verdict: 'holds',
      ledger: [ledgerRow('busy', 2703)],
      answer: [{ vendor_id: 1, trips: 2703 }],
    },
  },
  {
    name: 'nobody-starves',
    title: 'With a queue nobody starves',
    protocol: 'queued',
    script: alwaysOvertaken,
    text: [
      'The same jobs in the same bad order, but under the protocol “queued”: who has lost a swap queues for the table.',
      'patient stands at the head of the queue, and loses only to those who have just arrived and not lost yet.',
      'It is never sent away: as soon as nobody overtakes it, it commits. The queue makes it fair; the swap still makes it correct.',
    ],
    notes: [
      'Correctness never rests on the queue: a writer that does not queue can only cost time.',
      'In Iceberg at large there is no such queue: a catalog or an orchestrator may play its part.',
    ],
    query: tripsByVendor('nobody_starves'),
    advertised: {
      jobs: { busy: ['committed', 1], patient: ['committed', 4] },
      verdict: 'holds',
      ledger: [ledgerRow('busy', 2703), ledgerRow('patient', 972)],
      answer: [
        { vendor_id: 1, trips: 2703 },
        { vendor_id: 2, trips: 972 },
      ],
    },
  },
  {
    name: 'lost-update',
    title: 'Lost update: safety off',
    protocol: 'unsafe',
    script:
      'run vendor-one to before-swap of attempt 1\nrun vendor-two to before-swap of attempt 1\nrun vendor-one to finished\nrelease vendor-two at before-swap',
    text: [
      'Now the swap does not compare: it puts its metadata file where the pointer is, whatever stands there.',
      'Both jobs have read the same version; vendor-one puts, then vendor-two puts a version that never knew vendor-one.',
      'Both are told “committed”, nothing looks wrong, and the rows of vendor-one are in no version of the table any more.',
    ],
    notes: [
      'The only difference from the first lesson is one comparison.',
      'The data files are still there: nobody refers to them. The table is marked, on screen and in its properties.',
      'This is what a plain “read, change, write back” on an object store without conditional writes does.',
    ],
    query: tripsByVendor('lost_update'),
    advertised: {
      jobs: { 'vendor-one': ['committed', 1], 'vendor-two': ['committed', 1] },
      verdict: 'violated',
      ledger: [
        ledgerRow('vendor-one', 901, { found: 0, missing: 901 }),
        ledgerRow('vendor-two', 972),
      ],
      answer: [{ vendor_id: 2, trips: 972 }],
    },
  },
];
