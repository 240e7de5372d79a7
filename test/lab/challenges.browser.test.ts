import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { challenges } from '../../src/lab/challenges.ts';
import { type Console, consoleOf } from '../../src/lab/console.ts';
import { sampleTrips, scenarioText } from '../../src/lab/samples.ts';
import { scenarios } from '../../src/lab/scenarios/scenarios.ts';
import { Session } from '../../src/lab/session.ts';
import type { Protocol } from '../../src/iceberg/stop.ts';
import type { Race } from '../../src/race/runner.ts';

const session = new Session();
const app: Console = consoleOf(session);
let race: Race | null = null;
session.onRace((started) => {
  race = started;
  return {};
});

beforeAll(async () => {
  await app.reset();
  await app.drop('dataos://thirdparty01:none/ny-taxi-data', [await sampleTrips()]);
});

afterAll(() => session.close());

async function solves(name: string, protocol: Protocol, script: string): Promise<boolean> {
  const challenge = challenges.find((each) => each.name === name);
  if (challenge === undefined) throw new Error(`There is no challenge ${name}`);
  const { workflows } = await app.run(await scenarioText(challenge.workflow), { protocol, script });
  const [report] = workflows;
  if (report === undefined || race === null) throw new Error('There was no race');
  return challenge.isSolved(report, race.events);
}

const scriptOf = (name: string): string =>
  scenarios.find((scenario) => scenario.name === name)?.script ?? '';

const oneAfterTheOther = 'run vendor-one to finished\nrun vendor-two to finished';

describe('a challenge is solved', () => {
  it.each<[string, Protocol, string]>([
    ['no-retry', 'optimistic', oneAfterTheOther],
    ['lose-rows', 'unsafe', scriptOf('lost-update')],
    ['let-it-be', 'optimistic', 'run overwrite to finished\nrun append to finished'],
    ['orphans', 'queued', scriptOf('killed-before')],
    [
      'unknown-success',
      'queued',
      'run vendor-one to swap-won of attempt 1\nkill vendor-one at swap-won',
    ],
    ['starve', 'optimistic', scriptOf('retries-exhausted')],
    [
      'twelve-cabs',
      'optimistic',
      `run before to finished\nrelease before at finished\n${oneAfterTheOther}`,
    ],
  ])('%s', async (name, protocol, script) => {
    expect(await solves(name, protocol, script)).toBe(true);
  });
});

describe('a challenge is not solved', () => {
  it.each<[string, string, Protocol, string]>([
    ['lose-rows', 'by two jobs that see each other', 'unsafe', oneAfterTheOther],
    ['orphans', 'by a kill before there are files', 'queued', 'kill vendor-one at start'],
    ['twelve-cabs', 'by two that read the same sum', 'optimistic', scriptOf('write-skew')],
  ])('%s %s', async (name, _, protocol, script) => {
    expect(await solves(name, protocol, script)).toBe(false);
  });
});
