import { IcejamError } from '../error.ts';
import type { FileEntry, FileIO } from '../iceberg/ports.ts';
import { errorName, missingFeature, storageFailure, storageFull } from './failure.ts';

const scheme = 'opfs:///';

/** The part of a sync access handle used here; the DOM library of TypeScript does not know it. */
interface SyncAccessHandle {
  getSize(): number;
  write(bytes: Uint8Array, options: { at: number }): number;
  flush(): void;
  close(): void;
}

/** A file handle as a dedicated worker sees it: only there are sync access handles to be had. */
type WorkerFileHandle = FileSystemFileHandle & {
  createSyncAccessHandle(): Promise<SyncAccessHandle>;
};

/**
 * Files of the origin private file system under `opfs:///…`. Names are taken as they stand: a percent sign is a
 * percent sign. Folders are made on the way.
 *
 * `create` refuses a name that exists, whatever is in it. A writer that died leaves an empty or half-written file
 * under its name; such a file is never completed or overwritten, and nothing refers to it, because names are unique
 * and are written into metadata only after `create` has resolved. It is an orphan, to be deleted or reset.
 *
 * Errors: `NotFound`, `AlreadyExists`, `StorageFull`, `StorageUnavailable`, `IllegalArgument` for a path that is none,
 * `IllegalState` for a file that is open elsewhere.
 */
export function opfsFileIO(): FileIO {
  return { read, create, delete: remove, list };
}

/** The root of the origin private file system. Throws `StorageUnavailable`. */
export async function opfsRoot(): Promise<FileSystemDirectoryHandle> {
  // Absent outside secure contexts, whatever the type says.
  const storage = navigator.storage as StorageManager | undefined;
  if (storage?.getDirectory === undefined) throw missingFeature('private file system (OPFS)');
  try {
    return await storage.getDirectory();
  } catch (thrown) {
    throw storageFailure(thrown, 'the private file system');
  }
}

async function read(path: string): Promise<Uint8Array> {
  const { folders, name } = parse(path);
  try {
    const handle = await inFolder(folders, false, (folder) => folder.getFileHandle(name));
    // Not through a sync access handle: that one excludes every other reader.
    return new Uint8Array(await (await handle.getFile()).arrayBuffer());
  } catch (thrown) {
    throw storageFailure(thrown, path);
  }
}

async function create(path: string, bytes: Uint8Array): Promise<void> {
  const { folders, name } = parse(path);
  try {
    const { parent, handle } = await inFolder(folders, true, async (folder) => {
      if (await exists(folder, name)) throw alreadyExists(path);
      return { parent: folder, handle: await folder.getFileHandle(name, { create: true }) };
    });
    try {
      if (inWorker(handle)) {
        await writeSync(handle, path, bytes);
      } else {
        await writeStream(handle, path, bytes);
      }
    } catch (thrown) {
      const foreign = thrown instanceof IcejamError && thrown.kind === 'AlreadyExists';
      if (!foreign) await parent.removeEntry(name).catch(() => undefined);
      throw thrown;
    }
  } catch (thrown) {
    throw storageFailure(thrown, path);
  }
}

const inWorker = (handle: FileSystemFileHandle): handle is WorkerFileHandle =>
  'createSyncAccessHandle' in handle;

/** Writes under the file's exclusive lock, so that of two writers that both saw no file one finds the other's bytes. */
async function writeSync(handle: WorkerFileHandle, path: string, bytes: Uint8Array) {
  const access = await exclusively(path, () => handle.createSyncAccessHandle());
  try {
    if (access.getSize() > 0) throw alreadyExists(path);
    for (let at = 0; at < bytes.length;) {
      // A browser may write less than it was given when room runs out.
      const written = access.write(bytes.subarray(at), { at });
      if (written === 0) throw storageFull(path);
      at += written;
    }
    access.flush();
  } finally {
    access.close();
  }
}

