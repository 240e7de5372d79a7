import { indexedDbCatalog } from '../../src/storage/catalog.ts';
import { openDatabase } from '../../src/storage/database.ts';
import { holdJobLock, leaseSnapshots, webLockQueue } from '../../src/storage/locks.ts';
import { opfsFileIO } from '../../src/storage/opfs.ts';
import { IcejamError } from '../../src/error.ts';
import type { TestCommand, TestAnswer } from './worker-message.ts';

/** Does one command of a test and answers with its result or its error. */
self.onmessage = async ({ data }: MessageEvent<TestCommand>) => {
  try {
    const result = await run(data);
    self.postMessage({ result } satisfies TestAnswer);
  } catch (thrown) {
    self.postMessage({ error: IcejamError.from(thrown).toValue() } satisfies TestAnswer);
  }
};

async function run(command: TestCommand): Promise<unknown> {
  const io = opfsFileIO();
  switch (command.do) {
    case 'create':
      await io.create(command.path, new Uint8Array(command.bytes).fill(command.fill ?? 7));
      return null;
    case 'read':
      return await io.read(command.path);
    case 'create-and-stay':
      await openAndStay(command.path);
      return null;
    case 'swap':
      return await swapRepeatedly(command.table, command.times, command.name);
    case 'hold-job':
      await holdJobLock(command.race, command.job);
      return null;
    case 'lease':
      await leaseSnapshots(command.table, [command.snapshot]);
      return null;
    case 'queue':
      await webLockQueue().run(command.table, async () => {
        self.postMessage({ result: 'in' } satisfies TestAnswer);
        await new Promise(() => undefined);
      });
      return null;
  }
}

/** Wins `times` swaps against whoever else is at it; returns how many were lost on the way. */
async function swapRepeatedly(table: string, times: number, name: string): Promise<number> {
  const catalog = indexedDbCatalog(await openDatabase());
  let lost = 0;
  for (let won = 0; won < times;) {
    const base = await catalog.load(table);
    const history = base === null ? '' : `${base.location},`;
    const result = await catalog.swap(table, base, `${history}${name}${String(won)}`);
    if (result.won) won += 1;
    else lost += 1;
  }
  return lost;
}

/** Leaves a file open and half written, as a worker does that is ended in the midst of `create`. */
async function openAndStay(path: string): Promise<void> {
  let folder = await navigator.storage.getDirectory();
  const names = path.slice('opfs:///'.length).split('/');
  const name = names.pop() ?? '';
  for (const part of names) folder = await folder.getDirectoryHandle(part, { create: true });
  const file = await folder.getFileHandle(name, { create: true });
  const access = await file.createSyncAccessHandle();
  access.write(new Uint8Array(3).fill(1), { at: 0 });
  access.flush();
}
