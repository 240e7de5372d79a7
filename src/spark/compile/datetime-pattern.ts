import { joinSql, quoteText, sqlAt } from './sql.ts';
import type { Sql } from './sql.ts';
import type { Span } from '../sql-error.ts';

/** One piece of a pattern of Java's `DateTimeFormatter`: letters that mean something, or text. */
type PatternPiece = { letters: string } | { text: string };

/** Why a pattern cannot be used: an error class of Spark's and its sentence. */
export class PatternError extends Error {
  readonly weekBased: boolean;

  constructor(message: string, weekBased: boolean) {
    super(message);
    this.weekBased = weekBased;
  }
}

/** Splits a pattern. Throws {@link PatternError} for letters that Spark 3 refuses, and for quotes that stay open. */
function piecesOf(pattern: string): PatternPiece[] {
  const pieces: PatternPiece[] = [];
  for (const [token] of pattern.matchAll(/'(?:[^']|'')*'|([A-Za-z])\1*|[^A-Za-z]/g)) {
    if (token === "'")
      throw new PatternError(`The pattern ${pattern} has a quote that stays open.`, false);
    if (/^[YWwuec]/.test(token)) {
      const message = `All week-based patterns are unsupported since Spark 3.0, detected: ${token.charAt(0)}.`;
      throw new PatternError(message, true);
    }
    if (token === "''") pieces.push({ text: "'" });
    else if (token.startsWith("'")) {
      pieces.push({ text: token.slice(1, -1).replaceAll("''", "'") });
    } else if (/[A-Za-z]/.test(token)) pieces.push({ letters: token });
    else if ('{}#'.includes(token)) {
      throw new PatternError(`The pattern character ${token} is reserved.`, false);
    } else if (!'[]'.includes(token)) pieces.push({ text: token });
  }
  return pieces;
}

/** What `strftime` writes by itself. */
const directives: Readonly<Record<string, string>> = {
  yyyy: '%Y',
  yy: '%y',
  MM: '%m',
  M: '%-m',
  MMM: '%b',
  MMMM: '%B',
  LL: '%m',
  L: '%-m',
  LLL: '%b',
  LLLL: '%B',
  dd: '%d',
  d: '%-d',
  DDD: '%j',
  D: '%-j',
  E: '%a',
  EE: '%a',
  EEE: '%a',
  EEEE: '%A',
  HH: '%H',
  H: '%-H',
  hh: '%I',
  h: '%-I',
  a: '%p',
  mm: '%M',
  m: '%-M',
  ss: '%S',
  s: '%-S',
  SSS: '%g',
  SSSSSS: '%f',
};

/** What is the same for every instant, because the session's time zone is UTC and years are of our era. */
const constants: Readonly<Record<string, string>> = {
  G: 'AD',
  GG: 'AD',
  GGG: 'AD',
  GGGG: 'Anno Domini',
  VV: 'UTC',
  z: 'UTC',
  zz: 'UTC',
  zzz: 'UTC',
  zzzz: 'Coordinated Universal Time',
  O: 'GMT',
  OOOO: 'GMT',
  ZZZZ: 'GMT',
  ZZZZZ: 'Z',
  Z: '+0000',
  ZZ: '+0000',
  ZZZ: '+0000',
  x: '+00',
  xx: '+0000',
  xxx: '+00:00',
  xxxx: '+0000',
  xxxxx: '+00:00',
  X: 'Z',
  XX: 'Z',
  XXX: 'Z',
  XXXX: 'Z',
  XXXXX: 'Z',
};

/** What `strftime` cannot write, as SQL over the timestamp that `t` stands for here. */
const expressions: Readonly<Record<string, string>> = {
  y: 'CAST(year(t) AS VARCHAR)',
  yyy: "format('{:03d}', year(t))",
  DD: "format('{:02d}', dayofyear(t))",
  F: 'CAST((day(t) - 1) % 7 + 1 AS VARCHAR)',
  k: 'CAST((hour(t) + 23) % 24 + 1 AS VARCHAR)',
  kk: "format('{:02d}', (hour(t) + 23) % 24 + 1)",
  K: 'CAST(hour(t) % 12 AS VARCHAR)',
  KK: "format('{:02d}', hour(t) % 12)",
  Q: 'CAST(quarter(t) AS VARCHAR)',
  QQ: "('0' || quarter(t))",
  QQQ: "('Q' || quarter(t))",
  QQQQ: "(['1st', '2nd', '3rd', '4th'][quarter(t)] || ' quarter')",
};

/** Prints a timestamp by a Java pattern, in English and UTC. Throws {@link PatternError}. */
export function formatTimestamp(timestamp: Sql, pattern: string, span: Span): Sql {
  const sql = sqlAt(span);
  const parts: Sql[] = [];
  let format = '';
  const flush = () => {
    if (format !== '') parts.push(sql`strftime(${timestamp}, ${quoteText(format)})`);
    format = '';
  };
  for (const piece of piecesOf(pattern)) {
    if ('text' in piece) format += piece.text.replaceAll('%', '%%');
    else {
      const written = directives[piece.letters] ?? constants[piece.letters];
      if (written !== undefined) format += written;
      else {
        flush();
        const [first = '', ...rest] = expressionOf(piece.letters, pattern).split(/\bt\b/);
        parts.push(
          rest.reduce<Sql>((made, text) => sql`${made}${timestamp}${text}`, sql`${first}`),
        );
      }
    }
  }
  flush();
  if (parts.length === 0) return sql`CASE WHEN ${timestamp} IS NOT NULL THEN '' END`;
  return parts.length === 1 ? (parts[0] ?? []) : sql`(${joinSql(parts, ' || ', span)})`;
}

