import { IcejamError } from '../error.ts';
import { summarizeFile } from './file-summary.ts';
import { type Lineage, lineageSince, type Reach, recallSnapshots } from './lineage.ts';
import { isLive, ManifestReader } from './manifest-reader.ts';
import { miscountedManifests } from './manifest-recount.ts';
import { status, type ManifestEntry } from './manifest-types.ts';
import { partitionKey } from './partition-spec.ts';
import type { FileIO } from './ports.ts';
import { reachedAmong } from './reachable-files.ts';
import { liveFiles } from './scan.ts';
import type { FileSummary } from './stop.ts';
import { ancestorsOf, type Table } from './table.ts';
import type { Snapshot, SnapshotOperation, TableMetadata } from './table-metadata.ts';

/** A data file of a table's past or present. */
export interface HistoryFile extends Required<FileSummary> {
  /** Equal for two files in one partition: of one spec, with the same values. Paths do not tell null from `null`. */
  partitionKey: string;
}

/** What a snapshot's summary counts; `null` where it says nothing. */
export interface Totals {
  records: number | null;
  dataFiles: number | null;
  deleteFiles: number | null;
}

/** What one snapshot changed. Ids are decimal text. */
export interface SnapshotChange {
  snapshotId: string;
  parentId: string | null;
  /** 0 in format version 1, which has none. */
  sequenceNumber: number;
  operation: SnapshotOperation;
  /** Whether it says that it is a dynamic overwrite. */
  replacesPartitions: boolean;
  added: HistoryFile[];
  removed: HistoryFile[];
  /** Live files that were not live before and that no entry adds. A sound table has none. */
  appeared: HistoryFile[];
  /** Files that were live before, are not any more, and that no entry removes. A sound table has none. */
  vanished: HistoryFile[];
  totals: Totals;
  /** Manifests that its list counts otherwise than they are. A sound table has none. */
  miscounted: string[];
}

/** What a table's files say of the recent past of main: the evidence that a race is judged by. Plain data. */
export interface TableHistory {
  table: string;
  /** The pointer. */
  version: number;
  location: string;
  /** The metadata files before the current one, oldest first, as far as it remembers them: one per version. */
  log: string[];
  /** Whether a writer without compare-and-swap has touched the table. */
  unsafe: boolean;
  currentSnapshotId: string | null;
  /** The snapshots that were current, oldest first, as far as the metadata remembers them. */
  snapshotLog: string[];
  reach: Reach;
  /** The table before the first of `changes`; no snapshot: empty. */
  before: { snapshotId: string | null; files: HistoryFile[]; totals: Totals };
  /** The snapshots from there to the current one, oldest first. */
  changes: SnapshotChange[];
  /** Live data files now; a file that the table names twice is here twice. */
  live: HistoryFile[];
  /** Snapshots outside of main's history that another branch or tag holds, or that wait to be published. */
  elsewhere: string[];
  /** Snapshots that nothing holds: main has left them, as a rollback makes it do. */
  abandoned: string[];
  /** Of the files that jobs deleted, those that the table refers to. A sound table has none. */
  deletedYetNeeded: string[];
  /** What an expiry made the table forget of this past; absent: nothing, or no metadata file that is left tells of it. */
  forgotten?: ForgottenPast;
}

/** What older metadata files tell of the past of main between the snapshot that was asked for and `before`. */
export interface ForgottenPast {
  /** How far back they go. */
  reach: Exclude<Reach, 'expired'>;
  /** The snapshot that was asked for; `null`: an empty table. */
  since: { snapshotId: string | null; totals: Totals };
  /** The snapshots after it, oldest first. */
  changes: ForgottenChange[];
  /** The oldest snapshot that is left, of `before`: the files before it are not known. */
  oldest: SnapshotChange;
}

/** A snapshot that main reaches only through forgotten ones, or is one: its files are not read, as most are deleted. */
export interface ForgottenChange extends Omit<
  SnapshotChange,
  'added' | 'removed' | 'appeared' | 'vanished' | 'miscounted'
> {
  /** How many data files, by its summary. */
  counts: { added: number; removed: number };
}

