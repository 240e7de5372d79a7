import { expect, it } from 'vitest';
import { challenges } from '../../src/lab/challenges.ts';
import { Lab } from '../../src/lab/lab.svelte.ts';
import { scenarioText } from '../../src/lab/samples.ts';
import { scenarios } from '../../src/lab/scenarios/scenarios.ts';
import { Session } from '../../src/lab/session.ts';

it('runs the text as it was changed when it is run at once', async () => {
  const lab = new Lab(new Session());
  await lab.start();
  void lab.changeSaves('overwrite');
  await lab.run();
  const operations = lab.race.events.flatMap(({ detail, attempt }) =>
    detail.stop === 'swap-won' && attempt > 0 ? [detail.operation] : [],
  );
  expect(operations).toEqual(['overwrite', 'overwrite']);
});

it('runs the scenario that was opened last, also when it is run at once', async () => {
  const lab = new Lab(new Session());
  await lab.start();
  const [first, last] = scenarios.filter(({ protocol }) => protocol !== 'unsafe');
  if (first === undefined || last === undefined) throw new Error('There are two scenarios.');
  const text = await scenarioText(last.name);
  const beforeRun = lab.workflow.text;
  for (const scenario of [first, last]) void lab.openScenario(scenario);
  expect(lab.workflow.text).toBe(beforeRun);
  await lab.run();
  expect(lab.workflow.text).toBe(text);
  const jobs = lab.workflow.jobs.map(({ name }) => name);
  expect(lab.race.report?.jobs.map(({ name }) => name)).toEqual(jobs);
});

it('opens a challenge with the safety on, also after a lesson that had it off', async () => {
  const lab = new Lab(new Session());
  await lab.start();
  for (const scenario of scenarios) {
    if (scenario.protocol === 'unsafe') await lab.openScenario(scenario);
  }
  expect(lab.protocol).toBe('unsafe');
  for (const challenge of challenges.slice(0, 1)) await lab.openChallenge(challenge);
  expect(lab.protocol).toBe('queued');
});
