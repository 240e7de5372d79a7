import type { Dataset } from '../storage/datasets.ts';
import type { DroppedFile } from '../storage/records.ts';

/** How far a drop is: bytes of the file read, of how many, and rows so far. */
export interface DropProgress {
  bytes: number;
  totalBytes: number;
  rows: number;
}

/** A dropped file, and whether it took the place of one of the same name. */
export interface Dropped extends DroppedFile {
  replaced: boolean;
}

/** What the dropzone's worker answers. `address`: `depot:collection/dataset`. */
export interface DropzoneMethods {
  [method: string]: (argument: never, progress: (value: unknown) => void) => Promise<unknown>;
  /** Puts a file into a dataset, in place of one of the same name; tells {@link DropProgress}. */
  drop(
    argument: { address: string; file: File },
    progress: (value: unknown) => void,
  ): Promise<Dropped>;
  datasets(argument: Record<string, never>): Promise<Dataset[]>;
  removeDataset(argument: { address: string }): Promise<void>;
}
