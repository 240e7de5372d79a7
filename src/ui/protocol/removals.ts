import type { FileSummary } from '../../iceberg/stop.ts';
import type { Past } from '../../race/past.ts';

/** Files that a commit removes: those that one writer put into one partition. */
export interface Removal {
  /** A path such as `month=2016-01`, empty when unpartitioned. */
  partition: string;
  /** The job of this race that wrote them; `null`: they were there before. */
  writer: string | null;
  files: number;
  rows: number;
}

/** What a commit removes, by partition and by who had written it. */
export function removalsOf(removes: readonly FileSummary[], past: Past): Removal[] {
  const removals = new Map<string, Removal>();
  for (const { path, partition = '', rows = 0 } of removes) {
    const writer = past.writerOf(path) ?? null;
    const key = JSON.stringify([partition, writer]);
    const removal = removals.get(key) ?? { partition, writer, files: 0, rows: 0 };
    removals.set(key, { ...removal, files: removal.files + 1, rows: removal.rows + rows });
  }
  return [...removals.values()].toSorted((a, b) => a.partition.localeCompare(b.partition));
}