function expressionOf(letters: string, pattern: string): string {
  const normal = letters.replaceAll('q', 'Q');
  const known = expressions[normal];
  if (known !== undefined) return known;
  if (/^S{1,9}$/.test(letters)) {
    return letters.length < 6
      ? `left(strftime(t, '%f'), ${String(letters.length)})`
      : `(strftime(t, '%f') || '${'0'.repeat(letters.length - 6)}')`;
  }
  if (/^y{5,6}$/.test(letters)) return `format('{:0${String(letters.length)}d}', year(t))`;
  throw unknown(letters, pattern);
}

function unknown(letters: string, pattern: string): PatternError {
  return new PatternError(
    `Unrecognised letters ${letters} in the datetime pattern ${pattern}.`,
    false,
  );
}

/** How text is read by a pattern. */
export interface ParsePattern {
  /** RE2: the texts that Spark 3 reads. */
  strict: string;
  /** RE2: the beginnings of texts that the parser before Spark 3.0 reads too. */
  lenient: string;
  /** The pattern of `strptime`. */
  format: string;
  /** Whether the text names its offset from UTC. */
  zoned: boolean;
  /** How the year is given: DuckDB takes 1900 if it is not, and its own century if it has two digits. */
  year: 'full' | 'short' | 'none';
}

/** A pattern's letters when reading: the strict form, the lenient one, and the directive. */
const readers: Readonly<Record<string, readonly [string, string, string]>> = {
  yyyy: ['\\d{4}', '\\d+', '%Y'],
  yy: ['\\d{2}', '\\d{2}', '%y'],
  y: ['\\d+', '\\d+', '%Y'],
  MM: ['\\d{2}', '\\d+', '%m'],
  M: ['\\d{1,2}', '\\d+', '%m'],
  LL: ['\\d{2}', '\\d+', '%m'],
  L: ['\\d{1,2}', '\\d+', '%m'],
  MMM: ['[A-Za-z]{3}', '[A-Za-z]{3}', '%b'],
  LLL: ['[A-Za-z]{3}', '[A-Za-z]{3}', '%b'],
  MMMM: ['[A-Za-z]+', '[A-Za-z]+', '%B'],
  LLLL: ['[A-Za-z]+', '[A-Za-z]+', '%B'],
  dd: ['\\d{2}', '\\d+', '%d'],
  d: ['\\d{1,2}', '\\d+', '%d'],
  DDD: ['\\d{3}', '\\d+', '%j'],
  D: ['\\d{1,3}', '\\d+', '%j'],
  HH: ['\\d{2}', '\\d+', '%H'],
  H: ['\\d{1,2}', '\\d+', '%H'],
  hh: ['\\d{2}', '\\d+', '%I'],
  h: ['\\d{1,2}', '\\d+', '%I'],
  a: ['[AaPp][Mm]', '[AaPp][Mm]', '%p'],
  mm: ['\\d{2}', '\\d+', '%M'],
  m: ['\\d{1,2}', '\\d+', '%M'],
  ss: ['\\d{2}', '\\d+', '%S'],
  s: ['\\d{1,2}', '\\d+', '%S'],
  X: ['(?:Z|[+-]\\d{2}(?:\\d{2})?)', '(?:Z|[+-]\\d{2})', '%z'],
  XX: ['(?:Z|[+-]\\d{4})', '(?:Z|[+-]\\d{4})', '%z'],
  XXX: ['(?:Z|[+-]\\d{2}:\\d{2})', '(?:Z|[+-]\\d{2}:\\d{2})', '%z'],
  x: ['[+-]\\d{2}(?:\\d{2})?', '[+-]\\d{2}', '%z'],
  xx: ['[+-]\\d{4}', '[+-]\\d{4}', '%z'],
  xxx: ['[+-]\\d{2}:\\d{2}', '[+-]\\d{2}:\\d{2}', '%z'],
  Z: ['[+-]\\d{4}', '[+-]\\d{4}', '%z'],
};

/**
 * How text is read by a Java pattern (Spark's `DateTimeFormatterHelper`, parsing). Throws {@link PatternError}, also
 * for letters that Spark reads but this program does not.
 */
export function parsePattern(pattern: string): ParsePattern {
  const pieces = piecesOf(pattern);
  const parsed: ParsePattern = {
    strict: '',
    lenient: '',
    format: '',
    zoned: false,
    year: 'none',
  };
  pieces.forEach((piece, index) => {
    if ('text' in piece) {
      const escaped = piece.text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
      parsed.strict += escaped;
      parsed.lenient += escaped;
      parsed.format += piece.text.replaceAll('%', '%%');
      return;
    }
    const { letters } = piece;
    const fraction: readonly [string, string, string] | undefined = /^S{1,9}$/.test(letters)
      ? [`\\d{1,${String(letters.length)}}`, '\\d{1,3}\\b', '%f']
      : undefined;
    const [strict, lenient, directive] = readers[letters] ?? fraction ?? [];
    if (strict === undefined || lenient === undefined || directive === undefined) {
      throw unknown(letters, pattern);
    }
    // Numbers that touch are read by their widths, before Spark 3.0 too.
    const next = pieces[index + 1];
    const before = pieces[index - 1];
    const touches = [next, before].some((other) => other !== undefined && 'letters' in other);
    parsed.strict += strict;
    parsed.lenient += touches ? strict : lenient;
    parsed.format += directive;
    parsed.zoned ||= directive === '%z';
    if (directive === '%y') parsed.year = 'short';
    if (directive === '%Y') parsed.year = 'full';
  });
  return parsed;
}
