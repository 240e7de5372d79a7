import { IcejamError } from '../error.ts';
import { metadataChange, type Change } from './change.ts';
import { setBranchSnapshot, setRef } from './metadata-update.ts';
import { ancestorsOf, mainBranch } from './table.ts';
import type { SnapshotRef, TableMetadata } from './table-metadata.ts';

// As in Java, a change of branches or tags is rejected by any commit since the table was loaded.

/**
 * Creates a branch or tag. Throws `IllegalArgument` for a retention that such a ref cannot have; rejected with
 * `IllegalArgument` if the name is taken, `Validation` for an unknown snapshot.
 */
export function createRef(name: string, ref: SnapshotRef): Change {
  checkRetention(ref);
  return refChange(`create-${ref.type}`, (metadata, at) => {
    if (metadata.refs[name] !== undefined) illegal(`Ref ${name} already exists`);
    return setRef(metadata, name, ref, at);
  });
}

/**
 * Removes a branch; its snapshots stay until they expire. Rejected with `IllegalArgument` for main, a tag and a branch
 * that is not there.
 */
export function removeBranch(name: string): Change {
  return refChange('remove-branch', (metadata) => {
    if (name === mainBranch) illegal('Cannot remove main branch');
    const ref = metadata.refs[name];
    if (ref === undefined) illegal(`Branch does not exist: ${name}`);
    checkBranch(name, ref);
    return withoutRef(metadata, name);
  });
}

/** Removes a tag. Rejected with `IllegalArgument` for a branch and a tag that is not there. */
export function removeTag(name: string): Change {
  return refChange('remove-tag', (metadata) => {
    const ref = metadata.refs[name];
    if (ref === undefined) illegal(`Tag does not exist: ${name}`);
    if (ref.type === 'branch') illegal(`Ref ${name} is a branch not a tag`);
    return withoutRef(metadata, name);
  });
}

/** Gives a branch another name. Rejected with `IllegalArgument` for main, an unknown branch and a name that is taken. */
export function renameBranch(branch: string, name: string): Change {
  return refChange('rename-branch', (metadata) => {
    if (branch === mainBranch) illegal('Cannot rename main branch');
    const ref = metadata.refs[branch];
    if (ref === undefined) return illegal(`Branch does not exist: ${branch}`);
    checkBranch(branch, ref);
    if (metadata.refs[name] !== undefined) illegal(`Ref ${name} already exists`);
    const { refs } = withoutRef(metadata, branch);
    return { ...metadata, refs: { ...refs, [name]: ref } };
  });
}

/**
 * Moves a branch to where another branch or a tag is, forward or not; a branch that is not there is created. Rejected
 * with `IllegalArgument` for a tag, and if there is nothing to move to.
 */
export function replaceBranch(branch: string, by: string): Change {
  return moveBranch('replace-branch', branch, by, () => undefined);
}

function withoutRef(metadata: TableMetadata, name: string): TableMetadata {
  const refs = Object.entries(metadata.refs).filter(([each]) => each !== name);
  return { ...metadata, refs: Object.fromEntries(refs) };
}

/** As {@link replaceBranch}, but only forward: rejected with `IllegalArgument` if there is no descendant. */
export function fastForward(branch: string, to: string): Change {
  return moveBranch('fast-forward', branch, to, (metadata, from, target) => {
    if (isAncestor(metadata, from, target)) return;
    illegal(`Cannot fast-forward: ${branch} is not an ancestor of ${to}`);
  });
}

function moveBranch(
  name: string,
  branch: string,
  to: string,
  check: (metadata: TableMetadata, from: bigint, target: bigint) => void,
): Change {
  return refChange(name, (metadata, at) => {
    const target = metadata.refs[to];
    if (target === undefined) return illegal(`Ref does not exist: ${to}`);
    const from = metadata.refs[branch];
    if (from !== undefined) {
      checkBranch(branch, from);
      check(metadata, from['snapshot-id'], target['snapshot-id']);
    }
    return setBranchSnapshot(metadata, branch, target['snapshot-id'], at);
  });
}

function checkBranch(name: string, { type }: SnapshotRef): void {
  if (type === 'tag') illegal(`Ref ${name} is a tag not a branch`);
}

/** Java's `SnapshotRef.Builder`. */
function checkRetention({ type, ...ref }: SnapshotRef): void {
  const [snapshots, age] = [ref['min-snapshots-to-keep'], ref['max-snapshot-age-ms']];
  if (type === 'tag') {
    if (snapshots !== undefined) illegal('Tags do not support setting minSnapshotsToKeep');
    if (age !== undefined) illegal('Tags do not support setting maxSnapshotAgeMs');
  }
  if (snapshots !== undefined && snapshots < 1) {
    illegal('Min snapshots to keep must be greater than 0');
  }
  if (age !== undefined && age < 1) illegal('Max snapshot age must be greater than 0 ms');
  if ((ref['max-ref-age-ms'] ?? 1) < 1) illegal('Max reference age must be greater than 0');
}

function refChange(
  name: string,
  edit: (metadata: TableMetadata, at: number) => TableMetadata,
): Change {
  return metadataChange(name, edit, { whenStale: 'refused' });
}

function isAncestor(metadata: TableMetadata, ancestor: bigint, of: bigint): boolean {
  for (const snapshot of ancestorsOf(metadata, of)) {
    if (snapshot['snapshot-id'] === ancestor) return true;
  }
  return false;
}

function illegal(message: string): never {
  throw new IcejamError('IllegalArgument', message);
}
