import { IcejamError } from '../error.ts';
import { nearest } from '../nearest.ts';
import { tokenize } from './lexer.ts';
import { sqlError } from './sql-error.ts';
import type { ErrorClass, Span } from './sql-error.ts';
import { sourceSpan } from './translate.ts';
import type { Translation } from './translate.ts';

/** What an error of DuckDB's means in Spark. */
interface Meaning {
  errorClass: ErrorClass;
  message: string;
  remedy: string;
}

/** A kind of DuckDB's errors: how to know it, and what it means. `named` is what the user wrote there. */
interface Reading {
  pattern: RegExp;
  meaning: (match: RegExpExecArray, named: string) => Meaning;
}

const readings: readonly Reading[] = [
  {
    pattern: /Referenced column "([^"]*)" (?:was )?not found[^]*?(?:Candidate bindings: (.*)|$)/,
    meaning: ([, name = '', candidates]) => unresolvedColumn(name, candidates),
  },
  {
    pattern: /does not have a column named "([^"]*)"[^]*?(?:Candidate bindings: ?:? ?(.*)|$)/,
    meaning: ([, name = '', candidates]) => unresolvedColumn(name, candidates),
  },
  {
    pattern: /Referenced table "([^"]*)" not found[^]*?(?:Candidate tables: (.*)|$)/,
    meaning: ([, name = '', candidates], named) =>
      unresolvedColumn(named === '' ? name : named, candidates),
  },
  {
    pattern: /Could not find key "([^"]*)" in struct[^]*?(?:Candidate Entries: (.*)|$)/,
    meaning: ([, name = '', candidates]) => ({
      errorClass: 'FIELD_NOT_FOUND',
      message: `No such struct field \`${name}\`.`,
      remedy: offer(name, candidates) ?? 'Use a field that the struct has.',
    }),
  },
  {
    pattern: /Table with name (\S+) does not exist!(?:\s*Did you mean "([^"]*)")?/,
    meaning: ([, name = '', candidate], named) => ({
      errorClass: 'TABLE_OR_VIEW_NOT_FOUND',
      message: `The table or view \`${named === '' ? name : named}\` cannot be found. Verify the spelling and correctness of the schema and catalog.`,
      remedy:
        candidate === undefined
          ? 'Name an input, an earlier step, or depot.collection.dataset.'
          : `Did you mean ${candidate}?`,
    }),
  },
  {
    pattern: /(?:Catalog|Schema) (?:with name )?"?(\S+?)"? does not exist/,
    meaning: ([, name = ''], named) => ({
      errorClass: 'TABLE_OR_VIEW_NOT_FOUND',
      message: `The table or view \`${named === '' ? name : named}\` cannot be found. Verify the spelling and correctness of the schema and catalog.`,
      remedy: 'Name an input, an earlier step, or depot.collection.dataset.',
    }),
  },
  {
    pattern: /Ambiguous reference to (?:column name|table) "([^"]*)" ?(?:\(use: (.*)\))?/,
    meaning: ([, name = '', choices]) => ({
      errorClass: 'AMBIGUOUS_REFERENCE',
      message: `Reference \`${name}\` is ambiguous.`,
      remedy:
        choices === undefined
          ? 'Write the table before the column.'
          : `Write ${choices.replaceAll('"', '')}.`,
    }),
  },
  {
    pattern: /column "?([^"]*?)"? must appear in the GROUP BY clause/,
    meaning: ([, name = '']) => ({
      errorClass: 'MISSING_AGGREGATION',
      message: `The non-aggregating expression "${name}" is based on columns which are not participating in the GROUP BY clause.`,
      remedy: `Add ${name} to GROUP BY, or aggregate it, for example with any_value(${name}).`,
    }),
  },
  {
    pattern:
      /(?:No function matches the given name and argument types|Could not choose a best candidate function for the function call) ['"](.*?)['"]\./,
    meaning: ([, call = ''], named) => ({
      errorClass: 'DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE',
      message: `Cannot resolve "${named === '' ? call : named}" due to data type mismatch: ${sparkTypes(call)}.`,
      remedy: 'Cast what it is given, for example with CAST(x AS DOUBLE).',
    }),
  },
  {
    pattern:
      /Cannot (?:compare values|combine types|mix values|cast)? ?of type (\S+).*?(?:and|to) (?:of )?(?:type )?(\S+)/,
    meaning: ([, left = '', right = ''], named) => ({
      errorClass: 'DATATYPE_MISMATCH.BINARY_OP_DIFF_TYPES',
      message: `Cannot resolve "${named}" due to data type mismatch: ${sparkTypes(left)} and ${sparkTypes(right)}.`,
      remedy: 'Cast one side to the type of the other.',
    }),
  },
  {
    pattern: /Set operations can only apply to expressions with the same number of result columns/,
    meaning: () => ({
      errorClass: 'NUM_COLUMNS_MISMATCH',
      message: 'A set operation can only be performed on inputs with the same number of columns.',
      remedy: 'Select as many columns on both sides.',
    }),
  },
  {
    pattern:
      /(?:WHERE clause|JOIN condition|ON clause).*?cannot contain (aggregates|window functions)/,
    meaning: ([, what = '']) => ({
      errorClass: 'INVALID_WHERE_CONDITION',
      message: `The WHERE condition cannot contain ${what}.`,
      remedy: 'Filter in an outer query, or with HAVING.',
    }),
  },
  {
    pattern: /aggregate function calls cannot (?:be nested|contain window function calls)/i,
    meaning: () => ({
      errorClass: 'NESTED_AGGREGATE_FUNCTION',
      message:
        'It is not allowed to use an aggregate function in the argument of another aggregate function.',
      remedy: 'Use the inner aggregate function in a sub-query.',
    }),
  },
  {
    pattern: /GROUP BY term out of range - should be between 1 and (\d+)/,
    meaning: ([, size = '']) => ordinal('GROUP_BY_POS_OUT_OF_RANGE', 'GROUP BY', size),
  },
  {
    pattern: /ORDER term out of range - should be between 1 and (\d+)/,
    meaning: ([, size = '']) => ordinal('ORDER_BY_POS_OUT_OF_RANGE', 'ORDER BY', size),
  },
  {
    pattern:
      /Could not convert string '(.*?)' to (\w+)|invalid (?:date|timestamp) field format: "(.*?)"/s,
    meaning: ([, value, type = 'DATE', other]) => ({
      errorClass: 'CAST_INVALID_INPUT',
      message: `The value '${value ?? other ?? ''}' of the type "STRING" cannot be cast to "${sparkTypes(type)}" because it is malformed.`,
      remedy: 'Correct the value, or use try_cast to make NULL of it.',
    }),
  },
  {
    pattern: /Overflow in (\w+)|out of range for the destination type|Out of Range Error/,
    meaning: ([, operation]) => ({
      errorClass: 'ARITHMETIC_OVERFLOW',
      message: `Overflow${operation === undefined ? '' : ` in ${operation}`}.`,
      remedy: 'Compute with a wider type, for example CAST(x AS BIGINT).',
    }),
  },
  {
    pattern: /more than one row returned by a subquery/i,
    meaning: () => ({
      errorClass: 'SCALAR_SUBQUERY_TOO_MANY_ROWS',
      message: 'More than one row returned by a subquery used as an expression.',
      remedy: 'Aggregate in the subquery, or limit it to one row.',
    }),
  },
];

