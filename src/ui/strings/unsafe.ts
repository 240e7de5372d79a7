import { counted } from '../../words.ts';

/** A table that was written without compare-and-swap. */
export const unsafe = {
  mark: 'unsafe',
  hint: 'A writer without compare-and-swap has touched this table: rows may be missing. It stays marked until it is dropped or repaired.',
  listed: (name: string) => `${name} (unsafe)`,
  export:
    'This table was written without compare-and-swap: rows that were told committed may be missing from it. What you export has the same mark.',
  drop: {
    open: 'Drop table',
    title: 'Drop the table?',
    explain: (name: string) =>
      `This deletes ${name} with all its versions and files from this browser. It cannot be undone.`,
    confirm: 'Drop it',
    cancel: 'Keep it',
  },
  repair: {
    open: 'Repair',
    hint: 'Adds the files again that the race on screen has lost, by a commit that compares, and takes the mark off.',
    none: 'Only what the race on screen lost by an append can be added again: else drop the table.',
    done: (files: number, rows: number) =>
      files === 0
        ? 'Nothing was missing: the mark is off.'
        : `${counted(rows, 'row')} in ${counted(files, 'data file')} were added again, and the mark is off.`,
  },
} as const;
