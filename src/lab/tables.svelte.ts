import { type ErrorValue, IcejamError } from '../error.ts';
import type { FileSummary } from '../iceberg/stop.ts';
import type {
  EntryListing,
  ManifestListing,
  SnapshotListing,
  TableListing,
  WorkbenchMethods,
} from '../workbench/api.ts';
import type { Session } from './session.ts';
import { TableImport } from './table-import.svelte.ts';

/** Something of a table that can be looked into. `at`: a snapshot's id. */
export type TableItem =
  | { kind: 'metadata' }
  | { kind: 'snapshot'; snapshot: SnapshotListing }
  | { kind: 'manifest'; manifest: ManifestListing }
  | { kind: 'files'; at: string };

/** What is in an item. */
export type TableContent =
  | { kind: 'metadata'; json: Awaited<ReturnType<WorkbenchMethods['metadata']>> }
  | { kind: 'snapshot'; snapshot: SnapshotListing }
  | { kind: 'manifest'; manifest: ManifestListing; entries: EntryListing[] }
  | { kind: 'files'; files: FileSummary[] };

/** The tables of the catalog, and what is looked at inside one of them. */
export class Tables {
  /** The way a table that was written elsewhere comes in; it is looked at as soon as it is there. */
  readonly tableImport: TableImport;
  readonly #session: Pick<Session, 'workbench'>;
  #listing = $state.raw<readonly TableListing[]>([]);
  #chosen = $state<string | null>(null);
  #snapshots = $state.raw<readonly SnapshotListing[]>([]);
  #manifests = $state.raw<Readonly<Record<string, readonly ManifestListing[]>>>({});
  #item = $state.raw<TableItem | null>(null);
  #content = $state.raw<TableContent | null>(null);
  #error = $state.raw<ErrorValue | null>(null);
  #asked = 0;

  readonly #table = $derived(
    this.#listing.find(({ table }) => table === this.#chosen) ?? this.#listing[0] ?? null,
  );

  constructor(session: Pick<Session, 'workbench'>) {
    this.#session = session;
    this.tableImport = new TableImport(session, (table) => this.choose(table));
  }

  /** Every table of the catalog. */
  get listing(): readonly TableListing[] {
    return this.#listing;
  }

  /** The table that is looked at: the chosen one, else the first. */
  get table(): TableListing | null {
    return this.#table;
  }

  /** Its snapshots, the newest first. */
  get snapshots(): readonly SnapshotListing[] {
    return this.#snapshots;
  }

  /** What is looked into. */
  get item(): TableItem | null {
    return this.#item;
  }

  /** What is in it; `null` until it is read. */
  get content(): TableContent | null {
    return this.#content;
  }

  get error(): ErrorValue | null {
    return this.#error;
  }

  /** The manifests of a snapshot, `undefined` until they are read by {@link readManifests}. */
  manifestsOf(snapshotId: string): readonly ManifestListing[] | undefined {
    return this.#manifests[snapshotId];
  }

  /** Looks at another table. */
  async choose(table: string): Promise<void> {
    this.#chosen = table;
    this.#item = null;
    this.#content = null;
    await this.refresh();
  }

  /** Looks again what there is. */
  async refresh(): Promise<void> {
    await this.#attempt(async () => {
      this.#listing = await this.#session.workbench.call('tables', {});
      const table = this.#table?.table;
      this.#snapshots =
        table === undefined
          ? []
          : (await this.#session.workbench.call('snapshots', { table })).toSorted(
              (a, b) => b.sequenceNumber - a.sequenceNumber,
            );
      if (this.#item?.kind === 'metadata') await this.open(this.#item);
    });
  }

  /** Reads the manifests of a snapshot, once. */
  async readManifests(snapshotId: string): Promise<void> {
    const table = this.#table?.table;
    if (table === undefined || snapshotId in this.#manifests) return;
    await this.#attempt(async () => {
      const read = await this.#session.workbench.call('manifests', { table, at: snapshotId });
      this.#manifests = { ...this.#manifests, [snapshotId]: read };
    });
  }

  /** Looks into something; an answer that comes after a newer question is dropped. */
  async open(item: TableItem): Promise<void> {
    const table = this.#table?.table;
    if (table === undefined) return;
    const asked = ++this.#asked;
    this.#item = item;
    await this.#attempt(async () => {
      const content = await this.#read(table, item);
      if (asked === this.#asked) this.#content = content;
    });
  }

  /** A zip of the whole table whose paths begin with `location`, and the name of its newest metadata file. */
  exportTo(location: string): Promise<{ zip: Blob; metadata: string }> {
    const table = this.#table?.table ?? '';
    return this.#session.workbench.call('exportTable', { table, location });
  }

  async #read(table: string, item: TableItem): Promise<TableContent> {
    const { workbench } = this.#session;
    switch (item.kind) {
      case 'metadata':
        return { kind: 'metadata', json: await workbench.call('metadata', { table }) };
      case 'snapshot':
        return item;
      case 'manifest': {
        const { path } = item.manifest;
        const entries = await workbench.call('manifestEntries', { table, path });
        return { ...item, entries };
      }
      case 'files':
        return { kind: 'files', files: await workbench.call('files', { table, at: item.at }) };
    }
  }

  async #attempt(work: () => Promise<void>): Promise<void> {
    this.#error = null;
    try {
      await work();
    } catch (thrown) {
      this.#error = IcejamError.from(thrown).toValue();
    }
  }
}
