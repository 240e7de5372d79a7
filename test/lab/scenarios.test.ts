import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseWorkflows } from '../../src/flare/parse.ts';
import { challenges } from '../../src/lab/challenges.ts';
import { Lesson } from '../../src/lab/lesson.svelte.ts';
import { isAsAdvertised, type Scenario } from '../../src/lab/scenarios/scenario.ts';
import { scenarios } from '../../src/lab/scenarios/scenarios.ts';
import { readScript } from '../../src/race/read-script.ts';
import type { WorkflowReport } from '../../src/race/report.ts';

const textOf = (name: string) => readFileSync(`public/scenarios/${name}.yaml`, 'utf8');

/** What a scenario promises, as a report. */
function promised({ advertised, protocol }: Scenario): WorkflowReport {
  const jobs = Object.entries(advertised.jobs).map(([name, [outcome, attempts]]) => {
    const counts = { snapshotId: null, rows: 0, files: 0, ms: 0, warnings: [], error: null };
    return { name, outcome, attempts, ...counts };
  });
  const verdict = { result: advertised.verdict, sentences: [], ledger: [...advertised.ledger] };
  return { name: 'x', protocol, jobs, verdict, seed: '', script: [] };
}

describe('every scenario', () => {
  it.each(scenarios)('$name is one sound workflow, and its script names its jobs', (scenario) => {
    const { workflows, problems } = parseWorkflows(textOf(scenario.name));
    expect(problems).toEqual([]);
    expect(workflows).toHaveLength(1);
    const jobs = workflows[0]?.jobs.map(({ name }) => name) ?? [];
    expect(jobs).toEqual(expect.arrayContaining(readScript(scenario.script).map(({ job }) => job)));
    expect(Object.keys(scenario.advertised.jobs).toSorted()).toEqual(jobs.toSorted());
  });

  it('has a name of its own', () => {
    expect(new Set(scenarios.map(({ name }) => name)).size).toBe(scenarios.length);
  });

  it('knows a race that came to something else', () => {
    for (const scenario of scenarios) {
      const report = promised(scenario);
      expect(isAsAdvertised(scenario, report)).toBe(true);
      const retried = report.jobs.map((job) => ({ ...job, attempts: job.attempts + 1 }));
      expect(isAsAdvertised(scenario, { ...report, jobs: retried })).toBe(false);
      const verdict = { ...report.verdict, ledger: [] };
      expect(isAsAdvertised(scenario, { ...report, verdict })).toBe(false);
    }
  });
});

describe('every challenge', () => {
  it.each(challenges)('$name takes the workflow of a scenario, and has a hint', (challenge) => {
    expect(scenarios.map(({ name }) => name)).toContain(challenge.workflow);
    expect(challenge.hints.length).toBeGreaterThan(0);
  });
});

describe('the lesson that is open', () => {
  const [scenario] = scenarios as [Scenario, ...Scenario[]];

  it('gives the order of its own text alone', () => {
    const lesson = new Lesson();
    lesson.open({ kind: 'scenario', scenario }, 'text');
    expect(lesson.orderOf('text').script).toBe(scenario.script);
    expect(lesson.orderOf('text, changed').script).toBe(null);
    lesson.close();
    expect(lesson.orderOf('text').script).toBe(null);
  });

  it('says whether a race over its text came out as promised', () => {
    const lesson = new Lesson();
    lesson.open({ kind: 'scenario', scenario }, 'text');
    lesson.judge('another text', promised(scenario), []);
    expect(lesson.reached).toBe(null);
    lesson.judge('text', promised(scenario), []);
    expect(lesson.reached).toBe(true);
  });

  it('remembers the challenges that were solved', () => {
    const [challenge] = challenges;
    if (challenge === undefined) throw new Error('There is no challenge');
    const lesson = new Lesson();
    const report = { ...promised(scenario), protocol: 'queued' as const };
    const jobs = report.jobs.map((job) => ({ ...job, attempts: 1 }));
    lesson.open({ kind: 'challenge', challenge }, 'text');
    lesson.judge('text', report, []);
    expect([lesson.reached, lesson.solved]).toEqual([false, []]);
    lesson.judge('text', { ...report, jobs }, []);
    expect([lesson.reached, lesson.solved]).toEqual([true, [challenge.name]]);
  });
});
