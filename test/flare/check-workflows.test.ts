import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { checkWorkflows } from '../../src/flare/check-workflows.ts';
import { readCases, readPairs } from '../spark/cases.ts';
import { flareJob, indent, sinkBlock, workflowOf } from './workflow-text.ts';

/** The problems of a text, each with the piece of the text that it points at. */
function problemsOf(text: string) {
  const lines = text.split('\n');
  return checkWorkflows(text).problems.map(({ message, remedy, kind, range }) => {
    const { line, column, endLine, endColumn } = range;
    const end = line === endLine ? endColumn - 1 : undefined;
    return { kind, message, remedy, at: lines[line - 1]?.slice(column - 1, end) };
  });
}

/** A workflow whose only statement has this YAML as its SQL, behind `more` statements. */
function withSql(sql: string, more = ''): string {
  const block = sinkBlock().replace('sql: SELECT * FROM trips', () => `sql: ${sql}`);
  const statements = block.replace('- name: result', () => `${more}- name: result`);
  return workflowOf(flareJob('job-one', statements));
}

const block = (style: string, ...lines: string[]) => `${style}\n${indent(lines.join('\n'), 10)}`;

describe('what is wrong in a statement is told at its place', () => {
  test.each([
    ['plain', 'SELECT vendor_id\n          FORM trips'],
    ['single quotes', "'SELECT ''a'' vendor_id FORM trips'"],
    ['double quotes', '"SELECT \\"a\\" vendor_id\\\n          \\tFORM trips"'],
    ['a literal block', block('|', 'SELECT vendor_id', '  -- all of them', '  FORM trips')],
    ['a folded block', block('>-', 'SELECT vendor_id', 'FORM trips')],
  ])('a syntax error in %s', (_, sql) => {
    expect(problemsOf(withSql(sql))).toMatchObject([
      {
        kind: 'SqlInvalid',
        message: expect.stringContaining('[PARSE_SYNTAX_ERROR] Syntax error at or near') as string,
        at: expect.stringMatching(/^(FORM|trips|vendor_id)$/) as string,
      },
    ]);
  });

  test('an unknown function', () => {
    expect(problemsOf(withSql('SELECT dateformat(now()) FROM trips'))).toMatchObject([
      {
        message: expect.stringContaining('[UNRESOLVED_ROUTINE]') as string,
        remedy: 'Did you mean date_format or datepart?',
        at: 'dateformat',
      },
    ]);
  });

  test('a statement that ends too early', () => {
    expect(problemsOf(withSql('SELECT a,'))).toMatchObject([
      { message: '[PARSE_SYNTAX_ERROR] Syntax error at or near end of input.', at: ',' },
    ]);
  });

  test('what is no query', () => {
    expect(problemsOf(withSql('DELETE FROM trips'))).toMatchObject([
      { message: '[UNSUPPORTED_FEATURE] DELETE is not run here: only queries are.', at: 'DELETE' },
    ]);
  });

  test('a view that the job does not have, or has only later', () => {
    expect(problemsOf(withSql('SELECT * FROM tripz'))).toMatchObject([
      { message: expect.stringContaining('`tripz` cannot be found') as string, at: 'tripz' },
    ]);
    const early = '- name: early\n        sql: SELECT * FROM result\n      ';
    expect(problemsOf(withSql('SELECT * FROM trips', early))).toMatchObject([{ at: 'result' }]);
    expect(problemsOf(withSql('SELECT * FROM EARLY', early.replace('result', 'Trips')))).toEqual(
      [],
    );
  });

  test('the condition of delete_from_dataset', () => {
    const actions = `inputs:
  - name: trips
    dataset: dataos://icebase:raw01/ny_taxi_04?acl=rw
actions:
  - name: delete_from_dataset
    input: trips
    deleteWhere: target.vendor_id == 1 adn fare > 2`;
    expect(problemsOf(workflowOf(flareJob('job-one', actions)))).toMatchObject([
      { message: expect.stringContaining('PARSE_SYNTAX_ERROR') as string, at: 'adn' },
    ]);
  });

  test('each statement has its own problem, in the order of the text', () => {
    const first = '- name: first\n        sql: SELECT nope(1)\n      ';
    expect(problemsOf(withSql('SELECT nope(2)', first))).toMatchObject([
      { at: 'nope' },
      { at: 'nope' },
    ]);
  });

  test('beside other errors, which may hide what a name stands for', () => {
    const text = withSql('SELECT nope(a) FROM elsewhere').replace('saveMode', 'savMode');
    expect(problemsOf(text)).toMatchObject([{ at: 'nope' }, { at: 'savMode' }, {}]);
    const unread = withSql('SELECT a FROM elsewhere').replace('saveMode', 'savMode');
    expect(problemsOf(unread)).toMatchObject([{ at: 'savMode' }, {}]);
  });
});

describe('no false alarm', () => {
  const folder = new URL('../../public/', import.meta.url);
  const files = ['scenarios', 'workflows'].flatMap((name) =>
    readdirSync(new URL(name, folder)).map((file) => `${name}/${file}`),
  );

  test.each(files)('%s', (file) => {
    expect(problemsOf(readFileSync(new URL(file, folder), 'utf8'))).toEqual([]);
  });

  test('all that Spark answers', () => {
    const cases = [...readCases('by-spark'), ...readCases('by-subject')];
    const expressions = readPairs('column-names').map(([expression]) => `SELECT ${expression}`);
    const answered = cases.filter(({ error }) => error === undefined).map(({ sql }) => sql);
    expect(answered.length).toBeGreaterThan(400);
    const inputs = ['trips', 'events', 'orders', 'customers'].map(
      (name) => `  - { name: ${name}, dataset: 'dataos://icebase:raw01/${name}' }`,
    );
    const statements = [...answered, ...expressions].map(
      (sql, index) => `      - { name: s${String(index)}, sql: ${JSON.stringify(sql)} }`,
    );
    const steps = sinkBlock().slice(sinkBlock().indexOf('outputs:'));
    const job = [
      'inputs:',
      ...inputs,
      steps.replace('sequence:', `$&\n${statements.join('\n')}`),
    ].join('\n');
    expect(problemsOf(workflowOf(flareJob('job-one', job)))).toEqual([]);
  });

  test('a function that needs the type of a column, which nobody knows yet', () => {
    const sql = 'SELECT hash(a), xxhash64(a), typeof(a), to_json(a) FROM trips';
    expect(problemsOf(withSql(sql))).toEqual([]);
  });
});
