import { IcejamError } from '../error.ts';
import {
  DeleteIndex,
  isDeletionVector,
  printDeletionVector,
  referencedDataFile,
} from './delete-index.ts';
import { matchFile } from './expression-match.ts';
import { alwaysTrue, printExpression, type Expression } from './expression.ts';
import { isLive, type ManifestReader } from './manifest-reader.ts';
import { content, status, type ManifestEntry, type ManifestFile } from './manifest-types.ts';
import type { PartitionSet } from './partition-set.ts';
import type { ChangedFile } from './snapshot-summary.ts';
import { ancestorsOf, currentSchema, snapshotById, specById } from './table.ts';
import type { Snapshot, SnapshotOperation, TableMetadata } from './table-metadata.ts';

/** The part of a table that a check looks at: partitions, or whatever may hold rows that match a filter. */
export type Scope = { partitions: PartitionSet } | { filter: Expression };

/** The whole table. */
export const everything: Scope = { filter: alwaysTrue };

/** The operations that can remove data files. */
const removing: readonly SnapshotOperation[] = ['overwrite', 'replace', 'delete'];

/** What a set of commits did to files of one content. */
interface Changes {
  manifests: ManifestFile[];
  snapshotIds: ReadonlySet<bigint>;
}

/** Which commits are looked at. */
export interface ValidatedHistory {
  /** The newest snapshot of the branch. */
  head: Snapshot | null;
  /** The snapshot to begin after; `null` looks at the whole history. */
  since: bigint | null;
  /** Snapshots of the operation's own transaction, which are passed over. */
  own: ReadonlySet<bigint>;
}

/**
 * Looks for commits since a starting snapshot that conflict with an operation; every check throws `Validation` with
 * Java's text. The rules are those of MergingSnapshotProducer.
 */
export class Validator {
  readonly #metadata: TableMetadata;
  readonly #head: Snapshot | null;
  readonly #since: bigint | null;
  readonly #own: ReadonlySet<bigint>;
  readonly #reader: ManifestReader;

  constructor(
    metadata: TableMetadata,
    { head, since, own }: ValidatedHistory,
    reader: ManifestReader,
  ) {
    this.#metadata = metadata;
    this.#head = head;
    this.#since = since;
    this.#own = own;
    this.#reader = reader;
  }

  /** The starting snapshot is the branch's head or an ancestor of it. Throws `IllegalArgument` if not. */
  startIsAncestor(): void {
    const head = this.#head?.['snapshot-id'] ?? null;
    if (this.#since === null || head === null) return;
    for (const snapshot of ancestorsOf(this.#metadata, head)) {
      if (snapshot['snapshot-id'] === this.#since) return;
    }
    throw new IcejamError(
      'IllegalArgument',
      `Snapshot ${this.#since} is not an ancestor of ${head}`,
    );
  }

  /** No data file was added there; compaction is not an addition. */
  async noAddedDataFiles(scope: Scope): Promise<void> {
    const added = await this.#changed(['append', 'overwrite'], status.added);
    this.#forbid(
      added,
      scope,
      'partitions' in scope
        ? 'Found conflicting files that can contain records matching partitions'
        : 'Found conflicting files that can contain records matching',
    );
  }

  /** No data file was deleted there, by whatever operation: compaction too would lose its new file. */
  async noDeletedDataFiles(scope: Scope, by = removing): Promise<void> {
    this.#forbid(
      await this.#changed(by, status.deleted),
      scope,
      'partitions' in scope
        ? 'Found conflicting deleted files that can apply to records matching'
        : 'Found conflicting deleted files that can contain records matching',
    );
  }

  /** Nothing that a job has read has changed; compaction leaves the rows as they were. */
  async unchanged(scopes: readonly Scope[]): Promise<void> {
    try {
      for (const scope of scopes) {
        await this.noAddedDataFiles(scope);
        await this.noDeletedDataFiles(scope, ['overwrite', 'delete']);
        await this.noAddedDeleteFiles(scope);
      }
    } catch (thrown) {
      if (!(thrown instanceof IcejamError) || thrown.kind !== 'Validation') throw thrown;
      throw this.#conflict(
        `Rows that this operation has read were changed since: ${thrown.message}`,
      );
    }
  }

