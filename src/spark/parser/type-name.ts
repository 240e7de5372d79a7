import { sqlError } from '../sql-error.ts';
import type { ScalarType, SqlType } from '../sql-type.ts';
import { TokenStream } from './token-stream.ts';

const scalars: Readonly<Record<string, ScalarType>> = {
  BOOLEAN: 'boolean',
  TINYINT: 'tinyint',
  BYTE: 'tinyint',
  SMALLINT: 'smallint',
  SHORT: 'smallint',
  INT: 'int',
  INTEGER: 'int',
  BIGINT: 'bigint',
  LONG: 'bigint',
  FLOAT: 'float',
  REAL: 'float',
  DOUBLE: 'double',
  STRING: 'string',
  CHAR: 'string',
  CHARACTER: 'string',
  VARCHAR: 'string',
  BINARY: 'binary',
  DATE: 'date',
  TIMESTAMP: 'timestamp',
  TIMESTAMP_LTZ: 'timestamp',
  TIMESTAMP_NTZ: 'timestamp_ntz',
  INTERVAL: 'interval',
  VOID: 'void',
};

/** Reads the name of a type, such as `array<decimal(10,2)>`. Throws `SqlInvalid` for an unknown one. */
export function parseType(tokens: TokenStream): SqlType {
  const { start, value, text } = tokens.peek();
  const name = tokens.expectName('a type');
  if (['DECIMAL', 'DEC', 'NUMERIC'].includes(value)) {
    const [precision = 10, scale = 0] = numbers(tokens);
    return { kind: 'decimal', precision, scale };
  }
  if (value === 'ARRAY') {
    tokens.expectSymbol('<');
    const element = parseType(tokens);
    tokens.expectSymbol('>');
    return { kind: 'array', element };
  }
  if (value === 'MAP') {
    tokens.expectSymbol('<');
    const key = parseType(tokens);
    tokens.expectSymbol(',');
    const type: SqlType = { kind: 'map', key, value: parseType(tokens) };
    tokens.expectSymbol('>');
    return type;
  }
  if (value === 'STRUCT') {
    // The lexer reads `<>` as one symbol.
    if (tokens.takeSymbol('<>')) return { kind: 'struct', fields: [] };
    tokens.expectSymbol('<');
    const fields = tokens.list(() => parseField(tokens));
    tokens.expectSymbol('>');
    return { kind: 'struct', fields };
  }
  const scalar = Object.hasOwn(scalars, value) ? scalars[value] : undefined;
  if (scalar === undefined) {
    const message = `Unsupported data type "${text.toUpperCase()}".`;
    const remedy = 'Use a type of Spark SQL such as INT, BIGINT, DOUBLE, STRING, DATE, TIMESTAMP.';
    throw sqlError(tokens.sql, { start, end: name.end }, 'UNSUPPORTED_DATATYPE', message, remedy);
  }
  numbers(tokens);
  return scalar;
}

/**
 * Reads a schema as functions take it: a type such as `array<int>`, or the fields of a struct such as `a INT, b DOUBLE`.
 * Throws `SqlInvalid`.
 */
export function parseSchema(ddl: string): SqlType {
  const tokens = new TokenStream(ddl);
  const isType = tokens.isWord(['ARRAY', 'MAP', 'STRUCT']) && /^<>?$/.test(tokens.peek(1).value);
  const type: SqlType = isType
    ? parseType(tokens)
    : { kind: 'struct', fields: tokens.list(() => parseField(tokens)) };
  if (tokens.peek().kind !== 'end') tokens.fail('The schema ends before this.');
  return type;
}

function parseField(tokens: TokenStream): { name: string; type: SqlType } {
  const name = tokens.expectName('the name of a field').text;
  tokens.takeSymbol(':');
  const type = parseType(tokens);
  tokens.takeWords('NOT', 'NULL');
  if (tokens.takeWords('COMMENT')) tokens.take();
  return { name, type };
}

/** `(10, 2)` behind a type's name, if it is there. */
function numbers(tokens: TokenStream): number[] {
  if (!tokens.isSymbol('(')) return [];
  return tokens.inBrackets(() => {
    const token = tokens.take();
    if (token.kind !== 'number') tokens.fail('Write a number.');
    return Number(token.value);
  });
}
