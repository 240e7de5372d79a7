import { IcejamError } from '../error.ts';
import type { Sink } from '../flare/workflow.ts';
import { append } from '../iceberg/append.ts';
import type { Change } from '../iceberg/change.ts';
import { alwaysTrue } from '../iceberg/expression.ts';
import type { ChangedFile } from '../iceberg/snapshot-summary.ts';
import { overwriteFiles } from '../iceberg/overwrite-files.ts';
import { replacePartitions } from '../iceberg/replace-partitions.ts';
import type { Isolation } from '../iceberg/stop.ts';
import type { Table } from '../iceberg/table.ts';

/**
 * The change that a sink's save mode means, as Spark's DataFrame writer makes it: `append` adds, `overwrite` replaces
 * everything, `overwrite` with `overwrite-mode: dynamic` replaces the partitions that receive rows.
 * `start`: the snapshot that the job started from, unless the sink names another. Throws `IllegalArgument`.
 */
export function changeOf(
  sink: Sink,
  table: Table,
  files: readonly ChangedFile[],
  start: bigint | null,
): Change {
  const { options } = sink;
  const from = options['validate-from-snapshot-id'];
  const target = options.branch === undefined ? {} : { branch: options.branch };
  const summary = snapshotProperties(options);
  if (sink.saveMode === 'append') return append(files, { ...target, summary });
  const validation = {
    isolation: isolationOf(sink),
    since: from === undefined ? start : BigInt(from),
  };
  const chosen = { ...target, ...validation, summary };
  return sink.dynamic
    ? replacePartitions(table, files, chosen)
    : overwriteFiles(table, { filter: alwaysTrue, add: files }, chosen);
}

function isolationOf({ options, range }: Sink): Isolation {
  const level = (options['isolation-level'] ?? 'none').toLowerCase();
  if (level === 'none' || level === 'snapshot' || level === 'serializable') return level;
  throw new IcejamError('IllegalArgument', `Invalid isolation level: ${level}`, {
    range,
    remedy: 'Say none, snapshot or serializable.',
  });
}

/** Spark's options `snapshot-property.*` go into the snapshot's summary without their prefix. */
function snapshotProperties(options: Record<string, string>): Record<string, string> {
  const prefix = 'snapshot-property.';
  return Object.fromEntries(
    Object.entries(options)
      .filter(([key]) => key.startsWith(prefix))
      .map(([key, value]) => [key.slice(prefix.length), value]),
  );
}
