import { expect, test } from '@playwright/test';
import { App } from '../cli/app.ts';
import { readWhileWriting } from '../cli/readers.ts';
import { writeTrips } from '../cli/taxi.ts';

test('every query while 200,000 trips are written sees one snapshot', async ({}, testInfo) => {
  test.slow();
  const trips = testInfo.outputPath('trips.json');
  await writeTrips(trips, 200_000);
  const app = await App.open();
  try {
    const report = await readWhileWriting(app, trips, 50);
    const outcomes = report.workflows.flatMap(({ jobs }) => jobs.map(({ outcome }) => outcome));
    expect(outcomes).toEqual(['committed', 'committed']);
    expect(report.answers).toBeGreaterThan(0);
    expect(report.deviations).toEqual([]);
    expect(app.faults).toEqual([]);
  } finally {
    await app.close();
  }
});
