import { expect, test } from 'vitest';
import { IcejamError } from '../../src/error.ts';
import type { Session } from '../../src/lab/session.ts';
import { Workbench } from '../../src/lab/workbench.svelte.ts';
import type { Answer } from '../../src/workbench/api.ts';

type Ask = (argument: { sql: string; at?: string }) => Promise<Answer>;

const answer = (n: number): Answer => ({
  columns: [{ name: 'n', type: 'BIGINT' }],
  rows: [{ n }],
  ms: 1,
  tables: [],
});

/** A workbench over a worker that only answers queries. */
function over(ask: Ask): Workbench {
  const call = (_method: string, argument: Parameters<Ask>[0]) => ask(argument);
  return new Workbench({ workbench: { call } } as unknown as Pick<Session, 'workbench'>);
}

test('questions that come while one is open are asked once, after it, with the latest text', async () => {
  const asked: string[] = [];
  const answers: (() => void)[] = [];
  const workbench = over(({ sql }) => {
    asked.push(sql);
    return new Promise((resolve) => answers.push(() => resolve(answer(asked.length))));
  });
  workbench.sql = 'select 1';
  const done = workbench.run();
  workbench.sql = 'select 2';
  void workbench.run();
  workbench.sql = 'select 3';
  void workbench.run();
  answers[0]?.();
  await expect.poll(() => answers.length).toBe(2);
  answers[1]?.();
  await done;
  expect(asked).toEqual(['select 1', 'select 3']);
  expect(workbench.answer?.rows).toEqual([{ n: 2 }]);
  expect(workbench.running).toBe(false);
});

test('an error leaves the last good answer on screen, unless the table is gone', async () => {
  let error: IcejamError | null = null;
  const workbench = over(() =>
    error === null ? Promise.resolve(answer(1)) : Promise.reject(error),
  );
  await workbench.run();
  error = new IcejamError('SqlInvalid', 'Nothing is named vendor.');
  await workbench.run();
  expect(workbench.error?.message).toBe('Nothing is named vendor.');
  expect(workbench.answer).not.toBeNull();
  error = new IcejamError('NoSuchTable', 'There is no such table.');
  await workbench.run();
  expect(workbench.answer).toBeNull();
});

test('a live question waits for its table, and one that is asked by hand says that there is none', async () => {
  const context = { errorClass: 'TABLE_OR_VIEW_NOT_FOUND' };
  const workbench = over(() =>
    Promise.reject(new IcejamError('SqlInvalid', 'There is no such table.', { context })),
  );
  workbench.sql = 'select 1';
  await workbench.tableChanged();
  expect(workbench.error).toBeNull();
  await workbench.run();
  await workbench.tableChanged();
  expect(workbench.error?.message).toBe('There is no such table.');
});

test('a query that is put into the box takes the answer to another one off the screen', async () => {
  const workbench = over(() => Promise.resolve(answer(1)));
  workbench.put('select 1');
  await workbench.run();
  workbench.put('select 1');
  expect(workbench.answer).not.toBeNull();
  workbench.put('select 2');
  expect(workbench.answer).toBeNull();
});

test('a commit asks again only if the query is live and there is one', async () => {
  let asked = 0;
  const workbench = over(() => {
    asked += 1;
    return Promise.resolve(answer(1));
  });
  await workbench.tableChanged();
  expect(asked).toBe(0);
  workbench.sql = 'select 1';
  await workbench.tableChanged();
  workbench.live = false;
  await workbench.tableChanged();
  expect(asked).toBe(1);
});

test('a proposed query does not replace one that the user wrote', () => {
  const workbench = over(() => Promise.resolve(answer(1)));
  workbench.propose('select 1');
  expect(workbench.sql).toBe('select 1');
  workbench.propose('select 2');
  expect(workbench.sql).toBe('select 2');
  workbench.sql = 'select 3';
  workbench.propose('select 4');
  expect(workbench.sql).toBe('select 3');
});

test('choosing a version asks for it', async () => {
  const asked: (string | undefined)[] = [];
  const workbench = over(({ at }) => {
    asked.push(at);
    return Promise.resolve(answer(1));
  });
  workbench.view = 'registered';
  await expect.poll(() => workbench.running).toBe(false);
  expect(asked).toEqual(['registered']);
});