/** What else a history is asked for. */
export interface HistoryOptions {
  /** Who reads several versions of a table saves work by one reader. */
  reader?: ManifestReader;
  /** Paths of the files that jobs deleted meanwhile. */
  deleted?: readonly string[];
}

/** What the snapshots of a lineage changed. */
type Past = Pick<TableHistory, 'before' | 'changes' | 'live' | 'reach'>;

/**
 * Reads from a table's files what the snapshots of main changed after `since` (decimal text; `null`: from the
 * beginning). What an expiry made the table forget is read from older metadata files, as far as their files are there.
 * Throws `NotFound` and `Corrupt` if the files do not let themselves be read.
 */
export async function readHistory(
  io: FileIO,
  table: Table,
  since: string | null,
  { reader = new ManifestReader(io), deleted = [] }: HistoryOptions = {},
): Promise<TableHistory> {
  const { name, pointer, metadata } = table;
  const whole = await recallSnapshots(io, metadata, since);
  const lineage = lineageSince(whole, since);
  const known = lineageSince(metadata, since);
  const isLess = known.reach === 'expired' && lineage.reach !== 'expired';
  const recalled = isLess ? await readPast(reader, whole, lineage).catch(nullIfGone) : null;
  const past = recalled ?? (await readPast(reader, metadata, known));
  return {
    table: name,
    version: pointer.version,
    location: pointer.location,
    log: metadata['metadata-log'].map((entry) => entry['metadata-file']),
    unsafe: metadata.properties['icejam.unsafe'] === 'true',
    currentSnapshotId: metadata['current-snapshot-id']?.toString() ?? null,
    snapshotLog: metadata['snapshot-log'].map((entry) => String(entry['snapshot-id'])),
    ...past,
    ...snapshotsOffMain(whole),
    deletedYetNeeded: await reachedAmong(reader, table, deleted),
    ...(isLess && recalled === null
      ? { forgotten: await readForgotten(reader, metadata, lineage, known) }
      : {}),
  };
}

async function readPast(
  reader: ManifestReader,
  metadata: TableMetadata,
  { reach, start, recent }: Lineage,
): Promise<Past> {
  const states: HistoryFile[][] = [];
  for (const snapshot of [start, ...recent]) {
    const { data } = await liveFiles(reader, metadata, snapshot);
    states.push(data.map((entry) => historyFile(metadata, entry)));
  }
  const changes: SnapshotChange[] = [];
  for (const [at, snapshot] of recent.entries()) {
    const entries = await ownEntries(reader, metadata, snapshot);
    const { appeared, vanished } = difference(entries, states[at] ?? [], states[at + 1] ?? []);
    const miscounted = await miscountedManifests(reader, metadata, snapshot);
    changes.push({ ...summaryOf(snapshot), ...entries, appeared, vanished, miscounted });
  }
  const before = { ...idAndTotals(start), files: states[0] ?? [] };
  return { reach, before, changes, live: states.at(-1) ?? [] };
}

/** A lineage's forgotten part, and what the oldest snapshot that is left says of itself. */
async function readForgotten(
  reader: ManifestReader,
  metadata: TableMetadata,
  { reach, start, recent }: Lineage,
  { start: oldest }: Lineage,
): Promise<ForgottenPast> {
  if (reach === 'expired' || oldest === null) throw new RangeError('Nothing is recalled');
  // One of these may be left behind the gap, as a tag holds it.
  const forgotten = recent.slice(0, recent.indexOf(oldest));
  const entries = await ownEntries(reader, metadata, oldest);
  const miscounted = await miscountedManifests(reader, metadata, oldest);
  return {
    reach,
    since: idAndTotals(start),
    changes: forgotten.map((snapshot) => ({
      ...summaryOf(snapshot),
      counts: {
        added: Number(snapshot.summary['added-data-files'] ?? 0),
        removed: Number(snapshot.summary['deleted-data-files'] ?? 0),
      },
    })),
    oldest: { ...summaryOf(oldest), ...entries, appeared: [], vanished: [], miscounted },
  };
}

