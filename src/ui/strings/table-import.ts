import { counted, sized } from '../../words.ts';

/** Texts of adopting a table that was written elsewhere. */
export const tableImport = {
  open: 'Import a table …',
  title: 'Import a table',
  explain:
    'An Iceberg table that another engine wrote, or that was downloaded here: its folder with data and metadata, or a zip of it. It is copied into this browser; the original stays as it is.',
  chooseFolder: 'Choose a folder …',
  chooseZip: 'Choose a zip …',
  drop: 'Or drop either onto the Files panel.',
  chosen: (files: number, bytes: number) => `${counted(files, 'file')}, ${sized(bytes)}`,
  chosenZip: (name: string, bytes: number) => `${name}, ${sized(bytes)}`,
  address: 'Its address here',
  run: 'Import',
  running: 'Copying …',
  cancel: 'Cancel',
  over: 'Drop the table to import it.',
};
