import { expect, it } from 'vitest';
import { ManifestReader } from '../../../src/iceberg/manifest-reader.ts';
import { loadTable } from '../../../src/iceberg/table.ts';
import { referencedFiles } from '../../../src/race/explorer/files.ts';
import { indexedDbCatalog } from '../../../src/storage/catalog.ts';
import { openDatabase } from '../../../src/storage/database.ts';
import { opfsFileIO } from '../../../src/storage/opfs.ts';
import { all, append, compaction, content, runEach, session } from './trips-table.ts';
import { actionJob, sinkJob, workflowOf } from './workflow.ts';

const io = opfsFileIO();
const folder = 'opfs:///warehouse/icebase/raw01/trips';
const stored = async (part = '') =>
  (await io.list(`${folder}/${part}`)).map(({ path }) => path).sort();

/** What the table refers to. */
async function referenced(): Promise<string[]> {
  const ports = { io, catalog: indexedDbCatalog(await openDatabase()) };
  const table = await loadTable(ports, 'icebase:raw01/trips');
  return [...(await referencedFiles(new ManifestReader(io), table))].sort();
}

it.each([
  ['a sink', sinkJob('job', all)],
  ['a compaction', compaction('properties: { rewrite-all: "true" }')],
])(
  '%s whose worker is killed while it writes Parquet leaves orphans and nothing else',
  async (_what, job) => {
    await runEach(sinkJob('one', all, { spec: '{ type: identity, column: id, name: id }' }));
    const [before, files] = [await content(), await stored('data')];
    const workflow = workflowOf(job);
    const name = workflow.jobs[0]?.name ?? '';
    const race = session.start(workflow, { protocol: 'queued' });
    // Forty partitions, one file after the other: it is in the midst of them when the first are there.
    while ((await stored('data')).length < files.length + 3);
    race.kill(name);
    const { jobs } = await race.finished;
    expect(jobs[0]?.outcome).toBe('killed');
    expect(race.events.map(({ detail }) => detail.stop)).not.toContain('data-written');
    expect(await content()).toEqual(before);

    await runEach(append('next'));
    expect((await content())[0]?.n).toBe(80);
    const needed = await referenced();
    const orphans = (await stored()).filter((path) => !needed.includes(path));
    expect(orphans.length).toBeGreaterThan(2);
    const sweep = `{ name: remove_orphans, input: own, options: { olderThan: 9999999999999 } }`;
    const sweeping = session.start(workflowOf(actionJob('sweeper', sweep)), { protocol: 'queued' });
    const { detail } = await sweeping.reached('sweeper', 'cleaned-up');
    await sweeping.finished;
    expect(detail.stop === 'cleaned-up' && detail.deleted.sort()).toEqual(orphans);
    expect(await stored()).toEqual(needed);
  },
);
