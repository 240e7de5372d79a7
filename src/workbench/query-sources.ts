import { loadDroppedDataset } from '../dropzone/load-dataset.ts';
import type { Engine } from '../engine/duckdb.ts';
import { loadSnapshot } from '../engine/scan.ts';
import { quoted } from '../engine/types.ts';
import { IcejamError } from '../error.ts';
import type { FileIO } from '../iceberg/ports.ts';
import type { NestedField, Schema } from '../iceberg/table-metadata.ts';
import type { AsOf } from '../spark/ast.ts';
import type { TableReference } from '../spark/table-reference.ts';
import { listPointers } from '../storage/catalog.ts';
import type { Database } from '../storage/database.ts';
import { type Dataset, listDatasets } from '../storage/datasets.ts';
import type { Release } from '../storage/locks.ts';
import type { At } from './api.ts';
import { metadataQuery } from './metadata-table.ts';
import { findRelation } from './relation-name.ts';
import type { TableVersion, TableVersions } from './table-version.ts';

/** Where queries find what they read. */
export interface Stores {
  db: Database;
  io: FileIO;
  versions: TableVersions;
  /** The dropped datasets that the engine holds: what their files were, by address. */
  loadedDatasets: Map<string, string>;
}

/** What a reference names, as a relation of the engine. */
export interface Relation {
  name: string;
  /** The schema that a table had at the version that is read; `null` for what is no table. */
  schema: Schema | null;
  /** The table's columns that the relation lacks because they cannot be read here. */
  leftOut?: readonly NestedField[];
}

/**
 * What one query reads, loaded into the engine. A table is resolved once for each version that the query names, so that
 * all of the query sees one state of it; its snapshot is kept from being deleted until {@link QuerySources.release}.
 */
export class QuerySources {
  readonly #engine: Engine;
  readonly #stores: Stores;
  readonly #at: At;
  readonly #versions = new Map<string, TableVersion>();
  readonly #leases: Release[] = [];
  #tables: string[] | null = null;
  #datasets: Dataset[] | null = null;

  constructor(engine: Engine, stores: Stores, at: At) {
    this.#engine = engine;
    this.#stores = stores;
    this.#at = at;
  }

  /** The table versions that were read. */
  get versions(): TableVersion[] {
    return [...this.#versions.values()];
  }

  /** Every name that a query can read, as `depot:collection/dataset`. */
  async names(): Promise<string[]> {
    const { db } = this.#stores;
    this.#tables ??= (await listPointers(db)).map(({ table }) => table);
    this.#datasets ??= await listDatasets(db);
    return [...this.#tables, ...this.#datasets.map(({ address }) => address)];
  }

  /**
   * Makes what a reference names a relation of the engine; `null` for a name that nothing has. Throws what finding and
   * reading the version throws.
   */
  async load({ name: parts, asOf }: TableReference): Promise<Relation | null> {
    await this.names();
    const table = findRelation(parts, this.#tables ?? []);
    if (table === null) return this.#loadDataset(parts, asOf);
    const version = await this.#resolve(table.name, asOf);
    const id = version.snapshot?.['snapshot-id'] ?? null;
    if (table.metadata !== null) {
      const relation = `${table.name} ${table.metadata} at ${version.version}`;
      const rows = await metadataQuery(this.#stores.io, version, table.metadata);
      this.#engine.execute(`CREATE OR REPLACE VIEW ${quoted(relation)} AS ${rows}`);
      return { name: relation, schema: null };
    }
    const name = `${table.name} at ${id ?? 'no snapshot'}`;
    const { io } = this.#stores;
    const loaded = await loadSnapshot(this.#engine, io, version.metadata, id, { name });
    return { name, schema: loaded.schema, leftOut: loaded.leftOut };
  }

  /** Lets go of the snapshots. */
  release(): void {
    for (const release of this.#leases.splice(0)) release();
  }

  async #resolve(table: string, asOf: AsOf | null): Promise<TableVersion> {
    const at = asOf === null ? this.#at : atOf(asOf);
    const key = `${table} ${at}`;
    const known = this.#versions.get(key);
    if (known) return known;
    const { version, release } = await this.#stores.versions.lease(table, at);
    this.#leases.push(release);
    this.#versions.set(key, version);
    return version;
  }

  async #loadDataset(parts: readonly string[], asOf: AsOf | null): Promise<Relation | null> {
    const datasets = this.#datasets ?? [];
    const found = findRelation(
      parts,
      datasets.map(({ address }) => address),
    );
    const dataset = datasets.find(({ address }) => address === found?.name);
    if (!dataset || found?.metadata !== null) return null;
    const { address, files } = dataset;
    if (asOf !== null) {
      throw new IcejamError('IllegalArgument', `${address} is dropped data and has no versions`, {
        context: { dataset: address },
        remedy: 'Leave AS OF out.',
      });
    }
    const { loadedDatasets: loaded } = this.#stores;
    const content = files.map((file) => `${file.name} ${file.sha256} ${file.droppedAt}`).join('\n');
    if (loaded.get(address) !== content) {
      await loadDroppedDataset(this.#engine, this.#stores, address, address);
      loaded.set(address, content);
    }
    return { name: address, schema: null };
  }
}

/** What `AS OF` asks for; Spark takes a bare number as epoch seconds where it expects a time. */
function atOf({ kind, value }: AsOf): At {
  const isSeconds = kind === 'timestamp' && /^\d+$/.test(value);
  return isSeconds ? new Date(Number(value) * 1000).toISOString() : value;
}
