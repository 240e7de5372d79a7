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
import type { TableRead } from './job-context.ts';

/**
 * The change that a sink's save mode means, as Spark's DataFrame writer makes it: `append` adds, `overwrite` replaces
 * everything, `overwrite` with `overwrite-mode: dynamic` replaces the partitions that receive rows.
 * `read`: what the job read of the table; its snapshot is where validation begins, unless the sink names another.
 * Throws `IllegalArgument`.
 */
export function changeOf(
  sink: Sink,
  table: Table,
  files: readonly ChangedFile[],
  read: TableRead,
): Change {
  const { options } = sink;
  const from = options['validate-from-snapshot-id'];
  const target = options.branch === undefined ? {} : { branch: options.branch };
  const summary = snapshotProperties(options);
  if (sink.saveMode === 'append') return append(files, { ...target, summary });
  const validatesReads = options['validate-reads']?.toLowerCase() === 'true';
  const validation = {
    isolation: isolationOf(sink, validatesReads),
    since: from === undefined ? read.snapshotId : BigInt(from),
    reads: validatesReads ? read.scopes() : [],
  };
  const chosen = { ...target, ...validation, summary };
  return sink.dynamic
    ? replacePartitions(table, files, chosen)
    : overwriteFiles(table, { filter: alwaysTrue, add: files }, chosen);
}

/** `none` by default; what a job has read can be validated only where nothing else may have changed either. */
function isolationOf({ options, range }: Sink, validatesReads: boolean): Isolation {
  const fallback = validatesReads ? 'serializable' : 'none';
  const level = (options['isolation-level'] ?? fallback).toLowerCase();
  if (level === 'none' || level === 'snapshot' || level === 'serializable') {
    if (!validatesReads || level === 'serializable') return level;
    throw new IcejamError('IllegalArgument', `validate-reads does not go with ${level} isolation`, {
      range,
      remedy: 'Write isolation-level: serializable, or leave one of the two out.',
    });
  }
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
