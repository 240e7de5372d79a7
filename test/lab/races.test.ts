import { expect, test } from 'vitest';
import { IcejamError } from '../../src/error.ts';
import { RaceView } from '../../src/lab/race-view.svelte.ts';
import { Races } from '../../src/lab/races.svelte.ts';
import type { RaceEvent } from '../../src/race/event.ts';
import type { RaceListener, Session } from '../../src/lab/session.ts';
import type { WorkflowReport } from '../../src/race/report.ts';

/** The kept races of a session whose storage answers as told, and what a race of so many events does to them. */
function racesWith(storage: () => Promise<unknown>) {
  let start: RaceListener | undefined;
  const session = {
    onRace: (listener: RaceListener) => void (start = listener),
    workbench: { call: storage },
  };
  const races = new Races(session as unknown as Session, new RaceView((flush) => flush()));
  const range = { line: 1, column: 1, endLine: 1, endColumn: 1 };
  const begin = (events: readonly RaceEvent[] = []) => {
    const race = { id: 'r', protocol: 'queued', seed: 's', events, kills: [], startedAt: 0 };
    return start?.(race as never, { name: 'wf', jobs: [], range }, '');
  };
  return { races, begin };
}

const report: WorkflowReport = {
  name: 'wf',
  protocol: 'queued',
  seed: 's',
  script: [],
  jobs: [],
  verdict: { result: 'holds', sentences: [], ledger: [] },
};

test('that a race could not be kept is told until the next one starts', async () => {
  const failure = Promise.reject(
    new IcejamError('StorageFull', 'There is no room', { remedy: 'Free some.' }),
  );
  const { races, begin } = racesWith(() => failure);
  begin()?.onReport?.(report);
  await failure.catch(() => undefined);
  await Promise.resolve();
  expect(races.unkept).toMatchObject({
    message: 'This race is not kept. There is no room',
    remedy: 'Free some.',
  });
  expect(races.shown?.report).toEqual(report);
  begin();
  expect(races.unkept).toBeNull();
});

test('a race of more than 5,000 stops is not kept, and that is told', () => {
  const saved: unknown[] = [];
  const { races, begin } = racesWith(() => Promise.resolve(saved.push('a race')));
  const event: RaceEvent = {
    seq: 0,
    at: 0,
    job: 'one',
    table: null,
    attempt: 1,
    detail: { stop: 'start', protocol: 'queued' },
  };
  begin(Array.from({ length: 5001 }, (_, seq) => ({ ...event, seq })))?.onReport?.(report);
  expect(races.unkept?.message).toBe(
    'This race is not kept. It came to 5,001 stops, and only races of up to 5,000 are kept.',
  );
  expect(saved).toEqual([]);
});
