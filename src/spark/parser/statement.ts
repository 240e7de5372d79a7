import type { IcejamError } from '../../error.ts';
import type { Expr, Statement } from '../ast.ts';
import { sqlError } from '../sql-error.ts';
import { parseExpression } from './expression.ts';
import { statements } from './keywords.ts';
import { parseQuery } from './query.ts';
import { TokenStream } from './token-stream.ts';

/**
 * Reads one statement of Spark SQL, with or without a semicolon behind it. Throws `SqlInvalid`: Spark's
 * `PARSE_SYNTAX_ERROR` at the first token that does not fit, `UNSUPPORTED_FEATURE` for statements that are no query.
 */
export function parseStatement(sql: string): Statement {
  return parsed(sql, parse);
}

/** Reads a condition, such as `target.vendor_id = 1`. Throws as {@link parseStatement}. */
export function parseCondition(sql: string): Expr {
  return parsed(sql, (tokens) => {
    const condition = parseExpression(tokens);
    if (tokens.peek().kind !== 'end') {
      tokens.fail('The condition ends before this; write one condition only.');
    }
    return condition;
  });
}

function parsed<T>(sql: string, parse: (tokens: TokenStream) => T): T {
  try {
    return parse(new TokenStream(sql));
  } catch (thrown) {
    if (!(thrown instanceof RangeError)) throw thrown;
    throw tooDeep(sql);
  }
}

/** Parser and compiler recurse: some thousand brackets exhaust the stack. */
export function tooDeep(sql: string): IcejamError {
  const span = { start: 0, end: sql.length };
  const message = 'This statement is nested too deeply.';
  return sqlError(sql, span, 'PARSE_SYNTAX_ERROR', message, 'Split it into several.');
}

function parse(tokens: TokenStream): Statement {
  const first = tokens.peek();
  if (
    (tokens.isWord(['CACHE', 'UNCACHE', 'REFRESH']) && tokens.isWord(['TABLE', 'LAZY'], 1)) ||
    (tokens.isWord('CLEAR') && tokens.isWord('CACHE', 1))
  ) {
    return { kind: 'nothing' };
  }
  if (tokens.isWord(statements)) {
    throw sqlError(
      tokens.sql,
      first,
      'UNSUPPORTED_FEATURE',
      `${first.value} is not run here: only queries are.`,
      'Write a SELECT. Tables are created and written by the sinks of a workflow.',
    );
  }
  const query = parseQuery(tokens);
  tokens.takeSymbol(';');
  if (tokens.peek().kind !== 'end') {
    tokens.fail('The statement ends before this; write one statement only.');
  }
  return { kind: 'query', query };
}
