import { IcejamError } from '../error.ts';
import type { Attempt, Change, CommitWork, PreparedChange, WrittenFile } from './change.ts';
import { checkPositionDeletes } from './delete-index.ts';
import { summarizeFile } from './file-summary.ts';
import { assignFirstRowIds } from './manifest-list.ts';
import { kept, listed, ManifestMerger, type ListedManifest } from './manifest-merge.ts';
import { hasLiveFiles, isLive, manifestKey, ManifestReader } from './manifest-reader.ts';
import { content, status, type ManifestFile, type StoredEntry } from './manifest-types.ts';
import { ManifestRewriter } from './manifest-rewrite.ts';
import { ManifestWriter, type WrittenManifest } from './manifest-writer.ts';
import { addSnapshot, setBranchSnapshot } from './metadata-update.ts';
import type { Operation } from './operation.ts';
import { integerProperty } from './property.ts';
import { fileKey, planRemoval, type RemovalPlan } from './removal.ts';
import { summarize, type ChangedFile } from './snapshot-summary.ts';
import { branchHead, currentSchema, mainBranch } from './table.ts';
import type { Snapshot, SnapshotSummary, TableMetadata } from './table-metadata.ts';
import { Validator } from './validation.ts';

/**
 * The change that an operation makes: one snapshot, built anew on each base from manifests that are written once. Of a
 * file that is added twice under one spec the first counts.
 */
export function produceSnapshot(operation: Operation): Change {
  const added = new Map<string, ChangedFile>();
  for (const file of operation.added) {
    const key = `${file.spec_id} ${fileKey(file.data_file)}`;
    if (!added.has(key)) added.set(key, file);
  }
  const distinct = { ...operation, added: [...added.values()] };
  return { name: operation.type, begin: (work) => SnapshotProducer.begin(distinct, work) };
}

/** What a snapshot is made from: the base, what it lists, and what goes. */
interface Basis {
  metadata: TableMetadata;
  head: Snapshot | null;
  manifests: readonly ManifestFile[];
  plan: RemovalPlan;
}

/** The manifests of a new snapshot; `entries`: how many were laid out anew. */
interface NextManifests {
  manifests: ManifestFile[];
  entries?: number;
}

/** What one commit of an operation keeps from attempt to attempt (Java's MergingSnapshotProducer and FastAppend). */
class SnapshotProducer implements PreparedChange {
  readonly snapshotId: bigint;
  readonly #operation: Operation;
  readonly #writer: ManifestWriter;
  readonly #reader: ManifestReader;
  readonly #merger: ManifestMerger;
  readonly #rewriter: ManifestRewriter | null;
  readonly #own: readonly WrittenManifest[];
  /** Manifests without the removed files, by what they were made from: a retry rewrites only what has changed. */
  readonly #filtered = new Map<string, WrittenManifest>();

  static async begin(operation: Operation, work: CommitWork): Promise<PreparedChange> {
    const { context, files, snapshotId, table } = work;
    const writer = new ManifestWriter(files, context.random.uuid(), snapshotId);
    const own = await writeOwnManifests(operation, writer, table.metadata);
    return new SnapshotProducer(operation, writer, new ManifestReader(context.io), own);
  }

  private constructor(
    operation: Operation,
    writer: ManifestWriter,
    reader: ManifestReader,
    own: readonly WrittenManifest[],
  ) {
    this.snapshotId = writer.snapshotId;
    this.#operation = operation;
    this.#writer = writer;
    this.#reader = reader;
    this.#merger = new ManifestMerger(writer);
    const { layout } = operation;
    this.#rewriter = layout === undefined ? null : new ManifestRewriter(layout, writer, reader);
    this.#own = own;
  }

