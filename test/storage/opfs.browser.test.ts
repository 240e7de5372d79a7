import { afterEach, describe, expect, it } from 'vitest';
import { sendToBrowser } from './browser-protocol.ts';
import { opfsFileIO, opfsRoot } from '../../src/storage/opfs.ts';
import { TestWorker } from './worker-message.ts';

const io = opfsFileIO();
const root = 'opfs:///test-opfs';
const bytes = (...values: number[]) => new Uint8Array(values);

afterEach(async () => {
  await (await opfsRoot()).removeEntry('test-opfs', { recursive: true }).catch(() => undefined);
});

describe('on the page', () => {
  it('reads back what it created, folders made on the way', async () => {
    await io.create(`${root}/a/b/c.bin`, bytes(1, 2, 3));
    expect(await io.read(`${root}/a/b/c.bin`)).toEqual(bytes(1, 2, 3));
  });

  it('finds its way after a folder was deleted, and made again by somebody else', async () => {
    await io.create(`${root}/a/b/one`, bytes(1));
    const folder = await (await opfsRoot()).getDirectoryHandle('test-opfs');
    await folder.removeEntry('a', { recursive: true });
    await expect(io.read(`${root}/a/b/one`)).rejects.toMatchObject({ kind: 'NotFound' });
    await io.create(`${root}/a/b/two`, bytes(2));
    await folder.removeEntry('a', { recursive: true });
    await io.create(`${root}/a/b/two`, bytes(3));
    expect(await io.read(`${root}/a/b/two`)).toEqual(bytes(3));
    await folder.removeEntry('a', { recursive: true });
    await io.delete(`${root}/a/b/two`);
    const made = await folder.getDirectoryHandle('a', { create: true });
    await (
      await made.getDirectoryHandle('b', { create: true })
    ).getFileHandle('three', {
      create: true,
    });
    expect(await io.read(`${root}/a/b/three`)).toEqual(bytes());
  });

  it('takes names as they stand', async () => {
    const names = [
      'month=2016%2F01',
      '100%',
      'a b+c',
      'ünïcødé 日本 🚕',
      '"quoted"',
      "it's",
      'a:b',
      'what?',
      'a*b|c<d>',
      '#x',
      '.hidden',
      'dot.',
      '__HIVE_DEFAULT_PARTITION__',
      'CON',
      'x'.repeat(200),
    ];
    for (const [index, name] of names.entries()) {
      await io.create(`${root}/${name}/${name}`, bytes(index));
    }
    const listed = await io.list(root);
    expect(listed.map(({ path }) => path).sort()).toEqual(
      names.map((name) => `${root}/${name}/${name}`).sort(),
    );
    for (const [index, name] of names.entries()) {
      expect(await io.read(`${root}/${name}/${name}`)).toEqual(bytes(index));
    }
  });

  it('keeps names apart that differ by case', async () => {
    await io.create(`${root}/A`, bytes(1));
    await io.create(`${root}/a`, bytes(2));
    expect(await io.read(`${root}/A`)).toEqual(bytes(1));
  });

  it('refuses to create a file that exists, and leaves that one alone', async () => {
    await io.create(`${root}/once`, bytes(1));
    await expect(io.create(`${root}/once`, bytes(2))).rejects.toMatchObject({
      kind: 'AlreadyExists',
    });
    expect(await io.read(`${root}/once`)).toEqual(bytes(1));
  });

  it('says NotFound of a missing file and of a missing folder', async () => {
    await expect(io.read(`${root}/none`)).rejects.toMatchObject({ kind: 'NotFound' });
    await expect(io.read(`${root}/no/such/file`)).rejects.toMatchObject({ kind: 'NotFound' });
  });

  it('deletes a file, and a missing one without complaint', async () => {
    await io.create(`${root}/x/gone`, bytes(1));
    await io.delete(`${root}/x/gone`);
    await io.delete(`${root}/x/gone`);
    await io.delete(`${root}/never/was`);
    expect(await io.list(root)).toEqual([]);
  });

  it('lists sizes and times of everything below a folder, nothing for an absent one', async () => {
    const before = Date.now();
    await io.create(`${root}/t/data/p=1/a`, bytes(1, 2));
    await io.create(`${root}/t/metadata/b`, bytes(1, 2, 3));
    await io.create(`${root}/tt/c`, bytes(1));
    const files = (await io.list(`${root}/t/`)).sort((a, b) => a.path.localeCompare(b.path));
    expect(files.map(({ path, bytes }) => [path, bytes])).toEqual([
      [`${root}/t/data/p=1/a`, 2],
      [`${root}/t/metadata/b`, 3],
    ]);
    for (const { modifiedAt } of files) expect(modifiedAt).toBeGreaterThanOrEqual(before - 1000);
    expect(await io.list(`${root}/absent`)).toEqual([]);
  });

  it('refuses what is no path of a stored file', async () => {
    for (const path of [
      's3://bucket/key',
      'opfs:///',
      `${root}//a`,
      `${root}/../up`,
      `${root}/a\\b`,
    ]) {
      await expect(io.read(path), path).rejects.toMatchObject({ kind: 'IllegalArgument' });
    }
  });

  it('says StorageFull when there is no room, and leaves nothing behind', async () => {
    const { origin } = location;
    const { usage = 0 } = await navigator.storage.estimate();
    await sendToBrowser('Storage.overrideQuotaForOrigin', { origin, quotaSize: usage + 1_000_000 });
    try {
      await expect(io.create(`${root}/page`, new Uint8Array(20_000_000))).rejects.toMatchObject({
        kind: 'StorageFull',
        context: { subject: `${root}/page` },
      });
    } finally {
      await sendToBrowser('Storage.overrideQuotaForOrigin', { origin });
    }
    expect(await io.list(root)).toEqual([]);
  });
});

