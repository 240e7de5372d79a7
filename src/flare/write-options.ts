import { nearest } from '../nearest.ts';
import type { ProblemList } from './problem.ts';
import type { Sink } from './workflow.ts';
import type { YamlEntry } from './yaml-tree.ts';

/** Iceberg's Spark write options (`SparkWriteOptions`), which Flare accepts among the table properties. */
const writeOptions = [
  'write-format',
  'target-file-size-bytes',
  'check-nullability',
  'fanout-enabled',
  'check-ordering',
  'overwrite-mode',
  'isolation-level',
  'validate-from-snapshot-id',
  'validate-reads',
  'merge-schema',
  'distribution-mode',
  'compression-codec',
  'compression-level',
  'compression-strategy',
  'branch',
];

/** Table properties that Flare's workflows use and that this program reads (`TableProperties`). */
const tableProperties = [
  'commit.retry.num-retries',
  'commit.retry.min-wait-ms',
  'commit.retry.max-wait-ms',
  'commit.retry.total-timeout-ms',
  'format-version',
  'gc.enabled',
  'history.expire.max-snapshot-age-ms',
  'history.expire.min-snapshots-to-keep',
  'write.distribution-mode',
  'write.format.default',
  'write.manifest.compression-codec',
  'write.metadata.compression-codec',
  'write.metadata.delete-after-commit.enabled',
  'write.metadata.previous-versions-max',
  'write.parquet.compression-codec',
  'write.parquet.row-group-size-bytes',
  'write.target-file-size-bytes',
];

/** The values that an option or property may have, where others would fail later. */
const allowedValues: Readonly<Record<string, readonly string[]>> = {
  'overwrite-mode': ['dynamic', 'static'],
  'isolation-level': ['none', 'snapshot', 'serializable'],
  'validate-reads': ['true', 'false'],
  'write.format.default': ['parquet'],
  'write-format': ['parquet'],
  'write.manifest.compression-codec': ['gzip', 'snappy', 'uncompressed', 'zstd'],
  'write.metadata.compression-codec': ['gzip', 'none'],
  'format-version': ['1', '2', '3'],
};

/** The Parquet writer here has one level for each codec. */
const withoutEffect = ['compression-level', 'write.parquet.compression-level'];

/** Options of overwrites alone, and what to write where they stand beside an append. */
const overwriteOptions: Readonly<Record<string, string>> = {
  'overwrite-mode': 'Write saveMode: overwrite to replace partitions.',
  'isolation-level': 'An append conflicts with nothing: leave it out.',
  'validate-reads': 'Only an overwrite validates what the job has read: leave it out.',
};

/** Whether a name is a write option rather than a table property. */
export function isWriteOption(name: string): boolean {
  return writeOptions.includes(name) || name.startsWith('snapshot-property.');
}

/** Reports values that cannot work, names that look like typos, and options without effect. */
export function writeProblems(
  entries: YamlEntry[],
  saveMode: Sink['saveMode'] | undefined,
  problems: ProblemList,
): void {
  for (const { key, keyRange, value } of entries) {
    if (value.kind !== 'scalar') continue;
    const allowed = allowedValues[key];
    if (allowed !== undefined && !allowed.includes(value.text.toLowerCase())) {
      problems.error(value.range, `Unknown value "${value.text}" of "${key}".`, {
        remedy: `Allowed: ${allowed.join(', ')}.`,
        allowed,
      });
    }
    const forOverwrite = overwriteOptions[key];
    if (forOverwrite !== undefined && saveMode === 'append') {
      problems.warn(keyRange, `${key} has no effect with saveMode: append.`, forOverwrite);
    }
    if (withoutEffect.includes(key)) {
      problems.warn(
        keyRange,
        `${key} has no effect: the writer here has one level for each codec.`,
        'Leave it out.',
      );
    }
    const near = nearest(key, [...tableProperties, ...writeOptions], 1)[0];
    if (near !== undefined && near !== key && !isWriteOption(key) && !isKnown(key)) {
      problems.warn(
        keyRange,
        `"${key}" is no property that Iceberg knows.`,
        `Did you mean ${near}?`,
      );
    }
  }
}

function isKnown(name: string): boolean {
  return tableProperties.includes(name) || /^write\.(metadata\.metrics|parquet)\./.test(name);
}
