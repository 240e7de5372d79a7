import { fc } from './property.ts';
import { describe, expect, test } from 'vitest';
import { Document, Scalar } from 'yaml';
import { parseWorkflow } from '../../src/flare/parse.ts';
import { sourceRange } from '../../src/flare/sql-position.ts';
import type { FlareJob, Statement } from '../../src/flare/workflow.ts';
import { flareJob, indent, sinkBlock, workflowOf } from './workflow-text.ts';

/** A workflow whose one statement is this YAML, with the statement as it was read. */
function parseSql(yaml: string): { text: string; statement: Statement } {
  const block = sinkBlock().replace('sql: SELECT * FROM trips', () => indent(yaml, 8).trimStart());
  const text = workflowOf(flareJob('job-one', block));
  const { workflow, problems } = parseWorkflow(text);
  expect(problems).toEqual([]);
  const statement = (workflow?.jobs[0]?.stack as FlareJob).statements[0];
  if (statement === undefined) throw new Error('the statement is missing');
  return { text, statement };
}

/** What stands in the YAML from the place of an offset to the end of the line. */
function yamlAt(text: string, statement: Statement, offset: number): string {
  const { line, column } = sourceRange(statement, offset, offset + 1);
  return text.split('\n')[line - 1]?.slice(column - 1) ?? '';
}

describe('a place in the SQL is found in the YAML', () => {
  test.each([
    ['plain', 'sql: SELECT a,\n  bad FROM t'],
    ['plain with blank lines', 'sql: SELECT a,\n\n\n  bad FROM t'],
    ['single quotes', "sql: 'SELECT ''x'' AS a,\n  bad FROM t'"],
    ['double quotes', 'sql: "SELECT \\"x\\" \\u0041 \\\n   , \\tbad FROM t"'],
    ['a literal block', 'sql: |\n  SELECT a,\n    -- note\n    bad\n  FROM t'],
    ['a literal block with its indentation given', 'sql: |2-\n     SELECT a,\n   bad\n   FROM t'],
    ['a folded block', 'sql: >-\n  SELECT a,\n  b,\n\n  c,\n     bad\n  FROM t'],
    ['a folded block that begins with blank lines', 'sql: >\n\n\n  SELECT a,\n  bad FROM t'],
  ])('%s', (_, yaml) => {
    const { text, statement } = parseSql(yaml);
    const offset = statement.sql.indexOf('bad');
    expect(offset).toBeGreaterThan(0);
    expect(yamlAt(text, statement, offset)).toMatch(/^bad/);
    const range = sourceRange(statement, offset, offset + 3);
    expect(range.endLine).toBe(range.line);
    expect(range.endColumn - range.column).toBe(3);
    expect(yamlAt(text, statement, statement.sql.indexOf('SELECT'))).toMatch(/^SELECT/);
  });

  test('whatever the style and however it is folded', () => {
    const words = fc.array(
      fc.tuple(
        fc.stringMatching(/^[A-Za-z0-9_.,*()=+é😀'"\\-]{1,12}$/u),
        fc.constantFrom(' ', ' ', ' ', '  ', '\n', '\n  ', '\n\n', ' \n'),
      ),
      { minLength: 1, maxLength: 30 },
    );
    const style = fc.constantFrom<Scalar.Type>(
      Scalar.PLAIN,
      Scalar.QUOTE_SINGLE,
      Scalar.QUOTE_DOUBLE,
      Scalar.BLOCK_FOLDED,
      Scalar.BLOCK_LITERAL,
    );
    fc.assert(
      fc.property(words, style, fc.integer({ min: 20, max: 80 }), (parts, type, lineWidth) => {
        const sql = `SELECT ${parts.map(([word, space]) => word + space).join('')}FROM t`;
        const scalar = new Scalar(sql);
        scalar.type = type;
        const yaml = new Document({ sql: scalar }).toString({ lineWidth, minContentWidth: 10 });
        const { text, statement } = parseSql(yaml.trimEnd());
        expect(statement.sql.trimEnd()).toBe(sql);
        for (let offset = 0; offset < sql.length; offset++) {
          const character = sql[offset] ?? '';
          if (/[\s\\"']/.test(character)) continue;
          expect(yamlAt(text, statement, offset).charAt(0)).toBe(character);
        }
      }),
    );
  });
});
