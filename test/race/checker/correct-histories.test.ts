import fc from 'fast-check';
import { expect, it } from 'vitest';
import { checkRace } from '../../../src/race/checker/check-race.ts';
import { examples } from './drawn-examples.ts';
import { type DrawnRace, drawnRace, tell } from './drawn-race.ts';

/** Nobody tells what a table held that was dropped. */
const isDropping = ({ jobs }: DrawnRace) =>
  jobs.some(({ does }) => does.some(({ kind }) => kind === 'drop'));

it('accuses no race that the commit code ran, whatever the order, the kills and the losses', async () => {
  await fc.assert(
    fc.asyncProperty(drawnRace, async (drawn) => {
      for (const { evidence, told } of await tell(drawn)) {
        const verdict = checkRace(...evidence);
        const text = `told ${told}: ${verdict.sentences.join('\n')}`;
        const isTold = (told === 'whole' || told === 'late') && !isDropping(drawn);
        if (isTold) expect(verdict.result, text).toBe('holds');
        else expect(verdict.result, text).not.toBe('violated');
      }
    }),
    {
      numRuns: Number(process.env.RACES ?? 150),
      seed: Number(process.env.SEED ?? 1),
      examples: Object.values(examples).map((drawn) => [drawn]),
    },
  );
});