function unresolvedColumn(name: string, candidates: string | undefined): Meaning {
  const names = namesOf(candidates);
  const last = name.replaceAll('`', '').split('.').join('`.`');
  const suggestion =
    names.length === 0
      ? ''
      : ` Did you mean one of the following? [${names.map((each) => `\`${each.replaceAll('.', '`.`')}\``).join(', ')}].`;
  return {
    errorClass:
      names.length === 0
        ? 'UNRESOLVED_COLUMN.WITHOUT_SUGGESTION'
        : 'UNRESOLVED_COLUMN.WITH_SUGGESTION',
    message: `A column, variable, or function parameter with name \`${last}\` cannot be resolved.${suggestion}`,
    remedy: offer(name, candidates) ?? 'Use a column of the tables in FROM.',
  };
}

function ordinal(errorClass: ErrorClass, clause: string, size: string): Meaning {
  return {
    errorClass,
    message: `${clause} position is not in select list (valid range is [1, ${size}]).`,
    remedy: `Use a number from 1 to ${size}.`,
  };
}

function namesOf(candidates: string | undefined): string[] {
  return [...(candidates ?? '').matchAll(/"([^"]*)"(?:\."([^"]*)")?/g)].map(
    ([, first = '', second]) => (second === undefined ? first : `${first}.${second}`),
  );
}

function offer(name: string, candidates: string | undefined): string | null {
  const names = namesOf(candidates);
  const near = nearest(name, names);
  const offered = near.length > 0 ? near : names.slice(0, 3);
  return offered.length === 0 ? null : `Did you mean ${offered.join(' or ')}?`;
}

const typeNames: Readonly<Record<string, string>> = {
  VARCHAR: 'STRING',
  STRING_LITERAL: 'STRING',
  INTEGER: 'INT',
  INTEGER_LITERAL: 'INT',
  INT32: 'INT',
  INT64: 'BIGINT',
  BLOB: 'BINARY',
};

