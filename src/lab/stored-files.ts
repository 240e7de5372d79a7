import type { EntryListing, ManifestListing, WorkbenchMethods } from '../workbench/api.ts';
import type { Session } from './session.ts';

/** Reads the files of tables by their paths; `null` answers for one that is not there any more. */
export class StoredFiles {
  readonly #session: Pick<Session, 'workbench'>;

  constructor(session: Pick<Session, 'workbench'>) {
    this.#session = session;
  }

  /** A metadata file as JSON. */
  metadata(path: string): ReturnType<WorkbenchMethods['metadataFile']> {
    return this.#session.workbench.call('metadataFile', { path });
  }

  /** What a manifest list says of its manifests. */
  manifests(path: string): Promise<ManifestListing[] | null> {
    return this.#session.workbench.call('manifestList', { path });
  }

  /** The entries of a manifest, as they are stored. */
  entries(table: string, path: string): Promise<EntryListing[] | null> {
    return this.#session.workbench.call('storedEntries', { table, path });
  }
}
