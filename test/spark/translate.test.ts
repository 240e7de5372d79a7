import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { IcejamError } from '../../src/error.ts';
import { fixTypes } from '../../src/spark/fix-types.ts';
import { sourceSpan, translate } from '../../src/spark/translate.ts';
import { readCases } from './cases.ts';

const columns = [
  { view: 'ny_taxi', name: 'vendor_id', type: 'BIGINT' },
  { view: 'ny_taxi', name: 'pickup_datetime', type: 'BIGINT' },
];

describe('the statements of the use case', () => {
  test('are a few functions of DuckDB', () => {
    const { sql } = translate(
      'select *, to_timestamp(pickup_datetime/1000) as date_col from ny_taxi where vendor_id = 1',
      { columns },
    );
    expect(sql).toBe(
      'SELECT *, sp_to_timestamp(("pickup_datetime" / 1000)) AS "date_col" FROM "ny_taxi" WHERE ("vendor_id" = 1)',
    );
  });

  test('know their columns', () => {
    expect(
      translate(
        "SELECT *, date_format(now(), 'yyyyMMddHHmm') as version, now() as ts FROM ny_taxi",
        {
          columns,
        },
      ).columns,
    ).toEqual([
      { name: 'vendor_id', type: 'bigint' },
      { name: 'pickup_datetime', type: 'bigint' },
      { name: 'version', type: 'string' },
      { name: 'ts', type: 'timestamp' },
    ]);
  });
});

describe('positions', () => {
  test('of the output lead to the words that it was made of', () => {
    const input = 'SELECT vendor_id,\n  month(now()) AS m\nFROM ny_taxi';
    const translation = translate(input, { columns });
    const at = (output: string) => {
      const { start, end } = sourceSpan(translation, translation.sql.indexOf(output));
      return input.slice(start, end);
    };
    expect(at('"vendor_id"')).toBe('vendor_id');
    expect(at('month(')).toBe('month(now())');
    expect(at('sp_now()')).toBe('now()');
    expect(at('"m"')).toBe('m');
    expect(at('"ny_taxi"')).toBe('ny_taxi');
  });

  test('cover the output without gaps', () => {
    const statements = readCases('by-subject').filter(({ id }) => /^(query|window)/.test(id));
    for (const { sql } of statements) {
      const { segments, sql: output } = translate(sql);
      if (output === '') continue;
      expect(segments[0]?.output).toBe(0);
      for (const [index, { output: start, start: from, end }] of segments.entries()) {
        expect(start).toBeLessThan(segments[index + 1]?.output ?? output.length);
        expect(from).toBeLessThanOrEqual(end);
        expect(end).toBeLessThanOrEqual(sql.length);
      }
    }
  });
});

describe('tables', () => {
  test('are listed with their places and times, common tables are not', () => {
    const sql =
      'WITH a AS (SELECT 1) SELECT * FROM a JOIN icebase.raw01.ny_taxi_04 VERSION AS OF 12 ON true JOIN t TIMESTAMP AS OF "2024-01-01" u ON true';
    expect(translate(sql).tables).toEqual([
      {
        name: ['icebase', 'raw01', 'ny_taxi_04'],
        asOf: { kind: 'version', value: '12' },
        start: sql.indexOf('icebase'),
        end: sql.indexOf(' ON true'),
      },
      expect.objectContaining({ name: ['t'], asOf: { kind: 'timestamp', value: '2024-01-01' } }),
    ]);
  });

  test('have the name that the caller gives them, and keep theirs for their columns', () => {
    const { sql } = translate('SELECT a.b.t.x, t.y FROM a.b.t JOIN "icebase"."raw01".u USING (x)', {
      relationName: ({ name }) => `"loaded ${name.join('.')}"`,
    });
    expect(sql).toBe(
      'SELECT "t"."x", "t"."y" FROM "loaded a.b.t" AS "t" JOIN "loaded icebase.raw01.u" AS "u" USING ("x")',
    );
  });
});

test('tables are found although a function needs the type of a column, which is not known before', () => {
  const sql = 'SELECT hash(a), xxhash64(a), typeof(a), to_json(a) FROM trips';
  expect(translate(sql).tables).toMatchObject([{ name: ['trips'] }]);
  expect(() => translate(sql, { columns: [] })).toThrow('is not known here');
});

test('CACHE TABLE is nothing to run', () => {
  for (const sql of [
    'CACHE TABLE orders',
    'cache lazy table x as select 1',
    'UNCACHE TABLE orders;',
  ]) {
    expect(translate(sql)).toMatchObject({ sql: '', columns: [] });
  }
});

test('hints and comments have no effect', () => {
  expect(
    translate('SELECT /*+ BROADCAST(t) */ a -- the first\n FROM /* a /* nested */ one */ t;').sql,
  ).toBe('SELECT "a" FROM "t"');
});

test('types that Spark does not have are cast away', () => {
  const described = [
    { name: 'a', type: 'HUGEINT' },
    { name: 'b', type: 'TIMESTAMP WITH TIME ZONE' },
    { name: 'c', type: 'VARCHAR' },
  ];
  expect(fixTypes({ sql: 'SELECT 1', columns: null }, described)).toBe(
    'SELECT CAST(c0 AS BIGINT) AS "a", CAST(c1 AS TIMESTAMP) AS "b", c2 AS "c" FROM (SELECT 1) AS result(c0, c1, c2)',
  );
  expect(fixTypes({ sql: 'SELECT 1', columns: null }, described.slice(2))).toBe('SELECT 1');
});

test('translations survive the way to a worker', () => {
  const translation = translate('SELECT vendor_id / 2 FROM ny_taxi', { columns });
  expect(structuredClone(translation)).toEqual(translation);
});

describe('any text', () => {
  const statements = readCases('by-subject').map(({ sql }) => sql);
  const answered = (sql: string) => {
    try {
      const { segments } = translate(sql, { columns });
      expect(segments.every(({ start, end }) => start <= end && end <= sql.length)).toBe(true);
    } catch (thrown) {
      expect(thrown).toBeInstanceOf(IcejamError);
      const { kind, range, context } = thrown as IcejamError;
      expect(kind).toBe('SqlInvalid');
      expect(context).toHaveProperty('errorClass');
      expect(range?.line).toBeGreaterThanOrEqual(1);
    }
  };

  test('is translated or refused with a place', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 60 }), answered));
    const words = fc.constantFrom(
      ...'select from where ( ) , * . a b 1 "x" \' ` case when end cast as int join on group by order interval day -> [ ] over with values lateral view explode'.split(
        ' ',
      ),
    );
    fc.assert(
      fc.property(fc.array(words, { maxLength: 25 }), (parts) => {
        answered(`SELECT ${parts.join(' ')}`);
      }),
    );
  });

  test('made of a statement by cutting a piece out is translated or refused', () => {
    const index = fc.integer({ min: 0, max: statements.length - 1 });
    fc.assert(
      fc.property(index, fc.nat(200), fc.nat(20), (which, start, length) => {
        const sql = statements[which] ?? '';
        answered(sql.slice(0, start) + sql.slice(start + length));
      }),
      { numRuns: 1000 },
    );
  });

  test('that is nested without end is refused', () => {
    const deep = '('.repeat(20_000);
    expect(() => translate(`SELECT ${deep}1${')'.repeat(20_000)}`)).toThrow('nested too deeply');
  });
});