function sparkTypes(text: string): string {
  return text.replaceAll(/\b[A-Z][A-Z0-9_]+\b/g, (name) => typeNames[name] ?? name);
}

/**
 * An error of DuckDB's about a translated statement as the error that Spark has for it: `SqlInvalid` with Spark's
 * class, the place in the user's statement, and what to do. The SQL that ran may have had something around
 * `translation.sql`, such as `DESCRIBE`. Errors of another kind than `SqlInvalid` stay as they are.
 */
export function sparkError(thrown: unknown, translation: Translation): IcejamError {
  const error = thrown instanceof IcejamError ? thrown : null;
  if (error !== null && (error.kind !== 'SqlInvalid' || 'errorClass' in error.context))
    return error;
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  const own = /\[([A-Z_.]+)\] (?:@(\d+)-(\d+) )?([^]*)/.exec(text);
  const { input } = translation;
  if (own !== null) {
    const [, errorClass = '', start, end, message = ''] = own;
    const span = start === undefined ? whole(input) : { start: Number(start), end: Number(end) };
    return sqlError(input, span, errorClass as ErrorClass, message, remedyOf(errorClass), thrown);
  }
  const span = spanOf(text, translation) ?? namedSpan(text, translation);
  const named = span === null ? '' : input.slice(span.start, span.end);
  const { errorClass, message, remedy } = meaningOf(text, named);
  return sqlError(input, span ?? whole(input), errorClass, message, remedy, thrown);
}

/** Without a caret: the table, or else the first word, of the name that the error speaks of. */
function namedSpan(text: string, { tables, input }: Translation): Span | null {
  const [, name] =
    /(?:Table|Catalog|Schema)(?: with name)? "?([^\s"]+)"? does not exist/.exec(text) ??
    /(?:key|column name|table|column) "([^"]+)"/.exec(text) ??
    [];
  if (name === undefined) return null;
  const wanted = name.split('.').at(-1)?.toLowerCase();
  const same = (other: string) => other.toLowerCase() === wanted;
  return (
    tables.find((table) => table.name.some(same)) ??
    tokenize(input).find(
      ({ kind, value }) => (kind === 'word' || kind === 'quoted') && same(value),
    ) ??
    null
  );
}

function whole(input: string): Span {
  return { start: 0, end: input.length };
}

function remedyOf(errorClass: string): string {
  switch (errorClass) {
    case 'DIVIDE_BY_ZERO':
      return 'Use try_divide, or set spark.sql.ansi.enabled to false.';
    case 'CAST_INVALID_INPUT':
      return 'Correct the value, use try_cast, or set spark.sql.ansi.enabled to false.';
    case 'USER_RAISED_EXCEPTION':
      return 'The statement itself raised this error.';
    default:
      return 'Correct the text, or give a pattern that it follows exactly.';
  }
}

function meaningOf(text: string, named: string): Meaning {
  for (const { pattern, meaning } of readings) {
    const match = pattern.exec(text);
    if (match !== null) return meaning(match, named);
  }
  const [sentence = text] = text.replace(/^[A-Za-z ]+ Error: /, '').split(/\n\s*\n|\nLINE /);
  const parser = text.startsWith('Parser Error');
  return {
    errorClass: parser ? 'PARSE_SYNTAX_ERROR' : 'ANALYSIS_ERROR',
    message: sentence.trim(),
    remedy: 'Mend the statement at this place.',
  };
}

/** The piece of the user's statement under DuckDB's caret; `null` if there is none. */
function spanOf(text: string, translation: Translation): Span | null {
  const [, shown, caret] = /\nLINE \d+: ([^\n]*)\n( *\^)/.exec(text) ?? [];
  if (shown === undefined || caret === undefined) return null;
  const prefix = /LINE \d+: /.exec(text.slice(text.indexOf('\nLINE ')))?.[0].length ?? 0;
  const at = caret.length - 1 - prefix;
  const offset = alignedOffset(shown, at, translation.sql);
  return offset === null ? null : sourceSpan(translation, offset);
}

/** DuckDB shows a part of the line, cut off with dots, of SQL that may have had something before ours. */
function alignedOffset(shown: string, at: number, sql: string): number | null {
  const tail = shown.slice(at).replace(/\.\.\.$/, '');
  const head = shown.slice(0, at).replace(/^\.\.\./, '');
  let best: { offset: number; common: number } | null = null;
  for (let offset = sql.indexOf(tail); offset >= 0; offset = sql.indexOf(tail, offset + 1)) {
    let common = 0;
    while (common < head.length && head.at(-1 - common) === sql[offset - 1 - common]) common += 1;
    if (best === null || common > best.common) best = { offset, common };
  }
  return tail === '' ? null : (best?.offset ?? null);
}
