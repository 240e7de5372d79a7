import { expect, it } from 'vitest';
import { Lab } from '../../src/lab/lab.svelte.ts';
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