  get written(): WrittenFile[] {
    return this.#own.map(({ path, bytes, entries }) => ({
      path,
      bytes,
      rows: entries.reduce((rows, entry) => rows + entry.data_file.record_count, 0),
    }));
  }

  async apply({ base, at, own, stop }: Attempt): Promise<TableMetadata> {
    const { metadata } = base;
    const { isolation, reads = [], since, target } = this.#operation;
    const branch = target.branch ?? mainBranch;
    const head = targetHead(metadata, branch);
    const history = { head, since, own };
    await this.#operation.validate?.(new Validator(metadata, history, this.#reader));
    const manifests = await this.#reader.manifests(head);
    const plan = await this.#planRemoval(metadata, manifests);
    await stop({
      stop: 'validated',
      isolation,
      since: since === null ? null : String(since),
      ...(reads.length === 0 ? {} : { validatesReads: true }),
      removes: plan.removed.map((entry) => summarizeFile(metadata, entry)),
    });

    const sequenceNumber =
      metadata['format-version'] > 1 ? metadata['last-sequence-number'] + 1 : 0;
    const next = await this.#nextManifests({ metadata, head, manifests, plan, sequenceNumber });
    const summary = this.#summarize({ metadata, head, manifests, plan }, next);
    const rows = assignRowIds(metadata, next.manifests);
    const list = await this.#writer.writeList(metadata, {
      parent: head,
      sequenceNumber,
      manifests: rows.manifests,
      firstRowId: rows.range['first-row-id'],
    });
    await stop({
      stop: 'list-written',
      file: list,
      snapshotId: String(this.snapshotId),
      operation: summary.operation,
      ...placeOf(target, branch),
    });
    const snapshot: Snapshot = {
      'sequence-number': sequenceNumber,
      'snapshot-id': this.snapshotId,
      ...(head === null ? {} : { 'parent-snapshot-id': head['snapshot-id'] }),
      'timestamp-ms': at,
      summary,
      'manifest-list': list.path,
      'schema-id': metadata['current-schema-id'],
      ...rows.range,
    };
    const added = addSnapshot(metadata, snapshot);
    return target.stageOnly === true
      ? added
      : setBranchSnapshot(added, branch, this.snapshotId, at);
  }

  async #planRemoval(
    metadata: TableMetadata,
    manifests: readonly ManifestFile[],
  ): Promise<RemovalPlan> {
    const { removal, dataSequenceNumber } = this.#operation;
    const oldestAdded = dataSequenceNumber ?? metadata['last-sequence-number'] + 1;
    const plan = await planRemoval(removal, metadata, manifests, this.#reader, oldestAdded);
    if (this.#operation.type === 'replace') checkReplaced(this.#operation.added, plan.removed);
    return plan;
  }

  /** The manifests of the new snapshot: ours first, data before deletes. */
  async #nextManifests(basis: Basis & { sequenceNumber: number }): Promise<NextManifests> {
    const { metadata, head, manifests, plan, sequenceNumber } = basis;
    if (this.#rewriter !== null) {
      return this.#rewriter.rewrite(metadata, head, sequenceNumber, manifests);
    }
    const list = (written: WrittenManifest) =>
      listed(this.#writer, metadata, written, sequenceNumber);
    const own = this.#own.map(list);
    if (!this.#operation.merges) {
      return { manifests: [...own.map(({ file }) => file), ...manifests] };
    }
    const next: ManifestFile[] = [];
    for (const wanted of [0, 1] as const) {
      const unmerged: ListedManifest[] = own.filter(({ file }) => file.content === wanted);
      for (const manifest of manifests) {
        if (manifest.content !== wanted) continue;
        if (plan.byManifest.has(manifest.manifest_path)) {
          unmerged.push(list(await this.#filter(metadata, manifest, plan)));
        } else if (hasLiveFiles(manifest)) {
          unmerged.push(kept(this.#reader, metadata, manifest));
        }
      }
      const merged = await this.#merger.merge(metadata, sequenceNumber, unmerged);
      next.push(...merged.map(({ file }) => file));
    }
    return { manifests: next };
  }

  /** A manifest with the removed files marked as deleted and the others as existing. */
  async #filter(
    metadata: TableMetadata,
    manifest: ManifestFile,
    plan: RemovalPlan,
  ): Promise<WrittenManifest> {
    const removed = plan.byManifest.get(manifest.manifest_path) ?? new Set();
    const files = [...removed].map((entry) => fileKey(entry.data_file));
    const key = [manifestKey(manifest), ...files].join('\n');
    const known = this.#filtered.get(key);
    if (known !== undefined) return known;
    const entries = (await this.#reader.entries(metadata, manifest)).filter(isLive);
    const written = await this.#writer.writeManifest(
      metadata,
      manifest.partition_spec_id,
      manifest.content,
      entries.map((entry) =>
        removed.has(entry)
          ? { ...entry, status: status.deleted, snapshot_id: this.snapshotId }
          : { ...entry, status: status.existing },
      ),
    );
    this.#filtered.set(key, written);
    return written;
  }

  #summarize({ metadata, head, manifests, plan }: Basis, next: NextManifests): SnapshotSummary {
    const paths = new Set(next.manifests.map((manifest) => manifest.manifest_path));
    const keptCount = manifests.filter((manifest) => paths.has(manifest.manifest_path)).length;
    const deadCount = manifests.filter((manifest) => !hasLiveFiles(manifest)).length;
    const { entries } = next;
    return summarize({
      operation: this.#operation.type,
      properties: {
        ...(entries === undefined ? {} : { 'entries-processed': String(entries) }),
        ...this.#operation.summary,
      },
      added: this.#operation.added,
      removed: plan.removed,
      duplicateDeletes: plan.duplicates,
      manifests: {
        created: next.manifests.length - keptCount,
        kept: keptCount,
        // A manifest that is left out because nothing in it is live stands for nothing in the new list.
        replaced: manifests.length - keptCount - (this.#operation.merges ? deadCount : 0),
      },
      previous: head?.summary ?? null,
      specs: metadata['partition-specs'],
      schema: currentSchema(metadata),
      partitionLimit: integerProperty(metadata.properties, 'write.summary.partition-limit', 0),
      environment: { 'engine-name': 'icejam' },
    });
  }
}

/** Java looks at the size of a manifest of new files so often (`RollingManifestWriter`). */
const entriesBetweenLooks = 250;

/**
 * The manifests of the files to add: those of one spec and content together, until they have the size that is wanted, as
 * Java orders them: the first is merged last.
 */
async function writeOwnManifests(
  { added, dataSequenceNumber }: Operation,
  writer: ManifestWriter,
  metadata: TableMetadata,
): Promise<WrittenManifest[]> {
  const written: WrittenManifest[] = [];
  for (const wanted of [0, 1] as const) {
    const files = added.filter(
      ({ data_file: file }) => (file.content === content.data ? 0 : 1) === wanted,
    );
    for (const file of files) checkPositionDeletes(metadata['format-version'], file);
    const specIds = new Set(files.map((file) => file.spec_id));
    for (const specId of [...specIds].sort((a, b) => a - b)) {
      const entries = files
        .filter((file) => file.spec_id === specId)
        .map(({ data_file: file }): StoredEntry => ({
          status: status.added,
          snapshot_id: writer.snapshotId,
          sequence_number: wanted === 0 ? (dataSequenceNumber ?? null) : null,
          file_sequence_number: null,
          data_file: file,
        }));
      written.push(
        ...(await writer.writeManifests(metadata, specId, wanted, entries, entriesBetweenLooks)),
      );
    }
  }
  return written;
}

/** The newest snapshot of the branch; a branch that does not exist yet starts where main is. */
function targetHead(metadata: TableMetadata, branch: string): Snapshot | null {
  if (metadata.refs[branch]?.type === 'tag') {
    throw new IcejamError(
      'IllegalArgument',
      `${branch} is a tag, not a branch. Tags cannot be targets for producing snapshots`,
    );
  }
  return branchHead(metadata, metadata.refs[branch] === undefined ? mainBranch : branch);
}

/** Where a snapshot goes, as its stop tells it. */
function placeOf({ stageOnly }: Operation['target'], branch: string): { branch?: string | null } {
  if (stageOnly === true) return { branch: null };
  return branch === mainBranch ? {} : { branch };
}

/** v3: the row ids that the new manifests take; before, there are none. */
function assignRowIds(
  metadata: TableMetadata,
  manifests: ManifestFile[],
): { manifests: ManifestFile[]; range: Pick<Snapshot, 'first-row-id' | 'added-rows'> } {
  if (metadata['format-version'] < 3) return { manifests, range: {} };
  const first = metadata['next-row-id'] ?? 0;
  const assigned = assignFirstRowIds(manifests, first);
  return {
    manifests: assigned.manifests,
    range: { 'first-row-id': first, 'added-rows': assigned.nextRowId - first },
  };
}

function checkReplaced(added: readonly ChangedFile[], removed: readonly ChangedFile[]): void {
  const records = (files: readonly ChangedFile[]) =>
    files
      .filter(({ data_file: file }) => file.content === content.data)
      .reduce((sum, { data_file: file }) => sum + file.record_count, 0);
  if (records(added) > records(removed)) {
    throw new IcejamError(
      'IllegalArgument',
      `Invalid REPLACE operation: ${records(added)} added records > ${records(removed)} replaced records`,
    );
  }
}
