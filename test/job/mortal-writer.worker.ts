import { append } from '../../src/iceberg/append.ts';
import type { Change } from '../../src/iceberg/change.ts';
import { commit, type CommitResult } from '../../src/iceberg/commit.ts';
import type { CommitContext } from '../../src/iceberg/context.ts';
import { expireSnapshots } from '../../src/iceberg/expire-snapshots.ts';
import type { DataFile } from '../../src/iceberg/manifest-types.ts';
import { removeOrphans } from '../../src/iceberg/remove-orphans.ts';
import { replacePartitions } from '../../src/iceberg/replace-partitions.ts';
import { rewriteFiles } from '../../src/iceberg/rewrite-files.ts';
import { rewriteManifests } from '../../src/iceberg/rewrite-manifests.ts';
import { planFiles } from '../../src/iceberg/scan.ts';
import type { ChangedFile } from '../../src/iceberg/snapshot-summary.ts';
import { currentSnapshot, type Table } from '../../src/iceberg/table.ts';
import { seededRandom } from '../../src/job/random.ts';
import { indexedDbCatalog } from '../../src/storage/catalog.ts';
import { openDatabase } from '../../src/storage/database.ts';
import { claimingFileIO, filesInFlight } from '../../src/storage/in-flight.ts';
import { leaseHead } from '../../src/storage/lease.ts';
import {
  holdJobLock,
  leasedSnapshots,
  webLockQueue,
  withExclusiveSnapshot,
} from '../../src/storage/locks.ts';
import { opfsFileIO } from '../../src/storage/opfs.ts';
import type { WriterBirth, WriterMessage } from './mortal-writer.ts';

const post = (message: WriterMessage) => self.postMessage(message);

let goOn: () => void = () => undefined;
/** Says something and waits for any answer. */
const ask = (message: WriterMessage) =>
  new Promise<void>((resolve) => {
    goOn = resolve;
    post(message);
  });

self.onmessage = ({ data }: MessageEvent<WriterBirth>) => {
  self.onmessage = () => goOn();
  // A rejection that nobody handles is not told to the page, an error is.
  live(data).catch((thrown: unknown) => setTimeout(() => reportError(thrown)));
};

/** Commits again and again, and dies about once in 250 calls that change something. */
async function live(birth: WriterBirth): Promise<void> {
  await holdJobLock('mortal', birth.seed);
  const writer = await openWriter(birth);
  for (;;) {
    await ask({ is: 'waiting' });
    post({ is: 'ended', outcome: await writer.work() });
  }
}

async function openWriter({ table: name, lane, seed }: WriterBirth) {
  const random = seededRandom(seed);
  const { io, release } = claimingFileIO(mortalFiles());
  const catalog = indexedDbCatalog(await openDatabase());
  const context: CommitContext = {
    io,
    catalog: {
      load: (table) => catalog.load(table),
      swap: (table, expected, next) => mortal(() => catalog.swap(table, expected, next)),
      put: (table, next) => mortal(() => catalog.put(table, next)),
    },
    clock: { now: Date.now, sleep: (ms) => new Promise((wake) => setTimeout(wake, ms)) },
    random,
    gate: () => Promise.resolve(),
    queue: webLockQueue(),
  };

  async function mayDie(): Promise<void> {
    if (random.below(250) > 0) return;
    post({ is: 'dying' });
    await new Promise(() => undefined);
  }

  async function mortal<T>(call: () => Promise<T>): Promise<T> {
    await mayDie();
    const result = await call();
    await mayDie();
    return result;
  }

  function mortalFiles() {
    const files = opfsFileIO();
    return {
      ...files,
      create: async (path: string, bytes: Uint8Array) => {
        if (random.below(250) === 0) {
          await files.create(path, bytes.subarray(0, bytes.length >> 1));
          post({ is: 'dying' });
          await new Promise(() => undefined);
        }
        await mortal(() => files.create(path, bytes));
      },
      delete: (path: string) => mortal(() => files.delete(path)),
    };
  }

  async function newFile(
    { metadata }: Table,
    partition: string,
    { rows = 1, replaced = null }: { rows?: number; replaced?: string[] | null } = {},
  ): Promise<ChangedFile> {
    const path = `${metadata.location}/data/p=${partition}/${random.uuid()}.parquet`;
    await ask({ is: 'writes', path, partition, replaced });
    await io.create(path, new Uint8Array(10).fill(rows));
    const file: DataFile = {
      content: 0,
      file_path: path,
      file_format: 'PARQUET',
      partition: [partition],
      record_count: rows,
      file_size_in_bytes: 10,
    };
    return { spec_id: 0, data_file: file };
  }

  async function compaction(table: Table): Promise<Change | null> {
    const { metadata } = table;
    const tasks = await planFiles(io, metadata, currentSnapshot(metadata));
    const shared = tasks
      .map(({ file }) => file)
      .filter((each) => each.data_file.partition[0] === 'shared');
    const remove = shared.filter(() => random.below(3) === 0);
    if (remove.length === 0) return null;
    const rows = remove.reduce((sum, file) => sum + file.data_file.record_count, 0);
    const replaced = remove.map((file) => file.data_file.file_path);
    const add = [await newFile(table, 'shared', { rows, replaced })];
    return rewriteFiles({ remove, add }, { since: metadata['current-snapshot-id'] });
  }

  async function change(table: Table): Promise<Change | null> {
    const kind = random.below(20);
    if (kind < 10) return append([await newFile(table, 'shared')]);
    if (kind < 13) return replacePartitions(table, [await newFile(table, `${lane}-own`)]);
    if (kind < 16) return compaction(table);
    if (kind < 17) return rewriteManifests();
    if (kind < 19) {
      return expireSnapshots({
        olderThan: Date.now() + 1000,
        retainLast: 2,
        withExclusive: (id, work) => withExclusiveSnapshot(name, id, work),
        leased: () => leasedSnapshots(name),
      });
    }
    await removeOrphans(context, name, {
      olderThan: Infinity,
      inFlight: filesInFlight,
      leased: () => leasedSnapshots(name),
    });
    return null;
  }

  return {
    async work(): Promise<CommitResult['outcome']> {
      const { version: table, release: unlease } = await leaseHead(context, name);
      const wanted = await change(table).finally(unlease);
      const protocol = random.below(2) === 0 ? 'queued' : 'optimistic';
      const outcome =
        wanted === null
          ? 'committed'
          : (await commit(context, table, wanted, { protocol })).outcome;
      // Between two commits it writes nothing.
      release();
      return outcome;
    },
  };
}
