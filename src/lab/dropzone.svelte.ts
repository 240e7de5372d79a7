import type { DropProgress } from '../dropzone/api.ts';
import { type ErrorValue, IcejamError } from '../error.ts';
import type { Dataset } from '../storage/datasets.ts';
import type { DroppedFile } from '../storage/records.ts';
import type { Session } from './session.ts';
import { sampleAddress, sampleTrips } from './samples.ts';
import { droppedFiles } from './table-files.ts';

/** A file that is being read. */
export interface Dropping extends DropProgress {
  name: string;
}

/** The dropzone: input datasets, and the files that are on their way into one. */
export class Dropzone {
  /** Where files are dropped, `depot:collection/dataset`. */
  address = $state(sampleAddress);

  readonly #session: Pick<Session, 'dropzone' | 'drop'>;
  #datasets = $state.raw<readonly Dataset[]>([]);
  #dropping = $state.raw<Dropping | null>(null);
  #errors = $state.raw<readonly ErrorValue[]>([]);

  constructor(session: Pick<Session, 'dropzone' | 'drop'>) {
    this.#session = session;
  }

  get datasets(): readonly Dataset[] {
    return this.#datasets;
  }

  /** The files at the current address. */
  get files(): readonly DroppedFile[] {
    return this.#datasets.find(({ address }) => address === this.address)?.files ?? [];
  }

  /** The file that is being read now. */
  get dropping(): Dropping | null {
    return this.#dropping;
  }

  /** Why files of the last drop are not there. */
  get errors(): readonly ErrorValue[] {
    return this.#errors;
  }

  /** Looks again what there is. */
  async refresh(): Promise<void> {
    await this.#attempt(async () => {
      this.#datasets = await this.#session.dropzone.call('datasets', {});
    });
  }

  /** Puts files into the dataset at the current address, one after the other; one that fails is in nobody's way. */
  async drop(files: readonly File[]): Promise<void> {
    const { address } = this;
    const errors: ErrorValue[] = [];
    for (const file of files) {
      await this.#attempt(() => this.#dropOne(address, file));
      errors.push(...this.#errors);
    }
    this.#errors = errors;
  }

  /** Puts what was dragged here into the dataset, of folders all that Spark would read of them. */
  async take(data: DataTransfer): Promise<void> {
    await this.#attempt(async () => {
      const files = (await droppedFiles(data)).filter(({ path }) => !/\/[._]/.test(path));
      if (files.length === 0) throw nothingToRead();
      await this.drop(files.map(({ path, content }) => new File([content], path)));
    });
  }

  /** Takes everything out of the dataset at the current address. */
  async clear(): Promise<void> {
    await this.#attempt(() =>
      this.#session.dropzone.call('removeDataset', { address: this.address }),
    );
    await this.refresh();
  }

  /** Drops the sample trips if a workflow reads them and nothing was dropped there. */
  async provideSample(inputs: readonly string[]): Promise<void> {
    await this.refresh();
    const present = this.#datasets.some(({ address }) => address === sampleAddress);
    if (present || !inputs.includes(sampleAddress)) return;
    await this.#attempt(async () => this.#dropOne(sampleAddress, await sampleTrips()));
  }

  async #dropOne(address: string, file: File): Promise<void> {
    const name = file.name;
    this.#dropping = { name, bytes: 0, totalBytes: file.size, rows: 0 };
    try {
      await this.#session.drop(address, file, (progress) => {
        this.#dropping = { name, ...progress };
      });
    } finally {
      this.#dropping = null;
      this.#datasets = await this.#session.dropzone.call('datasets', {});
    }
  }

  async #attempt(work: () => Promise<void>): Promise<void> {
    this.#errors = [];
    try {
      await work();
    } catch (thrown) {
      this.#errors = [IcejamError.from(thrown).toValue()];
    }
  }
}

const nothingToRead = () =>
  new IcejamError('InputInvalid', 'There is no file in what was dropped', {
    remedy: 'Drop JSON files, or a folder of them.',
  });
