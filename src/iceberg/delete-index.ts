import { IcejamError } from '../error.ts';
import { content, type ManifestEntry } from './manifest-types.ts';
import { partitionKey } from './partition-spec.ts';
import { specById } from './table.ts';
import type { TableMetadata } from './table-metadata.ts';

/** The column of a position delete file that names the data file (spec, "Reserved Field IDs"). */
const deleteFilePathId = 2147483546;

/** Finds the delete files that apply to a data file (spec, "Scan Planning"; Java's DeleteFileIndex). */
export class DeleteIndex {
  readonly #byPath = new Map<string, ManifestEntry[]>();
  readonly #byPartition = new Map<string, ManifestEntry[]>();
  readonly #global: ManifestEntry[] = [];

  /** `deletes`: live entries of delete manifests. */
  constructor(deletes: readonly ManifestEntry[], metadata: TableMetadata) {
    for (const entry of deletes) {
      const file = entry.data_file;
      const path = referencedDataFile(entry);
      if (path !== null) {
        push(this.#byPath, path, entry);
      } else if (
        file.content === content.equalityDeletes &&
        specById(metadata, entry.spec_id).fields.length === 0
      ) {
        this.#global.push(entry);
      } else {
        push(this.#byPartition, partitionKey(entry.spec_id, file.partition), entry);
      }
    }
  }

  /** The delete files that apply to a data file of that data sequence number. */
  forDataFile(
    entry: Pick<ManifestEntry, 'spec_id' | 'data_file'>,
    sequenceNumber: number,
  ): ManifestEntry[] {
    const file = entry.data_file;
    const applies = (deletes: readonly ManifestEntry[] = []) =>
      deletes.filter((deletion) =>
        deletion.data_file.content === content.equalityDeletes
          ? deletion.sequence_number > sequenceNumber
          : deletion.sequence_number >= sequenceNumber,
      );
    const own = applies(this.#byPath.get(file.file_path));
    const shared = applies(this.#byPartition.get(partitionKey(entry.spec_id, file.partition)));
    // A deletion vector stands for all position deletes of its data file.
    const positional = own.some(isDeletionVector) ? own.filter(isDeletionVector) : own;
    const rest = own.some(isDeletionVector)
      ? shared.filter((deletion) => deletion.data_file.content === content.equalityDeletes)
      : shared;
    return [...applies(this.#global), ...rest, ...positional];
  }
}

/** Whether a delete file is a deletion vector (format version 3). */
export function isDeletionVector({ data_file }: Pick<ManifestEntry, 'data_file'>): boolean {
  return data_file.file_format.toUpperCase() === 'PUFFIN';
}

/** A deletion vector as Java prints it. */
export function printDeletionVector({ data_file: file }: Pick<ManifestEntry, 'data_file'>): string {
  return `DV{location=${file.file_path}, offset=${String(file.content_offset)}, length=${String(file.content_size_in_bytes)}, referencedDataFile=${String(file.referenced_data_file)}}`;
}

/**
 * Throws `IllegalArgument` for position deletes in the form of another format version: deletion vectors from v3 on,
 * Parquet files before.
 */
export function checkPositionDeletes(
  formatVersion: number,
  file: Pick<ManifestEntry, 'data_file'>,
): void {
  if (file.data_file.content !== content.positionDeletes) return;
  const isVector = isDeletionVector(file);
  if (isVector === formatVersion > 2) return;
  throw new IcejamError(
    'IllegalArgument',
    isVector
      ? `Must not use DVs for position deletes in V${formatVersion}: ${printDeletionVector(file)}`
      : `Must use DVs for position deletes in V${formatVersion}: ${file.data_file.file_path}`,
  );
}

/** The one data file that a position delete file is about, `null` if it may be about several. */
export function referencedDataFile({
  data_file: file,
}: Pick<ManifestEntry, 'data_file'>): string | null {
  if (file.content !== content.positionDeletes) return null;
  if (file.referenced_data_file !== undefined) return file.referenced_data_file;
  const lower = file.lower_bounds?.get(deleteFilePathId);
  const upper = file.upper_bounds?.get(deleteFilePathId);
  if (lower === undefined || upper === undefined) return null;
  const path = new TextDecoder().decode(lower);
  return path === new TextDecoder().decode(upper) ? path : null;
}

function push(index: Map<string, ManifestEntry[]>, key: string, entry: ManifestEntry): void {
  const known = index.get(key);
  if (known === undefined) index.set(key, [entry]);
  else known.push(entry);
}
