import { describe, expect, it } from 'vitest';
import type { FlareJob } from '../../src/flare/workflow.ts';
import { printExpression } from '../../src/iceberg/expression.ts';
import type { Schema } from '../../src/iceberg/table-metadata.ts';
import { readScopes } from '../../src/job/read-scopes.ts';

const schema: Schema = {
  type: 'struct',
  'schema-id': 0,
  fields: [
    { id: 1, name: 'id', required: false, type: 'long' },
    { id: 2, name: 'vendor', required: false, type: 'int' },
  ],
};

const scopes = (...statements: string[]) => {
  const job = {
    sinks: [{ view: 'result' }],
    statements: statements.map((sql, index) => ({ name: `s${index}`, sql })),
  } as unknown as FlareJob;
  return readScopes(job, 'own', schema).map((scope) =>
    'filter' in scope ? printExpression(scope.filter) : 'partitions',
  );
};

describe('what a job reads of a table', () => {
  it.each([
    ['SELECT * FROM own WHERE vendor = 2', 'ref(name="vendor") == 2'],
    ['SELECT o.id FROM OWN o WHERE o.vendor IN (1, 2)', 'ref(name="vendor") in (1, 2)'],
    ['SELECT count(*) FROM own', 'true'],
    ['SELECT * FROM own WHERE abs(id) = 1 AND vendor = 1', '(true and ref(name="vendor") == 1)'],
    ['SELECT * FROM own JOIN other USING (id) WHERE vendor = 1', 'true'],
    ['SELECT * FROM own WHERE vendor = 1 AND id IN (SELECT id FROM own)', 'true'],
    ['WITH a AS (SELECT * FROM own) SELECT * FROM a WHERE vendor = 1', 'true'],
    ['SELECT * FROM (SELECT * FROM own) WHERE vendor = 1', 'true'],
  ])('%s', (sql, filter) => {
    expect(scopes(sql)).toEqual([filter]);
  });

  it('is one part for each statement that reads it', () => {
    const over = (vendor: number) => `SELECT * FROM own WHERE vendor = ${vendor}`;
    expect(scopes(over(1), 'SELECT * FROM s0', over(2))).toEqual([
      'ref(name="vendor") == 1',
      'ref(name="vendor") == 2',
    ]);
  });

  it('is all of it where a sink writes the input as it is', () => {
    const job = { sinks: [{ view: 'Own' }], statements: [] } as unknown as FlareJob;
    expect(readScopes(job, 'own', schema)).toEqual([{ filter: { op: 'true' } }]);
  });
});
