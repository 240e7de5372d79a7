import { IcejamError } from '../error.ts';
import { metadataChange, staleMetadata, type Change } from './change.ts';
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

/** Removes a branch or tag; its snapshots stay until they expire. Rejected with `IllegalArgument` for main. */
export function removeRef(name: string): Change {
  return refChange('remove-ref', (metadata) => {
    if (name === mainBranch) illegal('Cannot remove main branch');
    if (metadata.refs[name] === undefined) illegal(`Ref does not exist: ${name}`);
    const refs = Object.entries(metadata.refs).filter(([each]) => each !== name);
    return { ...metadata, refs: Object.fromEntries(refs) };
  });
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
  return metadataChange(name, edit, { rejectedIfStale: staleMetadata });
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
