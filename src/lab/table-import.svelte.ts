import { type ErrorValue, IcejamError } from '../error.ts';
import { parseAddress, tableName } from '../flare/address.ts';
import type { TableFile } from '../workbench/api.ts';
import type { Session } from './session.ts';
import { droppedFiles } from './table-files.ts';

/** A table that is about to be adopted: its files, and the address that it gets. */
export class TableImport {
  /** Where the table will be, such as `dataos://icebase:raw01/trips`. */
  address = $state('');
  /** Whether the user is asked for the files and the address. */
  open = $state(false);

  readonly #session: Pick<Session, 'workbench'>;
  readonly #onAdopted: (table: string) => Promise<void>;
  #files = $state.raw<readonly TableFile[]>([]);
  #running = $state(false);
  #error = $state.raw<ErrorValue | null>(null);

  /** `onAdopted` learns the name of each table that was adopted, `depot:collection/dataset`. */
  constructor(session: Pick<Session, 'workbench'>, onAdopted: (table: string) => Promise<void>) {
    this.#session = session;
    this.#onAdopted = onAdopted;
  }

  /** What was chosen or dropped; empty before that. */
  get files(): readonly TableFile[] {
    return this.#files;
  }

  /** Whether the table is being copied. */
  get running(): boolean {
    return this.#running;
  }

  /** Why the last try failed. */
  get error(): ErrorValue | null {
    return this.#error;
  }

  /** Takes other files, and proposes an address by the name of their folder or zip; the user is asked to agree. */
  choose(files: readonly TableFile[]): void {
    this.#files = files;
    this.#error = null;
    this.open = true;
    this.address = `dataos://icebase:raw01/${proposedDataset(files.map(({ path }) => path))}`;
  }

  /** Takes what was dropped, folders with all that is below them; what cannot be read is {@link error}. */
  async drop(data: DataTransfer): Promise<void> {
    try {
      this.choose(await droppedFiles(data));
    } catch (thrown) {
      this.choose([]);
      this.#error = IcejamError.from(thrown).toValue();
    }
  }

  /** Copies the table into this browser. What goes wrong is {@link error}. */
  async run(): Promise<void> {
    this.#running = true;
    this.#error = null;
    try {
      const table = tableName(parseAddress(this.address));
      await this.#session.workbench.call('importTable', { table, files: this.#files });
      this.#files = [];
      this.open = false;
      await this.#onAdopted(table);
    } catch (thrown) {
      this.#error = IcejamError.from(thrown).toValue();
    } finally {
      this.#running = false;
    }
  }
}

/** The name of the folder that holds `metadata/`, or of the zip, as a dataset may be called; `table` if it has none. Pure. */
export function proposedDataset(paths: readonly string[]): string {
  const named = (pattern: RegExp) => paths.flatMap((path) => pattern.exec(path)?.[1] ?? [])[0];
  const folder = named(/([^/]+)\/metadata\/[^/]+$/);
  const zip = named(/([^/]+)\.zip$/i);
  const name = (folder ?? zip ?? '')
    .replaceAll(/[^A-Za-z0-9._-]+/g, '_')
    .replace(/^[^A-Za-z0-9_]+/, '');
  return name === '' ? 'table' : name;
}
