import { IcejamError } from '../error.ts';
import { isDeletionVector, referencedDataFile } from './delete-index.ts';
import { matchFile } from './expression-match.ts';
import { alwaysFalse, printExpression, type Expression } from './expression.ts';
import { summarizeFile } from './file-summary.ts';
import { hasLiveFiles, isLive, type ManifestReader } from './manifest-reader.ts';
import type { DataFile, ManifestEntry, ManifestFile } from './manifest-types.ts';
import { PartitionSet } from './partition-set.ts';
import { currentSchema, specById } from './table.ts';
import type { TableMetadata } from './table-metadata.ts';

/** Which live files an operation takes out of the table. Decided anew on each base. */
export interface Removal {
  /** Files all of whose rows match; one that matches in part is a conflict. */
  filter: Expression;
  /** Files of these partitions. */
  partitions: PartitionSet;
  /** These very files, by {@link fileKey}. */
  files: ReadonlySet<string>;
  /** Whether it is a conflict if one of `files` is no longer live. */
  mustExist: boolean;
  /** Whether it is a conflict if anything goes at all. */
  mustBeEmpty: boolean;
}

/** The removal of nothing; spread it and say what else. */
export const removeNothing: Removal = {
  filter: alwaysFalse,
  partitions: new PartitionSet(),
  files: new Set(),
  mustExist: false,
  mustBeEmpty: false,
};

/** What a removal comes to on one base. */
export interface RemovalPlan {
  /** The files that go, data and delete files, in the order of the manifests. */
  removed: ManifestEntry[];
  /** Further entries of the same files in the same manifests: a file that was listed twice. */
  duplicates: number;
  /** The entries that go, by the path of their manifest. */
  byManifest: ReadonlyMap<string, ReadonlySet<ManifestEntry>>;
}

/** What a file is known by: its path, and its place in it for a deletion vector, as several share one file. */
export function fileKey(file: DataFile): string {
  return isDeletionVector({ data_file: file })
    ? `${file.file_path}#${file.content_offset ?? 0}`
    : file.file_path;
}

/**
 * Decides which live files of these manifests go. `oldestAdded` is the lowest data sequence number among the files
 * that the operation adds. An operation that removes or looks for data files takes every delete file along that can
 * match nothing any more, also where another has removed the data file meanwhile.
 * Throws `Validation` for a file that the filter cuts and for a missing file.
 */
export async function planRemoval(
  removal: Removal,
  metadata: TableMetadata,
  manifests: readonly ManifestFile[],
  reader: ManifestReader,
  oldestAdded: number,
): Promise<RemovalPlan> {
  const plan = new Plan(removal, metadata, reader);
  const ofContent = (content: 0 | 1) =>
    manifests.filter((manifest) => manifest.content === content && hasLiveFiles(manifest));
  await plan.remove(ofContent(0), (entry) => plan.goes(entry));
  plan.checkEmpty();
  const mayLeaveDead =
    removal.filter.op !== 'false' || removal.partitions.specIds.size > 0 || removal.files.size > 0;
  await plan.remove(ofContent(1), (entry) => plan.deleteFileGoes(entry));
  if (mayLeaveDead) await plan.removeDeadDeletes(ofContent(0), ofContent(1), oldestAdded);
  plan.checkMissing();
  return plan;
}

class Plan implements RemovalPlan {
  readonly removed: ManifestEntry[] = [];
  duplicates = 0;
  readonly #removedKeys = new Set<string>();
  readonly byManifest = new Map<string, Set<ManifestEntry>>();
  readonly #removal: Removal;
  readonly #metadata: TableMetadata;
  readonly #reader: ManifestReader;

  constructor(removal: Removal, metadata: TableMetadata, reader: ManifestReader) {
    this.#removal = removal;
    this.#metadata = metadata;
    this.#reader = reader;
  }

  async remove(
    manifests: readonly ManifestFile[],
    goes: (entry: ManifestEntry) => boolean,
  ): Promise<void> {
    for (const manifest of manifests) {
      if (!this.#mayHold(manifest)) continue;
      const entries = await this.#reader.entries(this.#metadata, manifest);
      this.#take(
        manifest,
        entries.filter((entry) => isLive(entry) && goes(entry)),
      );
    }
  }

