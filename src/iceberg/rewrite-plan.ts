import { referencedDataFile } from './delete-index.ts';
import { matchFile } from './expression-match.ts';
import { alwaysTrue, type Expression } from './expression.ts';
import type { ManifestEntry } from './manifest-types.ts';
import { partitionKey } from './partition-spec.ts';
import type { FileScanTask } from './scan.ts';
import { currentSchema, specById } from './table.ts';
import type { TableMetadata } from './table-metadata.ts';

/** Which files a compaction takes and how large it makes them. Sizes in bytes of Parquet. */
export interface RewritePlanOptions {
  /** Only files that may hold matching rows; all by default. */
  filter?: Expression;
  /** The size to write; `write.target-file-size-bytes` of the table by default. */
  targetFileSize?: number;
  /** Smaller files are rewritten; 75 % of the target by default. */
  minFileSize?: number;
  /** Larger files are rewritten; 180 % of the target by default. */
  maxFileSize?: number;
  /** So many files are worth rewriting whatever they hold; 2 by default, where Java's is 5. */
  minInputFiles?: number;
  /** A file with so many delete files is rewritten; by default no number is enough. */
  deleteFileThreshold?: number;
  /** A file that has lost so great a part of its rows is rewritten; 0.3 by default. */
  deleteRatioThreshold?: number;
  /** Takes every file, whatever its size. */
  rewriteAll?: boolean;
  /** As much is rewritten at once. */
  maxFileGroupSize: number;
}

/** Files of one partition that are rewritten together. */
export interface RewriteGroup {
  tasks: FileScanTask[];
  /** How many files of about the target's size the rows go into. */
  outputFiles: number;
}

const defaultTargetSize = 512 * 1024 * 1024;

/**
 * The groups of files that a compaction rewrites (Java's BinPackRewriteFilePlanner): per partition of the current spec,
 * files of the wrong size and files with many deletes, packed to `maxFileGroupSize`; files of older specs are all one
 * group. A group from which as many files of the same rows would come is left as it is. None: there is nothing to do.
 */
export function planRewrite(
  tasks: readonly FileScanTask[],
  metadata: TableMetadata,
  options: RewritePlanOptions,
): RewriteGroup[] {
  return new RewritePlanner(metadata, options).plan(tasks);
}

class RewritePlanner {
  readonly #metadata: TableMetadata;
  readonly #options: Required<RewritePlanOptions>;

  constructor(metadata: TableMetadata, options: RewritePlanOptions) {
    const stated = metadata.properties['write.target-file-size-bytes'];
    const target = options.targetFileSize ?? Number(stated ?? defaultTargetSize);
    this.#metadata = metadata;
    this.#options = {
      filter: alwaysTrue,
      targetFileSize: target,
      minFileSize: Math.floor(target * 0.75),
      maxFileSize: Math.floor(target * 1.8),
      minInputFiles: 2,
      deleteFileThreshold: Infinity,
      deleteRatioThreshold: 0.3,
      rewriteAll: false,
      ...options,
    };
  }

  plan(tasks: readonly FileScanTask[]): RewriteGroup[] {
    const partitions = new Map<string, FileScanTask[]>();
    for (const task of tasks) {
      if (!this.#mayMatch(task.file) || !this.#isCandidate(task)) continue;
      const key = this.#partitionOf(task.file);
      partitions.set(key, [...(partitions.get(key) ?? []), task]);
    }
    return [...partitions.values()].flatMap((partition) =>
      this.#pack(partition)
        .map((group) => ({ tasks: group, outputFiles: this.#outputFiles(sizeOf(group)) }))
        .filter((group) => this.#isWorthIt(group)),
    );
  }

  #mayMatch({ data_file: file, spec_id: specId }: ManifestEntry): boolean {
    const spec = specById(this.#metadata, specId);
    return matchFile(this.#options.filter, file, spec, currentSchema(this.#metadata)) !== 'none';
  }

  #isCandidate(task: FileScanTask): boolean {
    const { minFileSize, maxFileSize, rewriteAll } = this.#options;
    const size = task.file.data_file.file_size_in_bytes;
    return rewriteAll || size < minFileSize || size > maxFileSize || this.#hasManyDeletes(task);
  }

  #hasManyDeletes({ file, deletes }: FileScanTask): boolean {
    const { deleteFileThreshold, deleteRatioThreshold } = this.#options;
    // Of a delete file for several data files nobody knows how many of its rows are about this one.
    const own = deletes.filter((entry) => referencedDataFile(entry) !== null);
    const deleted = own.reduce((sum, { data_file: each }) => sum + each.record_count, 0);
    return (
      deletes.length >= deleteFileThreshold ||
      (deleted > 0 && deleted / file.data_file.record_count >= deleteRatioThreshold)
    );
  }

  #isOfCurrentSpec({ spec_id: specId }: ManifestEntry): boolean {
    return specId === this.#metadata['default-spec-id'];
  }

  #partitionOf(file: ManifestEntry): string {
    return this.#isOfCurrentSpec(file)
      ? partitionKey(file.spec_id, file.data_file.partition)
      : 'older specs';
  }

  /** The files in their order, in as few groups as keep the limit that way (Java's ListPacker without a look back). */
  #pack(tasks: readonly FileScanTask[]): FileScanTask[][] {
    const groups: FileScanTask[][] = [];
    let size = 0;
    for (const task of tasks) {
      const group = groups.at(-1);
      size += task.file.data_file.file_size_in_bytes;
      if (group !== undefined && size <= this.#options.maxFileGroupSize) {
        group.push(task);
      } else {
        groups.push([task]);
        size = task.file.data_file.file_size_in_bytes;
      }
    }
    return groups;
  }

  #isWorthIt({ tasks, outputFiles }: RewriteGroup): boolean {
    const { rewriteAll, minInputFiles, targetFileSize, maxFileSize } = this.#options;
    if (rewriteAll || tasks.some((task) => this.#hasManyDeletes(task))) return true;
    const size = sizeOf(tasks);
    const isEnough =
      (tasks.length > 1 && (tasks.length >= minInputFiles || size > targetFileSize)) ||
      size > maxFileSize;
    const isSame =
      outputFiles === tasks.length &&
      tasks.every(({ file, deletes }) => this.#isOfCurrentSpec(file) && deletes.length === 0);
    return isEnough && !isSame;
  }

  /** A rest too small for a file of its own goes into the others, unless that makes them too large. */
  #outputFiles(size: number): number {
    const { targetFileSize: target, minFileSize, maxFileSize } = this.#options;
    const whole = Math.floor(size / target);
    const rest = size % target;
    if (whole === 0 || rest === 0) return Math.max(1, whole);
    const widest = Math.min(1.1 * target, (target + maxFileSize) / 2);
    return rest <= minFileSize && size / whole < widest ? whole : whole + 1;
  }
}

const sizeOf = (tasks: readonly FileScanTask[]): number =>
  tasks.reduce((sum, { file }) => sum + file.data_file.file_size_in_bytes, 0);

/** The data files of groups, and the delete files that are about nothing else. */
export function filesOf(groups: readonly RewriteGroup[]): ManifestEntry[] {
  const tasks = groups.flatMap((group) => group.tasks);
  const deletes = tasks.flatMap((task) =>
    task.deletes.filter((entry) => referencedDataFile(entry) !== null),
  );
  return [...tasks.map(({ file }) => file), ...deletes];
}