  /** No delete file was added that may apply there. */
  async noAddedDeleteFiles(scope: Scope): Promise<void> {
    this.#forbid(
      await this.#addedDeleteFiles(),
      scope,
      'Found new conflicting delete files that can apply to records matching',
    );
  }

  /** No delete file was added that applies to one of these data files, as far as it may match the filter. */
  async noNewDeletesFor(
    files: readonly ChangedFile[],
    { filter = alwaysTrue, ignoreEqualityDeletes = false } = {},
  ): Promise<void> {
    const added = this.#within(await this.#addedDeleteFiles(), { filter });
    const index = new DeleteIndex(added, this.#metadata);
    for (const file of files) {
      const found = index
        .forDataFile(file, this.#startingSequenceNumber())
        .filter(
          (entry) => !ignoreEqualityDeletes || entry.data_file.content === content.positionDeletes,
        );
      if (found.length === 0) continue;
      throw this.#conflict(
        `Cannot commit, found new ${ignoreEqualityDeletes ? 'position ' : ''}delete for replaced data file: ${file.data_file.file_path}`,
      );
    }
  }

  /** None of these data files was removed; `skipDeletes` looks away from plain deletes. */
  async dataFilesExist(
    paths: ReadonlySet<string>,
    { skipDeletes, filter = alwaysTrue }: { skipDeletes: boolean; filter?: Expression },
  ): Promise<void> {
    if (paths.size === 0) return;
    const by = removing.filter((operation) => !skipDeletes || operation !== 'delete');
    const removed = await this.#changed(by, status.deleted);
    const missing = this.#within(removed, { filter }).filter((entry) =>
      paths.has(entry.data_file.file_path),
    );
    if (missing.length > 0)
      throw this.#conflict(`Cannot commit, missing data files: ${printFiles(missing)}`);
  }

  /** No deletion vector was added for one of these data files (format version 3). */
  async noAddedVectorsFor(paths: ReadonlySet<string>): Promise<void> {
    if (paths.size === 0) return;
    const { manifests, snapshotIds } = await this.#changes(['overwrite', 'delete', 'replace'], 1);
    const entries = await this.#reader.allEntries(this.#metadata, manifests);
    for (const entry of entries) {
      const path = referencedDataFile(entry) ?? '';
      const added = isLive(entry) && snapshotIds.has(entry.snapshot_id) && isDeletionVector(entry);
      if (added && paths.has(path)) {
        throw this.#conflict(
          `Found concurrently added DV for ${path}: ${printDeletionVector(entry)}`,
        );
      }
    }
  }

  async #changed(
    operations: readonly SnapshotOperation[],
    wanted: typeof status.added | typeof status.deleted,
  ): Promise<ManifestEntry[]> {
    const { manifests, snapshotIds } = await this.#changes(operations, 0);
    const entries = await this.#reader.allEntries(this.#metadata, manifests);
    return entries.filter((entry) => entry.status === wanted && snapshotIds.has(entry.snapshot_id));
  }

  async #addedDeleteFiles(): Promise<ManifestEntry[]> {
    if (this.#metadata['format-version'] < 2) return [];
    const { manifests } = await this.#changes(['overwrite', 'delete'], 1);
    const entries = await this.#reader.allEntries(this.#metadata, manifests);
    const from = this.#startingSequenceNumber();
    return entries.filter((entry) => isLive(entry) && entry.sequence_number > from);
  }

  #startingSequenceNumber(): number {
    if (this.#since === null) return 0;
    return snapshotById(this.#metadata, this.#since)?.['sequence-number'] ?? 0;
  }

  /** What the snapshots with these operations wrote; each manifest is listed where it was written. */
  async #changes(operations: readonly SnapshotOperation[], wanted: 0 | 1): Promise<Changes> {
    const snapshots = this.#snapshots().filter(({ summary }) =>
      operations.includes(summary.operation),
    );
    const snapshotIds = new Set(snapshots.map((snapshot) => snapshot['snapshot-id']));
    const lists = await Promise.all(snapshots.map((snapshot) => this.#reader.manifests(snapshot)));
    const manifests = lists.flatMap((list, index) =>
      list.filter(
        (manifest) =>
          manifest.content === wanted &&
          manifest.added_snapshot_id === snapshots[index]?.['snapshot-id'],
      ),
    );
    return { manifests, snapshotIds };
  }

  #snapshots(): Snapshot[] {
    const snapshots: Snapshot[] = [];
    for (const snapshot of ancestorsOf(this.#metadata, this.#head?.['snapshot-id'] ?? null)) {
      if (snapshot['snapshot-id'] === this.#since) break;
      snapshots.push(snapshot);
    }
    const last = snapshots.at(-1);
    if (last !== undefined && (last['parent-snapshot-id'] ?? null) !== this.#since) {
      throw this.#conflict(
        `Cannot determine history between starting snapshot ${String(this.#since)} and the last known ancestor ${last['snapshot-id']}`,
      );
    }
    return snapshots.filter((snapshot) => !this.#own.has(snapshot['snapshot-id']));
  }

  #forbid(entries: readonly ManifestEntry[], scope: Scope, message: string): void {
    const found = this.#within(entries, scope);
    if (found.length === 0) return;
    const what =
      'partitions' in scope
        ? scope.partitions.print(this.#metadata)
        : printExpression(scope.filter, currentSchema(this.#metadata));
    throw this.#conflict(`${message} ${what}: ${printFiles(found)}`);
  }

  /** The context tells between which snapshots the conflict was found. */
  #conflict(message: string): IcejamError {
    const head = this.#head?.['snapshot-id'];
    return new IcejamError('Validation', message, {
      context: {
        ...(this.#since === null ? {} : { since: String(this.#since) }),
        ...(head === undefined ? {} : { head: String(head) }),
      },
      remedy: 'Run the job again: it then starts from the table as it is now.',
    });
  }

  #within(entries: readonly ManifestEntry[], scope: Scope): ManifestEntry[] {
    return filesWithin(entries, scope, this.#metadata);
  }
}

/** Those of some files that may hold rows of a part of the table. */
export function filesWithin<File extends ChangedFile>(
  files: readonly File[],
  scope: Scope,
  metadata: TableMetadata,
): File[] {
  if ('partitions' in scope) {
    return files.filter(({ spec_id: specId, data_file: file }) =>
      scope.partitions.has(specId, file.partition),
    );
  }
  const schema = currentSchema(metadata);
  return files.filter(({ spec_id: specId, data_file: file }) => {
    const spec = specById(metadata, specId);
    return matchFile(scope.filter, file, spec, schema) !== 'none';
  });
}

function printFiles(entries: readonly ManifestEntry[]): string {
  return `[${entries.map((entry) => entry.data_file.file_path).join(', ')}]`;
}
