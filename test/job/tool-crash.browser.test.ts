import { afterAll, describe, expect, it } from 'vitest';
import { append } from '../../src/iceberg/append.ts';
import type { Change } from '../../src/iceberg/change.ts';
import { commit } from '../../src/iceberg/commit.ts';
import type { CommitContext } from '../../src/iceberg/context.ts';
import { createTable } from '../../src/iceberg/create-table.ts';
import type { Pointer } from '../../src/iceberg/ports.ts';
import { loadTable, type Table } from '../../src/iceberg/table.ts';
import { updateProperties } from '../../src/iceberg/update-properties.ts';
import { openDatabase } from '../../src/storage/database.ts';
import { opfsFileIO } from '../../src/storage/opfs.ts';
import { resetStorage } from '../../src/storage/reset.ts';
import { definitionAt, seedTable, writeDataFile } from '../iceberg/every-operation.ts';
import { locationOf, openContext } from './crash-plan.ts';
import { CrashWorker, expectSound, liveFiles } from './crash-site.ts';
import { everyTool, imported } from './every-tool.ts';

afterAll(async () => resetStorage(await openDatabase()));

/** At most so many moments of a tool are tried, spread from its first to its last. */
const width = 8;

function spread(moments: number): number[] {
  const count = Math.min(moments, width);
  const step = count === 1 ? 0 : (moments - 1) / (count - 1);
  return Array.from({ length: count }, (_, index) => Math.round(1 + index * step));
}

/** The table as the tool finds it, or as it may have left it; `null`: there is none. */
async function contentOf(context: CommitContext, table: Table | null): Promise<string[] | null> {
  return table === null ? null : (await liveFiles(context, table)).map(sizeAndPartition).sort();
}

const sizeAndPartition = (file: { partition: unknown[]; record_count: number }) =>
  [...file.partition, file.record_count].join();

/** What is there before each tool: nothing, or a table, with orphans beside it. */
async function prepare(context: CommitContext, name: string, tool: string): Promise<void> {
  if (tool === 'create table' || tool === 'import') return;
  await seedTable(context, name, locationOf(name));
  if (tool === 'set back') await appendOne(context, name);
  if (tool !== 'remove_orphans') return;
  for (const orphan of ['data/o1.parquet', 'data/p=a/o2.parquet', 'metadata/o3-m0.avro']) {
    await context.io.create(`${locationOf(name)}/${orphan}`, new Uint8Array(3));
  }
}

/** Appends a row that a set-back takes away; what the version before it names stays. */
async function appendOne(context: CommitContext, name: string): Promise<void> {
  const change = async (make: (table: Table) => Change | Promise<Change>) => {
    const table = await loadTable(context, name);
    const result = await commit(context, table, await make(table), { protocol: 'queued' });
    expect(result.outcome).toBe('committed');
  };
  await change(() =>
    updateProperties({
      'write.metadata.delete-after-commit.enabled': 'false',
      'write.metadata.previous-versions-max': '100',
    }),
  );
  await change(async (table) => append([await writeDataFile(context, table, 'd')]));
}

async function find(context: CommitContext, name: string): Promise<Table | null> {
  const pointer: Pointer | null = await context.catalog.load(name);
  return pointer === null ? null : loadTable(context, name);
}

describe('a tool that is killed leaves a whole table or none, is followed at once, and lets go of every byte', () => {
  it.concurrent.each(Object.keys(everyTool))(
    '%s, at calls of its ports from the first to the last',
    async (tool) => {
      const context = await openContext(opfsFileIO());
      if (tool === 'import') await seedTable(context, imported, locationOf(imported));
      const folder = `crash:${tool.replaceAll(/\W/g, '_')}`;
      const run = async (name: string, killAt: number | null) => {
        await prepare(context, name, tool);
        const before = await contentOf(context, await find(context, name));
        const worker = new CrashWorker(name);
        const said = await worker.run(tool, killAt);
        await worker.kill();
        const table = await find(context, name);
        return { said, before, table, after: await contentOf(context, table) };
      };
      const whole = await run(`${folder}/never`, null);
      const moments = 'moments' in whole.said ? whole.said.moments : 0;
      expect(moments).toBeGreaterThan(3);
      const outcomes = new Set<string>();
      for (const moment of spread(moments)) {
        const name = `${folder}/m${moment}`;
        const { said, before, table, after } = await run(name, moment);
        expect(said).toMatchObject({ met: moment });
        expect([before, whole.after]).toContainEqual(after);
        outcomes.add(JSON.stringify(after));
        // Where there is no table, the next writer makes one in the same place.
        const made =
          table ?? (await createTable(context, name, definitionAt(locationOf(name)))).table;
        await expectSound(context, made);
      }
      expect([...outcomes].sort()).toEqual(
        [...new Set([whole.before, whole.after].map((each) => JSON.stringify(each)))].sort(),
      );
    },
  );
});
