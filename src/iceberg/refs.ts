import { IcejamError } from '../error.ts';
import { metadataChange, type Change } from './change.ts';
import { setBranchSnapshot, setRef } from './metadata-update.ts';
import { ancestorsOf, mainBranch } from './table.ts';
import type { SnapshotRef, TableMetadata } from './table-metadata.ts';

// As in Java, a change of branches or tags is rejected by any commit since the table was loaded.

/** Creates a branch or tag. Rejected with `IllegalArgument` if the name is taken, `Validation` for an unknown snapshot. */
export function createRef(name: string, ref: SnapshotRef): Change {
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
    if (ref.type === 'tag') illegal(`Ref ${name} is a tag not a branch`);
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
    if (metadata.refs[name] !== undefined) illegal(`Ref ${name} already exists`);
    const { refs } = withoutRef(metadata, branch);
    return { ...metadata, refs: { ...refs, [name]: ref } };
  });
}

/** Moves a branch to where another branch or a tag is, forward or not. Rejected with `IllegalArgument` for unknown ones. */
export function replaceBranch(branch: string, by: string): Change {
  return refChange('replace-branch', (metadata, at) => {
    const source = metadata.refs[by];
    if (source === undefined) return illegal(`Ref does not exist: ${by}`);
    if (metadata.refs[branch] === undefined) illegal(`Branch does not exist: ${branch}`);
    return setBranchSnapshot(metadata, branch, source['snapshot-id'], at);
  });
}

function withoutRef(metadata: TableMetadata, name: string): TableMetadata {
  const refs = Object.entries(metadata.refs).filter(([each]) => each !== name);
  return { ...metadata, refs: Object.fromEntries(refs) };
}

/** Moves a branch forward to where another is. Rejected with `IllegalArgument` if that is no descendant. */
export function fastForward(branch: string, to: string): Change {
  return refChange('fast-forward', (metadata, at) => {
    const target = metadata.refs[to];
    if (target === undefined) return illegal(`Ref does not exist: ${to}`);
    const from = metadata.refs[branch];
    const targetId = target['snapshot-id'];
    if (from?.['snapshot-id'] === targetId) return metadata;
    if (from !== undefined && !isAncestor(metadata, from['snapshot-id'], targetId)) {
      illegal(`Cannot fast-forward: ${branch} is not an ancestor of ${to}`);
    }
    return setBranchSnapshot(metadata, branch, targetId, at);
  });
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
