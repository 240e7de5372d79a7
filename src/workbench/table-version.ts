import { IcejamError } from '../error.ts';
import { isoTimestamp } from '../iceberg/date-time.ts';
import type { Catalog, FileIO, Pointer, TableName } from '../iceberg/ports.ts';
import { currentSnapshot, moveSince, snapshotById } from '../iceberg/table.ts';
import { metadataVersion, parseTableMetadata } from '../iceberg/table-metadata-file.ts';
import type { Snapshot, TableMetadata } from '../iceberg/table-metadata.ts';
import type { Database } from '../storage/database.ts';
import { type Leased, leaseVersion } from '../storage/lease.ts';
import { registeredLocation } from '../storage/registrations.ts';
import type { At } from './api.ts';

/** One version of a table: all that is read of the table in one query comes from it. */
export interface TableVersion {
  name: TableName;
  /** The pointer's version at which the metadata file was current. */
  version: number;
  location: string;
  metadata: TableMetadata;
  /** `null`: the table is empty. */
  snapshot: Snapshot | null;
}

/** Metadata files that are kept parsed; they never change. */
const maxParsed = 32;

/** Finds the version of a table that a reader asks for. */
export class TableVersions {
  readonly #db: Database;
  readonly #io: FileIO;
  readonly #catalog: Catalog;
  readonly #parsed = new Map<string, TableMetadata>();

  constructor(db: Database, io: FileIO, catalog: Catalog) {
    this.#db = db;
    this.#io = io;
    this.#catalog = catalog;
  }

  /** Throws `NoSuchTable`, `IllegalState` if no version is registered, `IllegalArgument` for a version that is not there. */
  async resolve(name: TableName, at: At = 'latest'): Promise<TableVersion> {
    const pointer = await this.#catalog.load(name);
    if (pointer === null) throw noSuchTable(name);
    const latest = await this.#current(name, pointer);
    if (latest === null) return this.resolve(name, at);
    if (at !== 'registered') {
      const snapshot = at === 'latest' ? currentSnapshot(latest) : snapshotAt(name, latest, at);
      return { name, ...pointer, metadata: latest, snapshot };
    }
    const location = await registeredLocation(this.#db, name);
    if (location === null) throw notRegistered(name);
    const metadata = await this.#registered(name, location);
    const version = versionOf(pointer, latest, location);
    return { name, version, location, metadata, snapshot: currentSnapshot(metadata) };
  }

  /** As {@link resolve}; the files of its snapshot are kept until the lease is released. */
  lease(name: TableName, at: At = 'latest'): Promise<Leased<TableVersion>> {
    return leaseVersion(
      name,
      () => this.resolve(name, at),
      ({ snapshot }) => (snapshot === null ? [] : [snapshot['snapshot-id']]),
    );
  }

  /** Forgets what was read. */
  clear(): void {
    this.#parsed.clear();
  }

  /** `null`: the file was deleted because the table has moved on. */
  async #current(name: TableName, pointer: Pointer): Promise<TableMetadata | null> {
    try {
      return await this.#metadata(pointer.location);
    } catch (thrown) {
      if ((await moveSince(this.#catalog, name, pointer, thrown)) !== null) return null;
      throw thrown;
    }
  }

  async #registered(name: TableName, location: string): Promise<TableMetadata> {
    try {
      return await this.#metadata(location);
    } catch (thrown) {
      if (!(thrown instanceof IcejamError) || thrown.kind !== 'NotFound') throw thrown;
      throw new IcejamError('IllegalState', `The registered version of ${name} was deleted`, {
        context: { table: name, location },
        remedy: 'Register another with dataos-tool dataset set-metadata, or follow the latest.',
        cause: thrown,
      });
    }
  }

  async #metadata(location: string): Promise<TableMetadata> {
    const known = this.#parsed.get(location);
    if (known) return known;
    const metadata = await parseTableMetadata(await this.#io.read(location), location);
    const [oldest] = this.#parsed.keys();
    if (oldest !== undefined && this.#parsed.size >= maxParsed) this.#parsed.delete(oldest);
    this.#parsed.set(location, metadata);
    return metadata;
  }
}

/**
 * The pointer's version when it named a metadata file: each commit adds one file to the log. A file that the log does
 * not name any more, or that was current before the table was imported, has the number in its name.
 */
export function versionOf(pointer: Pointer, metadata: TableMetadata, location: string): number {
  if (location === pointer.location) return pointer.version;
  const log = metadata['metadata-log'];
  const index = log.findLastIndex((entry) => entry['metadata-file'] === location);
  const version = pointer.version - log.length + index;
  return index < 0 || version < 1 ? metadataVersion(location) : version;
}

/** The snapshot that an id, the name of a branch or tag, or a time stands for. */
function snapshotAt(name: TableName, metadata: TableMetadata, at: string): Snapshot {
  if (/^\d+$/.test(at)) return known(name, metadata, BigInt(at));
  const ref = metadata.refs[at];
  if (ref) return known(name, metadata, ref['snapshot-id']);
  const millis = instantOf(at);
  if (Number.isNaN(millis)) {
    throw unknownVersion(name, `Cannot find a snapshot, branch, tag or time: ${at}`);
  }
  const entry = metadata['snapshot-log'].findLast((logged) => logged['timestamp-ms'] <= millis);
  if (entry) return known(name, metadata, entry['snapshot-id']);
  const time = isoTimestamp(BigInt(millis), 1000n);
  throw unknownVersion(name, `Cannot find a snapshot older than ${time}+00:00`);
}

/** Epoch ms of a time as ISO or Spark write it, in UTC unless it says otherwise; NaN if it is none. */
function instantOf(text: string): number {
  const match = /^(\d{4}-\d{2}-\d{2})(?:[T ]([\d:.]+))?\s*(Z|UTC|[+-]\d{2}:\d{2})?$/i.exec(
    text.trim(),
  );
  if (!match) return NaN;
  const [, date = '', time = '00:00:00', zone = 'Z'] = match;
  return Date.parse(`${date}T${time}${zone.toUpperCase() === 'UTC' ? 'Z' : zone}`);
}

function known(name: TableName, metadata: TableMetadata, id: bigint): Snapshot {
  const snapshot = snapshotById(metadata, id);
  if (snapshot) return snapshot;
  throw unknownVersion(name, `Cannot find snapshot with ID ${id}`);
}

function unknownVersion(table: TableName, message: string): IcejamError {
  return new IcejamError('IllegalArgument', message, {
    context: { table },
    remedy: 'Look the snapshots of the table up and name one of them.',
  });
}

function noSuchTable(table: TableName): IcejamError {
  return new IcejamError('NoSuchTable', `Table does not exist: ${table}`, {
    context: { table },
    remedy: 'Run a job that writes it, or mend the name.',
  });
}

function notRegistered(table: TableName): IcejamError {
  return new IcejamError('IllegalState', `No version of ${table} is registered`, {
    context: { table },
    remedy: 'Run dataos-tool dataset set-metadata, or follow the latest version.',
  });
}
