import { describe, expect, it } from 'vitest';
import { app, rows, run, runEach } from './trips-table.ts';
import { sinkJob, sqlName, table, toolJob } from './workflow.ts';

const refused = async (sql: string) => {
  const { jobs } = await run(sinkJob('one', sql));
  expect(jobs[0]?.outcome).toBe('rejected');
  expect(await app.tables()).toEqual([]);
  return jobs[0]?.error;
};

describe('a column that is NULL in every row is refused, and nothing is created:', () => {
  it.each([
    ['SELECT id, NULL AS nothing FROM trips', 'nothing'],
    ['SELECT id, CASE WHEN id > 1 THEN NULL END AS nothing FROM trips', 'nothing'],
    ['SELECT id, nothing FROM (SELECT id, NULL AS nothing FROM trips)', 'nothing'],
    ["SELECT id, named_struct('a', 1, 'b', NULL) AS s FROM trips", 's.b'],
    ['SELECT id, array() AS list FROM trips', 'list.element'],
    ['SELECT id, array(NULL) AS list FROM trips', 'list.element'],
    ["SELECT id, map('k', NULL) AS m FROM trips", 'm.value'],
  ])('%s', async (sql, column) => {
    const error = await refused(sql);
    expect(error?.message).toContain(`Column ${column} has the type VOID`);
    expect(error?.remedy).toContain('cast(null as string)');
    expect(error?.range).toBeDefined();
  });
});

it('a NULL of a known type is written', async () => {
  await runEach(
    sinkJob('one', 'SELECT id, CAST(NULL AS INT) AS n, coalesce(NULL, id) AS i FROM trips'),
  );
  expect(await rows(`SELECT count(*) AS c, count(n) AS n, count(i) AS i FROM ${sqlName}`)).toEqual([
    { c: 40, n: 0, i: 40 },
  ]);
});

it('a column without a name and an interval are refused', async () => {
  expect((await refused("SELECT id, '' FROM trips"))?.message).toContain('A column has no name');
  const interval = await refused('SELECT id, INTERVAL 1 DAY AS span FROM trips');
  expect(interval?.message).toContain('Column span has the type INTERVAL');
});

it('a timestamp without a zone stays one in the tables that are made of it', async () => {
  await runEach(
    sinkJob(
      'one',
      "SELECT id, CAST('2020-01-01 12:00:00' AS TIMESTAMP_NTZ) AS naive, max(CAST('2020-01-01' AS TIMESTAMP)) OVER () AS instant FROM trips LIMIT 1",
    ),
  );
  const { columns, rows: found } = await app.query(`SELECT naive, instant FROM ${sqlName}`);
  expect(columns.map(({ type }) => type)).toEqual(['TIMESTAMP_NTZ', 'TIMESTAMP']);
  expect(found).toEqual([
    { naive: '2020-01-01T12:00:00.000', instant: '2020-01-01T00:00:00.000Z' },
  ]);
  const { schemas } = (await app.metadata(table)) as { schemas: { fields: { type: string }[] }[] };
  expect(schemas[0]?.fields.map(({ type }) => type)).toEqual([
    'string',
    'timestamp',
    'timestamptz',
  ]);
});

describe('columns of types that Spark SQL lacks', () => {
  const add = (name: string, type: string) =>
    toolJob('add', 'add-column', '-a', table, '-n', name, '-t', type);

  it('take what can be cast to them', async () => {
    await runEach(
      sinkJob('one', 'SELECT id FROM trips LIMIT 1', { properties: { 'format-version': '3' } }),
      add('key', 'uuid'),
      add('clock', 'time'),
      add('hash', 'fixed[2]'),
      add('fine', 'timestamp_ns'),
      sinkJob(
        'two',
        "SELECT id, '00112233-4455-6677-8899-AABBCCDDEEFF' AS key, '08:30:00.5' AS clock, X'00FF' AS hash, TIMESTAMP '2020-01-01 00:00:00.000001' AS fine FROM trips LIMIT 1",
      ),
    );
    const read = `SELECT key, clock, hash, fine FROM ${sqlName} ORDER BY key`;
    expect(await rows(read)).toEqual([
      { key: null, clock: null, hash: null, fine: null },
      {
        key: '00112233-4455-6677-8899-aabbccddeeff',
        clock: '08:30:00.5',
        hash: 'AP8=',
        fine: '2020-01-01T00:00:00.000001',
      },
    ]);
  });

  it.each([
    ['uuid', "'no uuid'", "Could not convert string 'no uuid'"],
    ['time', "'25:00'", 'time field value out of range'],
    ['fixed[2]', "X'00FF00'", 'Cannot write 3 bytes into a column of the type fixed[2]'],
    ['int', "'7'", 'Cannot safely cast `v` "STRING" to "INTEGER"'],
  ])('and refuse for %s what cannot: %s', async (type, value, sentence) => {
    await runEach(sinkJob('one', 'SELECT id FROM trips LIMIT 1'), add('v', type));
    const { jobs } = await run(sinkJob('two', `SELECT id, ${value} AS v FROM trips LIMIT 1`));
    expect(jobs[0]?.outcome).toBe('rejected');
    expect(jobs[0]?.error?.message).toContain(sentence);
    expect(await rows(`SELECT count(*) AS n FROM ${sqlName}`)).toEqual([{ n: 1 }]);
  });
});
