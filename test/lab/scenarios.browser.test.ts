import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Console, consoleOf } from '../../src/lab/console.ts';
import { sampleTrips, scenarioText } from '../../src/lab/samples.ts';
import { isAsAdvertised } from '../../src/lab/scenarios/scenario.ts';
import { scenarios } from '../../src/lab/scenarios/scenarios.ts';
import { Session } from '../../src/lab/session.ts';

const session = new Session();
const app: Console = consoleOf(session);

beforeAll(async () => {
  await app.reset();
  await app.drop('dataos://thirdparty01:none/ny-taxi-data', [await sampleTrips()]);
});

afterAll(() => session.close());

describe('each scenario comes to what it promises', () => {
  it.each(scenarios)('$title', async (scenario) => {
    const { name, protocol, script, query, advertised } = scenario;
    const { workflows } = await app.run(await scenarioText(name), { protocol, script });
    const [report] = workflows;
    if (report === undefined) throw new Error('There was no race');
    const ends = report.jobs.map(({ name, outcome, attempts }) => [name, [outcome, attempts]]);
    expect(Object.fromEntries(ends)).toEqual(advertised.jobs);
    expect(report.verdict).toMatchObject({ result: advertised.verdict, ledger: advertised.ledger });
    expect(isAsAdvertised(scenario, report)).toBe(true);
    expect((await app.query(query)).rows).toEqual(advertised.answer);
  });
});
