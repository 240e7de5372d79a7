/** What a job of an exploration can do. A suffix is the isolation that it asks for; without one it asks for none. */
export const operations = [
  'append',
  'dynamic-overwrite',
  'dynamic-overwrite-snapshot',
  'dynamic-overwrite-serializable',
  'overwrite',
  'overwrite-snapshot',
  'overwrite-serializable',
  'delete',
  'compaction',
  'rewrite-manifests',
  'expire-snapshots',
] as const;

/** The operations that a job does as an action on a table, and not by writing rows into it. */
export const maintenance = [
  'delete',
  'compaction',
  'rewrite-manifests',
  'expire-snapshots',
] as const satisfies readonly Operation[];

/** The name of an operation that maintains a table. */
export type Maintenance = (typeof maintenance)[number];

/** The name of an operation. */
export type Operation = (typeof operations)[number];

/** A partition of the explored table. */
export type Partition = 'a' | 'b';

/** A job of an exploration: plain data, so that it crosses a worker's border. */
export interface ExploredJob {
  name: string;
  operation: Operation;
  /** Where it writes or deletes; operations on the whole table do not ask. */
  partition: Partition;
}

/** Whether it makes a difference in which partition an operation is done; the others are about the whole table. */
export function asksPartition(operation: Operation): boolean {
  return /^(append|dynamic-overwrite.*|delete|compaction)$/.test(operation);
}
