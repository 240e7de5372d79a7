import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Isolation, Protocol } from '../../../src/iceberg/stop.ts';
import type { Step, Writer, Writers } from '../../../src/race/explorer/script.ts';
import { type Chooser, walk } from '../../../src/race/explorer/walk.ts';
import {
  appends,
  creates,
  overwrites,
  replaces,
  worldWith,
} from '../../../src/race/explorer/writers.ts';
import { World } from '../../../src/race/explorer/world.ts';
import { losesAnswers, losesOne, stage, within } from '../stage.ts';

const partition = fc.constantFrom('a', 'b', 'c');
const rows = fc.dictionary(partition, fc.nat(9), { minKeys: 1, maxKeys: 3 });
const isolation = fc.constantFrom<Isolation>('none', 'snapshot', 'serializable');
const filter = fc.option(partition);

/** A job as data, so that a counterexample can be read. */
const job = fc.record({
  does: fc.oneof(
    fc.record({ kind: fc.constant('append' as const), rows }),
    fc.record({ kind: fc.constant('replace' as const), rows, isolation }),
    fc.record({ kind: fc.constant('overwrite' as const), rows, isolation, filter }),
    fc.record({ kind: fc.constant('delete' as const), isolation, filter }),
  ),
  loses: fc.constantFrom('nothing', 'nothing', 'nothing', 'request', 'answer', 'connection'),
});

type Job = typeof job extends fc.Arbitrary<infer T> ? T : never;

function writerOf({ does, loses }: Job, tableExists: boolean): Writer {
  const writer = operationOf(does);
  if (!tableExists) return creates(writer);
  switch (loses) {
    case 'request':
    case 'answer':
      return within(writer, losesOne(loses));
    case 'connection':
      return within(writer, losesAnswers);
    default:
      return writer;
  }
}

function operationOf(does: Job['does']): Writer {
  switch (does.kind) {
    case 'append':
      return appends(does.rows);
    case 'replace':
      return replaces(does.rows, does.isolation);
    case 'overwrite':
      return overwrites(does.filter, does.rows, does.isolation);
    case 'delete':
      return overwrites(does.filter, {}, does.isolation);
  }
}

/** One step in sixteen is a kill; when the numbers are used up the jobs end one after the other. */
function chooserOf(numbers: readonly number[]): Chooser {
  const left = [...numbers];
  return (releases, kills) => {
    const number = left.shift() ?? 0;
    const steps = number % 16 === 15 ? kills : releases;
    return steps[Math.floor(number / 16) % steps.length] as Step;
  };
}

it('accuses no race that the commit code ran, whatever the order, the kills and the losses', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(job, { minLength: 2, maxLength: 4 }),
      fc.constantFrom<Protocol>('queued', 'optimistic'),
      fc.boolean(),
      fc.array(fc.nat(255), { maxLength: 60 }),
      async (jobs, protocol, tableExists, numbers) => {
        const world = tableExists ? await worldWith([{ a: 5, b: 7 }]) : new World();
        const writers: Writers = Object.fromEntries(
          jobs.map((each, at) => [`job${at + 1}`, writerOf(each, tableExists)]),
        );
        const options = await stage({ protocol, world });
        const { judgement } = await walk(writers, options, chooserOf(numbers));
        expect(judgement.verdict.result, judgement.verdict.sentences.join('\n')).toBe('holds');
      },
    ),
    { numRuns: 100 },
  );
}, 120_000);