  #take(manifest: ManifestFile, entries: readonly ManifestEntry[]): void {
    if (entries.length === 0) return;
    const path = manifest.manifest_path;
    this.byManifest.set(path, new Set([...(this.byManifest.get(path) ?? []), ...entries]));
    const inManifest = new Set<string>();
    for (const entry of entries) {
      const key = fileKey(entry.data_file);
      if (inManifest.has(key)) this.duplicates += 1;
      else this.removed.push(entry);
      inManifest.add(key);
      this.#removedKeys.add(key);
    }
  }

  #mayHold(manifest: ManifestFile): boolean {
    const { filter, files, partitions } = this.#removal;
    return (
      filter.op !== 'false' || files.size > 0 || partitions.specIds.has(manifest.partition_spec_id)
    );
  }

  goes(entry: ManifestEntry): boolean {
    if (this.#isNamed(entry)) return true;
    const found = this.#matched(entry);
    if (found === 'some') {
      const { file_path: path } = entry.data_file;
      throw new IcejamError(
        'Validation',
        `Cannot delete file where some, but not all, rows match filter ${printExpression(this.#removal.filter, currentSchema(this.#metadata))}: ${path}`,
        { remedy: 'Overwrite by a filter that follows the partitions of the table.' },
      );
    }
    return found === 'all';
  }

  /** A delete file that the filter cuts stays: it may still apply to the rows that stay. */
  deleteFileGoes(entry: ManifestEntry): boolean {
    return this.#isNamed(entry) || this.#matched(entry) === 'all';
  }

  #isNamed({ data_file: file, spec_id: specId }: ManifestEntry): boolean {
    const { files, partitions } = this.#removal;
    return files.has(fileKey(file)) || partitions.has(specId, file.partition);
  }

  #matched({ data_file: file, spec_id: specId }: ManifestEntry) {
    const spec = specById(this.#metadata, specId);
    return matchFile(this.#removal.filter, file, spec, currentSchema(this.#metadata));
  }

  async removeDeadDeletes(
    dataManifests: readonly ManifestFile[],
    deleteManifests: readonly ManifestFile[],
    oldestAdded: number,
  ): Promise<void> {
    if (deleteManifests.length === 0) return;
    const isGone = (entry: ManifestEntry) => this.#removedKeys.has(fileKey(entry.data_file));
    const isFileGone = (path: string) =>
      this.#removedKeys.has(path) || this.#removal.files.has(path);
    let oldest = oldestAdded;
    for (const manifest of dataManifests) {
      if (!this.byManifest.has(manifest.manifest_path)) {
        oldest = Math.min(oldest, manifest.min_sequence_number);
        continue;
      }
      for (const entry of await this.#reader.entries(this.#metadata, manifest)) {
        if (isLive(entry) && !isGone(entry)) oldest = Math.min(oldest, entry.sequence_number);
      }
    }
    for (const manifest of deleteManifests) {
      const entries = await this.#reader.entries(this.#metadata, manifest);
      this.#take(
        manifest,
        entries.filter(
          (entry) =>
            isLive(entry) &&
            !isGone(entry) &&
            (entry.sequence_number < oldest ||
              (isDeletionVector(entry) && isFileGone(referencedDataFile(entry) ?? ''))),
        ),
      );
    }
  }

  checkEmpty(): void {
    const [entry] = this.removed;
    if (!this.#removal.mustBeEmpty || entry === undefined) return;
    const { partition } = summarizeFile(this.#metadata, entry);
    throw new IcejamError(
      'Validation',
      `Cannot commit file that conflicts with existing partition: ${partition}`,
    );
  }

  checkMissing(): void {
    const { files, mustExist } = this.#removal;
    if (!mustExist) return;
    const missing = [...files].filter((key) => !this.#removedKeys.has(key));
    if (missing.length > 0) {
      throw new IcejamError(
        'Validation',
        `Missing required files to delete: ${missing.join(',')}`,
        { remedy: 'Another commit has removed them: run the job again on the table as it is now.' },
      );
    }
  }
}
