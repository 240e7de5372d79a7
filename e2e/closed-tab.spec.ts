import type { Page } from '@playwright/test';
import type { Stop } from '../src/iceberg/stop.ts';
import { expect, test } from './page.ts';

test.describe.configure({ timeout: 180_000 });

const address = 'dataos://icebase:lessons/closed?acl=rw';

const writes = (name: string, rows: number, saveMode = 'append'): string => `
    - name: ${name}
      spec:
        stack: flare:7.0
        stackSpec:
          job:
            steps:
              - sequence:
                  - { name: rows_to_write, sql: 'select explode(sequence(1, ${rows})) as id' }
            outputs:
              - { name: rows_to_write, dataset: '${address}', format: iceberg, options: { saveMode: ${saveMode} } }`;

const sweeps = (dryRun: boolean): string => `
    - name: sweep
      spec:
        stack: flare:7.0
        stackSpec:
          job:
            inputs: [{ name: closed, dataset: '${address}', format: iceberg }]
            actions:
              - { name: remove_orphans, input: closed, options: { olderThan: '2999-01-01 00:00:00', dryRun: '${dryRun}' } }`;

const workflow = (...jobs: string[]): string =>
  `version: v1\nname: closed\ntype: workflow\nworkflow:\n  dag:${jobs.join('')}`;

/** Begins a race in which the job `one` stays at a stop, without waiting for its end. */
async function hold(page: Page, script: string, stop: Stop): Promise<void> {
  const jobs = workflow(writes('before', 3, 'overwrite'), writes('one', 5), writes('two', 7));
  await page.evaluate(
    ([yaml, script, stop]) => {
      void icejam.run(yaml, { protocol: 'queued', script, holds: { one: [stop] } });
    },
    [jobs, script, stop] as const,
  );
  await expect(page.getByRole('button', { name: 'Release one' })).toBeVisible({ timeout: 90_000 });
}

const run = (page: Page, yaml: string) =>
  page.evaluate(async (text) => (await icejam.run(text)).workflows[0]?.jobs ?? [], yaml);

/** The locks of jobs, commits, leases and claims that somebody holds or waits for. */
const locks = (page: Page) =>
  page.evaluate(async () => {
    const { held = [], pending = [] } = await navigator.locks.query();
    const names = [...held, ...pending].map(({ name = '' }) => name.split(':')[1] ?? '');
    return names.filter((name) => ['job', 'commit', 'snapshot', 'writing'].includes(name)).sort();
  });

/** All files of the table. */
const files = (page: Page) =>
  page.evaluate(async () => {
    const found: string[] = [];
    const walk = async (folder: FileSystemDirectoryHandle, path: string): Promise<void> => {
      for await (const [name, entry] of folder.entries()) {
        if (entry.kind === 'file') found.push(`${path}${name}`);
        else await walk(entry, `${path}${name}/`);
      }
    };
    let folder = await navigator.storage.getDirectory();
    for (const name of ['warehouse', 'icebase', 'lessons', 'closed']) {
      folder = await folder.getDirectoryHandle(name);
    }
    await walk(folder, '');
    return found.sort();
  });

const kindOf = (path: string): string =>
  /parquet|snap-|metadata\.json|-m\d+\.avro/.exec(path)?.[0].replace(/\d+/, '0') ?? path;

const before = 'run before to finished\nrelease before at finished\n';

const places = [
  {
    where: 'between its lock and its swap',
    stop: 'before-swap',
    stops: 17,
    script: `${before}run one to before-swap\nrun two to finished\nrelease one at before-swap\nrun one to before-swap of attempt 2`,
    held: 'commit',
    orphans: ['-m0.avro', 'metadata.json', 'metadata.json', 'parquet', 'snap-', 'snap-'],
  },
  {
    where: 'between its files and its swap',
    stop: 'data-written',
    stops: 5,
    script: `${before}run two to finished\nrun one to data-written`,
    held: 'writing',
    orphans: ['parquet'],
  },
] as const;

for (const { where, stop, stops, script, held, orphans } of places) {
  test(`a tab that is closed ${where} stands in nobody’s way and leaves what a sweep frees`, async ({
    lab,
    openTab,
  }) => {
    await hold(lab, script, stop);
    // The script comes by the stop more than once: the last time, so much has happened in the lane.
    const lane = lab.getByRole('group', { name: 'one', exact: true }).getByRole('option');
    await expect(lane).toHaveCount(stops);
    const b = await openTab();
    expect(await locks(b)).toEqual(expect.arrayContaining([held, 'job']));
    const left = await files(b);
    await lab.close();

    const [other] = await run(b, workflow(writes('other', 11)));
    expect(other).toMatchObject({ outcome: 'committed', attempts: 1, error: null });
    await expect.poll(() => locks(b)).toEqual([]);

    const [dry] = await run(b, workflow(sweeps(true)));
    const told = dry?.warnings.map(({ message }) => message).join() ?? '';
    const listed = left.filter((path) => told.includes(path));
    expect(listed.map(kindOf).sort()).toEqual(orphans);
    expect(told).toContain(`would delete ${orphans.length} file`);

    const all = await files(b);
    await run(b, workflow(sweeps(false)));
    expect(await files(b)).toEqual(all.filter((path) => !listed.includes(path)));
    const count = await b.evaluate(
      async () => (await icejam.query('select count(*) as n from icebase.lessons.closed')).rows,
    );
    expect(Number(count[0]?.n)).toBe(3 + 7 + 11);
  });
}