describe('in workers', () => {
  it('writes a file that the page reads whole', async () => {
    const worker = new TestWorker();
    await worker.ask({ do: 'create', path: `${root}/big`, bytes: 5_000_000 });
    const found = await io.read(`${root}/big`);
    expect(found.length).toBe(5_000_000);
    expect(found.every((byte) => byte === 7)).toBe(true);
    worker.end();
  });

  it('lets exactly one of many writers create a name', async () => {
    const workers = Array.from({ length: 8 }, () => new TestWorker());
    for (let round = 0; round < 10; round += 1) {
      const path = `${root}/race/${String(round)}`;
      const outcomes = await Promise.allSettled(
        workers.map((worker, fill) => worker.ask({ do: 'create', path, bytes: 1000, fill })),
      );
      const winner = outcomes.findIndex(({ status }) => status === 'fulfilled');
      const lost = outcomes.filter((outcome) => outcome.status === 'rejected');
      expect(lost.map(({ reason }) => (reason as { kind: string }).kind)).toEqual(
        Array(7).fill('AlreadyExists'),
      );
      expect(new Set(await io.read(path))).toEqual(new Set([winner]));
    }
    for (const worker of workers) worker.end();
  });

  it('never completes what a killed writer left half written', async () => {
    const path = `${root}/half`;
    const killed = new TestWorker();
    await killed.ask({ do: 'create-and-stay', path });
    const other = new TestWorker();
    await expect(other.ask({ do: 'create', path, bytes: 10 })).rejects.toMatchObject({
      kind: 'AlreadyExists',
    });
    killed.end();
    await expect(other.ask({ do: 'create', path, bytes: 10 })).rejects.toMatchObject({
      kind: 'AlreadyExists',
    });
    expect((await io.list(root)).map(({ bytes }) => bytes)).toEqual([3]);
    other.end();
  });

  it('reads one file in many workers at once', async () => {
    await io.create(`${root}/shared`, bytes(4, 5, 6));
    const workers = Array.from({ length: 4 }, () => new TestWorker());
    const found = await Promise.all(
      workers.map((worker) => worker.ask({ do: 'read', path: `${root}/shared` })),
    );
    expect(found).toEqual(Array(4).fill(bytes(4, 5, 6)));
    for (const worker of workers) worker.end();
  });
});
