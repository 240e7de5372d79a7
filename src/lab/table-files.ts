import type { TableFile } from '../workbench/api.ts';

/** Files that were chosen, with the paths that they have below the chosen folder; else their names are their paths. */
export function chosenFiles(files: Iterable<File>): TableFile[] {
  return Array.from(files, (file) => ({
    path: file.webkitRelativePath || file.name,
    content: file,
  }));
}

/**
 * Everything that was dropped, folders with all that is below them. To be called while the drop event is handled:
 * afterwards the browser has taken its items away. Rejects with the browser's error for what cannot be read.
 */
export async function droppedFiles({ items }: DataTransfer): Promise<TableFile[]> {
  const entries = Array.from(items, (item) => item.webkitGetAsEntry()).filter((it) => it !== null);
  return (await Promise.all(entries.map(filesBelow))).flat();
}

async function filesBelow(entry: FileSystemEntry): Promise<TableFile[]> {
  if (isFolder(entry)) return (await Promise.all((await children(entry)).map(filesBelow))).flat();
  const content = await new Promise<File>((resolve, reject) => {
    (entry as FileSystemFileEntry).file(resolve, reject);
  });
  return [{ path: entry.fullPath.replace(/^\//, ''), content }];
}

const isFolder = (entry: FileSystemEntry): entry is FileSystemDirectoryEntry => entry.isDirectory;

/** A reader gives at most 100 entries at a time, and none when it is through. */
async function children(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => {
      reader.readEntries(resolve, reject);
    });
    if (some.length === 0) return all;
    all.push(...some);
  }
}