/** The page's way: the bytes become visible all at once, when the stream closes. */
async function writeStream(handle: FileSystemFileHandle, path: string, bytes: Uint8Array) {
  if (!('createWritable' in handle)) throw missingFeature('file writing outside of workers');
  const options: FileSystemCreateWritableOptions & { mode: string } = {
    keepExistingData: false,
    mode: 'exclusive',
  };
  const stream = await exclusively(path, () => handle.createWritable(options));
  if ((await handle.getFile()).size > 0) {
    await stream.abort();
    throw alreadyExists(path);
  }
  try {
    await stream.write(bytes as Uint8Array<ArrayBuffer>);
    await stream.close();
  } catch (thrown) {
    await stream.abort().catch(() => undefined);
    // Chromium may close the pipe to the disk before it says that the quota is used up; nothing else aborts this stream.
    throw errorName(thrown) === 'AbortError' ? storageFull(path, thrown) : thrown;
  }
}

async function exclusively<T>(path: string, open: () => Promise<T>): Promise<T> {
  try {
    return await open();
  } catch (thrown) {
    throw errorName(thrown) === 'NoModificationAllowedError' ? alreadyExists(path) : thrown;
  }
}

async function remove(path: string): Promise<void> {
  const { folders, name } = parse(path);
  try {
    await inFolder(folders, false, (folder) => folder.removeEntry(name));
  } catch (thrown) {
    if (errorName(thrown) !== 'NotFoundError') throw storageFailure(thrown, path);
  }
}

async function list(prefix: string): Promise<FileEntry[]> {
  const folders = segments(prefix.endsWith('/') ? prefix.slice(0, -1) : prefix);
  try {
    return await filesBelow(await walk(folders, false), scheme + folders.join('/'));
  } catch (thrown) {
    if (errorName(thrown) === 'NotFoundError') return [];
    throw storageFailure(thrown, prefix);
  }
}

async function filesBelow(folder: FileSystemDirectoryHandle, path: string): Promise<FileEntry[]> {
  const found: Promise<FileEntry[]>[] = [];
  for await (const [name, handle] of folder.entries()) {
    const child = `${path}/${name}`;
    found.push(handle.kind === 'directory' ? filesBelow(handle, child) : fileEntry(handle, child));
  }
  return (await Promise.all(found)).flat();
}

async function fileEntry(handle: FileSystemFileHandle, path: string): Promise<FileEntry[]> {
  try {
    const { size, lastModified } = await handle.getFile();
    return [{ path, bytes: size, modifiedAt: lastModified }];
  } catch (thrown) {
    // Deleted since the folder was read.
    if (errorName(thrown) === 'NotFoundError') return [];
    throw thrown;
  }
}

/** Folders by their paths: on the way to one, each costs a message to the browser's process. */
const walked = new Map<string, FileSystemDirectoryHandle>();

/** Looks for something in a folder; whoever finds it missing walks there again, as the folder may have been deleted. */
async function inFolder<T>(
  folders: string[],
  create: boolean,
  look: (folder: FileSystemDirectoryHandle) => Promise<T>,
): Promise<T> {
  const path = folders.join('/');
  const known = walked.get(path);
  if (known !== undefined) {
    try {
      return await look(known);
    } catch (thrown) {
      if (errorName(thrown) !== 'NotFoundError') throw thrown;
      walked.delete(path);
    }
  }
  const folder = await walk(folders, create);
  walked.set(path, folder);
  return look(folder);
}

async function walk(folders: string[], create: boolean): Promise<FileSystemDirectoryHandle> {
  let handle = await opfsRoot();
  for (const folder of folders) handle = await handle.getDirectoryHandle(folder, { create });
  return handle;
}

async function exists(parent: FileSystemDirectoryHandle, name: string): Promise<boolean> {
  try {
    await parent.getFileHandle(name);
    return true;
  } catch (thrown) {
    if (errorName(thrown) === 'NotFoundError') return false;
    throw thrown;
  }
}

function parse(path: string): { folders: string[]; name: string } {
  const folders = segments(path);
  const name = folders.pop();
  if (name === undefined) throw badPath(path);
  return { folders, name };
}

function segments(path: string): string[] {
  if (!path.startsWith(scheme)) throw badPath(path);
  const names = path.slice(scheme.length).split('/');
  const bad = (name: string) => name === '' || name === '.' || name === '..' || name.includes('\\');
  if (names.some(bad)) throw badPath(path);
  return names;
}

const badPath = (path: string) =>
  new IcejamError('IllegalArgument', `Not a path of a stored file: ${path}`, { context: { path } });

const alreadyExists = (path: string) =>
  new IcejamError('AlreadyExists', `${path} exists already`, { context: { path } });