function nullIfGone(thrown: unknown): null {
  if (thrown instanceof IcejamError && thrown.kind === 'NotFound') return null;
  throw thrown;
}

interface OwnEntries {
  added: HistoryFile[];
  removed: HistoryFile[];
}

/** The data files that a snapshot's own manifest entries add and remove. */
async function ownEntries(
  reader: ManifestReader,
  metadata: TableMetadata,
  snapshot: Snapshot,
): Promise<OwnEntries> {
  const id = snapshot['snapshot-id'];
  const manifests = (await reader.manifests(snapshot)).filter(
    (manifest) => manifest.content === 0 && manifest.added_snapshot_id === id,
  );
  const own = (await reader.allEntries(metadata, manifests)).filter((e) => e.snapshot_id === id);
  const files = (entries: ManifestEntry[]) => entries.map((entry) => historyFile(metadata, entry));
  return {
    added: files(own.filter((entry) => entry.status === status.added)),
    removed: files(own.filter((entry) => !isLive(entry))),
  };
}

/** What a snapshot says of itself outside of its manifests. */
function summaryOf(snapshot: Snapshot): Omit<ForgottenChange, 'counts'> {
  return {
    snapshotId: String(snapshot['snapshot-id']),
    parentId: snapshot['parent-snapshot-id']?.toString() ?? null,
    sequenceNumber: snapshot['sequence-number'],
    operation: snapshot.summary.operation,
    replacesPartitions: snapshot.summary['replace-partitions'] === 'true',
    totals: totalsOf(snapshot),
  };
}

const idAndTotals = (snapshot: Snapshot | null) => ({
  snapshotId: snapshot?.['snapshot-id'].toString() ?? null,
  totals: totalsOf(snapshot),
});

/** What came into a table and went from it by one change although no entry says so. */
export function difference(
  { added, removed }: Pick<SnapshotChange, 'added' | 'removed'>,
  before: readonly HistoryFile[],
  after: readonly HistoryFile[],
): Pick<SnapshotChange, 'appeared' | 'vanished'> {
  const expected = [...without(before, removed), ...added];
  return { appeared: without(after, expected), vanished: without(expected, after) };
}

/** The files of a list less those of another, one for one. */
function without(files: readonly HistoryFile[], others: readonly HistoryFile[]): HistoryFile[] {
  const counts = new Map<string, number>();
  for (const { path } of others) counts.set(path, (counts.get(path) ?? 0) + 1);
  return files.filter(({ path }) => {
    const count = counts.get(path) ?? 0;
    counts.set(path, count - 1);
    return count <= 0;
  });
}

function historyFile(metadata: TableMetadata, entry: ManifestEntry): HistoryFile {
  return {
    ...summarizeFile(metadata, entry),
    partitionKey: partitionKey(entry.spec_id, entry.data_file.partition),
  };
}

/** An empty table has nothing to count. */
function totalsOf(snapshot: Snapshot | null): Totals {
  const total = (key: string): number | null => {
    if (snapshot === null) return 0;
    const count = Number(snapshot.summary[key]);
    return Number.isFinite(count) ? count : null;
  };
  return {
    records: total('total-records'),
    dataFiles: total('total-data-files'),
    deleteFiles: total('total-delete-files'),
  };
}

function snapshotsOffMain(metadata: TableMetadata): { elsewhere: string[]; abandoned: string[] } {
  const idsFrom = (head: bigint | null) =>
    [...ancestorsOf(metadata, head)].map((snapshot) => snapshot['snapshot-id']);
  const main = new Set(idsFrom(metadata['current-snapshot-id']));
  const held = new Set(Object.values(metadata.refs).flatMap((ref) => idsFrom(ref['snapshot-id'])));
  const elsewhere: string[] = [];
  const abandoned: string[] = [];
  for (const { 'snapshot-id': id, summary } of metadata.snapshots) {
    if (main.has(id)) continue;
    const isHeld = held.has(id) || summary['wap.id'] !== undefined;
    (isHeld ? elsewhere : abandoned).push(String(id));
  }
  return { elsewhere, abandoned };
}
