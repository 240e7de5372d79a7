import { expect, it } from 'vitest';
import { parseWorkflows } from '../../src/flare/parse.ts';
import { operationsOf } from '../../src/lab/explored-operations.ts';
import { raceOfSchedule } from '../../src/lab/explored-race.ts';
import { operations } from '../../src/race/explorer/operations.ts';

it.each(operations)('an explored %s is asked of a job of a workflow', (operation) => {
  const jobs = [{ name: 'one', operation, partition: 'b' as const }];
  const { workflow = '' } = raceOfSchedule(jobs, []) ?? {};
  const { problems, workflows } = parseWorkflows(workflow);
  expect(problems).toEqual([]);
  const found = workflows[0]?.jobs.map((job) => operationsOf(job));
  expect(found).toEqual([['overwrite'], ['append'], [operation]]);
  expect(workflows[0]?.jobs[2]?.dependencies).toEqual(['then']);
});

it('lets a job that only maintains its table compute no rows', () => {
  const jobs = [
    { name: 'one', operation: 'compaction' as const, partition: 'a' as const },
    { name: 'two', operation: 'append' as const, partition: 'a' as const },
  ];
  const { script = [] } =
    raceOfSchedule(jobs, [
      { do: 'release', job: 'one', at: 'start' },
      { do: 'release', job: 'two', at: 'start' },
    ]) ?? {};
  expect(script.slice(-5)).toEqual([
    { do: 'release', job: 'one', at: 'start' },
    { do: 'release', job: 'one', at: 'inputs-read' },
    { do: 'release', job: 'two', at: 'start' },
    { do: 'release', job: 'two', at: 'inputs-read' },
    { do: 'release', job: 'two', at: 'rows-computed' },
  ]);
});
