import { counted, grouped } from '../../words.ts';

/** The table's own files in the inspector. */
export const stopFiles = {
  tabs: { summary: 'Summary', metadata: 'metadata.json', manifests: 'Manifests' },
  label: 'What is at this stop',
  enlarge: 'Show larger',
  close: 'Close',
  reading: 'Reading …',
  whose: { label: 'Compare with', ours: 'this attempt', theirs: 'who was first' },
  compared: {
    ours: 'From the base to what this attempt wrote',
    theirs: 'From the same base to what was there first',
    created: 'The first metadata file of the table',
    base: 'The file that the base names, whole',
  },
  gone: 'This file is not there any more: a job deletes what its lost attempts wrote. Hold the job at this stop to look into it in time.',
  baseGone: 'The base’s file is not there any more, so there is nothing to compare with.',
  folded: (lines: number) => counted(lines, 'unchanged line'),
  sign: { '-': 'before', '+': 'after', ' ': '' },
  list: 'Manifests of the snapshot',
  manifest: 'manifest',
  ours: 'this job’s',
  counts: 'files',
  entriesOf: (name: string) => `Entries of ${name}`,
  inherited: 'inherited',
  inheritance:
    'Sequence numbers are left open: the manifest list gives them. So a lost swap costs no manifest.',
  added: (rows: number) => `+${grouped(rows)}`,
  wait: 'waited for the table',
  waiting: 'not yet its turn',
  holder: 'held meanwhile by',
  noHolder: 'nobody seen here',
  removals: {
    label: 'Rows that are replaced',
    partition: 'partition',
    whole: 'the whole table',
    writer: 'written by',
    before: 'before the race',
    files: 'files',
    rows: 'rows',
    total: 'together',
  },
} as const;
