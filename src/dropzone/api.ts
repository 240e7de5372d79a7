import type { Dataset, DroppedFile } from '../storage/datasets.ts';

/** How far a drop is: bytes of the file read, of how many, and rows so far. */
export interface DropProgress {
  bytes: number;
  totalBytes: number;
  rows: number;
}

/** What the dropzone's worker answers. `address`: `depot:collection/dataset`. */
export interface DropzoneMethods {
  [method: string]: (argument: never, progress: (value: unknown) => void) => Promise<unknown>;
  /** Puts a file into a dataset, in place of one of the same name; tells {@link DropProgress}. */
  drop(
    argument: { address: string; file: File },
    progress: (value: unknown) => void,
  ): Promise<DroppedFile>;
  datasets(argument: Record<string, never>): Promise<Dataset[]>;
  removeDataset(argument: { address: string }): Promise<void>;
}
