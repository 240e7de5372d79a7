import { expect, test } from 'vitest';
import { IcejamError } from '../../src/error.ts';
import { RaceView } from '../../src/lab/race-view.svelte.ts';
import { Races } from '../../src/lab/races.svelte.ts';
import type { RaceListener, Session } from '../../src/lab/session.ts';
import type { WorkflowReport } from '../../src/race/report.ts';

test('that a race could not be kept is told until the next one starts', async () => {
  let start: RaceListener | undefined;
  const failure = Promise.reject(
    new IcejamError('StorageFull', 'There is no room', { remedy: 'Free some.' }),
  );
  const session = {
    onRace: (listener: RaceListener) => void (start = listener),
    workbench: { call: () => failure },
  };
  const races = new Races(session as unknown as Session, new RaceView((flush) => flush()));
  const workflow = {
    name: 'wf',
    jobs: [],
    range: { line: 1, column: 1, endLine: 1, endColumn: 1 },
  };
  const race = { id: 'r', protocol: 'queued', seed: 's', events: [], kills: [], startedAt: 0 };
  const run = () => start?.(race as never, workflow, '');
  const report: WorkflowReport = {
    name: 'wf',
    protocol: 'queued',
    seed: 's',
    script: [],
    jobs: [],
    verdict: { result: 'holds', sentences: [], ledger: [] },
  };
  run()?.onReport?.(report);
  await failure.catch(() => undefined);
  await Promise.resolve();
  expect(races.unkept).toMatchObject({
    message: 'This race is not kept. There is no room',
    remedy: 'Free some.',
  });
  expect(races.shown?.report).toEqual(report);
  run();
  expect(races.unkept).toBeNull();
});
