import { afterAll, describe, expect, it } from 'vitest';
import type { CommitContext } from '../../src/iceberg/context.ts';
import type { Stop } from '../../src/iceberg/stop.ts';
import { loadTable } from '../../src/iceberg/table.ts';
import { openDatabase } from '../../src/storage/database.ts';
import { opfsFileIO } from '../../src/storage/opfs.ts';
import { resetStorage } from '../../src/storage/reset.ts';
import { everyOperation, seedTable } from '../iceberg/every-operation.ts';
import { locationOf, openContext } from './crash-plan.ts';
import { CrashWorker, expectSound, liveFiles, pathsOf, sweep } from './crash-site.ts';

afterAll(async () => resetStorage(await openDatabase()));

/** Kills a worker that does an operation on a table of its own when it comes to a stop. */
async function killAt(context: CommitContext, name: string, operation: string, stop: Stop) {
  const worker = new CrashWorker(name);
  const said = await worker.run(operation, stop);
  await worker.kill();
  expect(said).toMatchObject({ met: stop });
  const table = await loadTable(context, name);
  await expectSound(context, table);
  return { stops: said.stops, version: table.pointer.version };
}

describe('a job that is killed leaves a table that reads, is written on at once, and lets go of every byte', () => {
  it.each(Object.keys(everyOperation))('%s, at every stop', async (operation) => {
    const context = await openContext(opfsFileIO());
    const folder = `crash:${operation.replaceAll(' ', '_')}`;
    const last = await killAt(context, `${folder}/cleaned-up`, operation, 'cleaned-up');
    expect(last.stops).toEqual(expect.arrayContaining(['base-read', 'before-swap', 'swap-won']));
    const others = new Set(last.stops.filter((stop) => stop !== 'cleaned-up'));
    const killed = [...others].map(async (stop) => {
      const { version } = await killAt(context, `${folder}/${stop}`, operation, stop);
      expect(version, stop).toBe(stop === 'swap-won' ? last.version : last.version - 1);
    });
    await Promise.all(killed);
  });
});

it('nothing of a job that is held is taken for an orphan, by whomever and however old', async () => {
  const name = 'crash:held/t';
  const context = await openContext(opfsFileIO());
  await seedTable(context, name, locationOf(name));
  const before = await pathsOf(context, name);
  for (const stop of ['manifests-written', 'before-swap'] as const) {
    const worker = new CrashWorker(name);
    expect(await worker.run('append', stop)).toMatchObject({ met: stop });
    const during = await pathsOf(context, name);
    expect(during.length).toBeGreaterThan(before.length);
    expect(await sweep(context, name)).toEqual([]);
    expect(await pathsOf(context, name)).toEqual(during);
    expect(await worker.tell('go on')).toMatchObject({ ended: 'committed' });
    await worker.kill();
  }
  const after = await loadTable(context, name);
  expect(await liveFiles(context, after)).toHaveLength(4);
  expect(await sweep(context, name)).toEqual([]);
});

it('a file that was being written when its worker was killed is an orphan', async () => {
  const name = 'crash:torn/t';
  const context = await openContext(opfsFileIO());
  await seedTable(context, name, locationOf(name));
  const folder = `${locationOf(name)}/data`;
  const worker = new Worker(new URL('../storage/storage.worker.ts', import.meta.url), {
    type: 'module',
  });
  await new Promise((resolve) => {
    worker.onmessage = resolve;
    worker.postMessage({ do: 'create-and-stay', path: `${folder}/torn.parquet` });
  });
  worker.terminate();
  await expect.poll(() => sweep(context, name)).toEqual([`${folder}/torn.parquet`]);
  expect(await pathsOf(context, name)).not.toContain(`${folder}/torn.parquet`);
});
