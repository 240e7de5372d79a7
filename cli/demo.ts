import { App } from './app.ts';
import { queryLines, workflowLines } from './report.ts';
import {
  rowsPerVendorAndMonth,
  sampleTrips,
  shippedWorkflow,
  startAfresh,
  tableAddress,
} from './taxi.ts';
import { alignColumns } from './table-text.ts';

const acts = [
  {
    workflow: 'append',
    title: '1. Append: two jobs add to one table at the same time. Both jobs’ rows stay.',
  },
  {
    workflow: 'overwrite-dynamic',
    title:
      '2. Overwrite, dynamic: each job replaces the partitions (here months) that it has rows for.\n' +
      '   Both vendors drove in the same months: only the last committer’s rows stay.',
  },
  {
    workflow: 'set-metadata',
    title: '3. set-metadata: the registered version that readers may follow moves to the latest.',
  },
];

const say = (lines: string[]) => process.stdout.write(`${lines.join('\n')}\n`);

async function snapshotLines(app: App): Promise<string[]> {
  const header = ['snapshot', 'operation', 'rows added', 'rows deleted', 'rows in the table'];
  const rows = (await app.snapshots(tableAddress)).map(({ snapshotId, operation, summary }) => {
    const count = (key: string) => Number(summary[key] ?? 0);
    const counts = [count('added-records'), count('deleted-records'), count('total-records')];
    return [snapshotId, operation, ...counts];
  });
  return alignColumns(header, rows);
}

/** What a person wants to know of the table: its rows, how it came to them, and where its versions stand. */
async function tableLines(app: App): Promise<string[]> {
  const { rows } = await app.query(rowsPerVendorAndMonth);
  const versions = (await app.tables()).map(({ sqlName, version, registered }) => {
    const place = registered === null ? 'none is' : `version ${registered.version} is`;
    return `${sqlName} is at version ${version}; ${place} registered.`;
  });
  const answer = queryLines({ sql: 'The table now holds', rows });
  return [...answer, '', ...(await snapshotLines(app)), '', ...versions];
}

const app = await App.open();
try {
  say([`Dropping ${sampleTrips}`]);
  await startAfresh(app, sampleTrips);
  for (const { workflow, title } of acts) {
    say(['', title, '']);
    const { workflows } = await app.run(shippedWorkflow(workflow));
    say(workflows.flatMap(workflowLines));
    const well = workflows.every(({ jobs, verdict }) => {
      return verdict.result === 'holds' && jobs.every(({ outcome }) => outcome === 'committed');
    });
    if (!well) process.exitCode = 1;
    say(['', ...(await tableLines(app))]);
  }
} finally {
  await app.close();
}
