import type { Change, PreparedChange } from './change.ts';
import type { Table } from './table.ts';
import type { TableMetadata } from './table-metadata.ts';

/**
 * Several changes as one commit: all of them or none. After a lost swap all are made again, so that every inner
 * snapshot gets a new sequence number; readers never see one of them but the last. Files are deleted only after the
 * swap is won. If one of the changes is rejected by any other commit, the transaction is (Java's BaseTransaction).
 */
export function transaction(changes: readonly Change[]): Change {
  const isStrict = changes.some((change) => change.whenStale !== undefined);
  return {
    name: 'transaction',
    ...(isStrict ? { whenStale: 'refused' as const } : {}),
    begin: async (work) => {
      const prepared: PreparedChange[] = [];
      for (const [index, change] of changes.entries()) {
        const isLast = index === changes.length - 1;
        const snapshotId = isLast ? work.snapshotId : work.context.random.snapshotId();
        const follows = work.follows || index > 0;
        prepared.push(await change.begin({ ...work, snapshotId, follows }));
      }
      return {
        snapshotId: prepared.findLast((each) => each.snapshotId !== null)?.snapshotId ?? null,
        written: prepared.flatMap((each) => each.written),
        apply: async (attempt) => {
          let table = attempt.base;
          const own = new Set<bigint>();
          for (const each of prepared) {
            table = { ...table, metadata: await each.apply({ ...attempt, base: table, own }) };
            if (each.snapshotId !== null) own.add(each.snapshotId);
          }
          return table.metadata;
        },
        ...(prepared.some((each) => each.afterwards !== undefined) && {
          afterwards: async (base: Table, next: TableMetadata, newest: TableMetadata) => {
            const deleted: string[] = [];
            for (const each of prepared) {
              deleted.push(...((await each.afterwards?.(base, next, newest)) ?? []));
            }
            return deleted;
          },
        }),
      };
    },
  };
}
