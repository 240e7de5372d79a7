import type { FileIO } from '../iceberg/ports.ts';
import { claimFiles, claimedFiles, type Release } from './locks.ts';

const uuid = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/;

/**
 * What tells a file that a writer may still make part of a table: the id of the operation in its name, which all files
 * of one kind share, else the path itself.
 */
const claimOf = (path: string): string => uuid.exec(path.slice(path.lastIndexOf('/')))?.[0] ?? path;

/** Files whose creator claims them first. */
export interface ClaimingFileIO {
  io: FileIO;
  /** Lets go of all that was claimed; the end of the worker does the same. */
  release: Release;
}

/**
 * Claims every file before it is created, until released or the worker ends, so that no other job or tab takes it for
 * an orphan, however long its writer is held.
 */
export function claimingFileIO(io: FileIO): ClaimingFileIO {
  const claims = new Map<string, Promise<Release>>();
  return {
    io: {
      ...io,
      create: async (path, bytes) => {
        const claim = claimOf(path);
        const held = claims.get(claim) ?? claimFiles(claim);
        claims.set(claim, held);
        await held;
        await io.create(path, bytes);
      },
    },
    release: () => {
      for (const held of claims.values()) void held.then((release) => release());
      claims.clear();
    },
  };
}

/** Tells, as of now, whether a living writer of any tab claims a file. */
export async function filesInFlight(): Promise<(path: string) => boolean> {
  const claims = await claimedFiles();
  return (path) => claims.has(claimOf(path));
}
