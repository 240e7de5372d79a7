import { type JsonColumn, kind } from './column.ts';
import { byName } from './json-type.ts';
import { unescapedText } from './string.ts';

const decoder = new TextDecoder();
const encoder = new TextEncoder();

/**
 * A double as Java's `Double.toString` writes it, which is how Spark spells a number in a text column: `1.5`, `1.0E10`.
 * Infinity and NaN are in quotes, as Jackson writes them.
 */
function spellDouble(value: number): string {
  if (!Number.isFinite(value)) return `"${String(value)}"`;
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0';
  const size = Math.abs(value);
  if (size >= 1e-3 && size < 1e7) {
    const text = String(value);
    return text.includes('.') ? text : `${text}.0`;
  }
  const [shortest = '', exponent = ''] = value.toExponential().split('e');
  // Java writes two digits at least, the nearest ones: 4.9E-324, which JavaScript writes as 5e-324.
  const mantissa = shortest.includes('.') ? shortest : value.toExponential(1).split('e')[0];
  return `${mantissa ?? shortest}E${String(Number(exponent))}`;
}

/**
 * A value that is no text, as Spark writes it into a text column. `source`: the JSON text in which nested values stand;
 * one whose place there is not known is written from its cells.
 */
export function spellCell(column: JsonColumn, row: number, source: Uint8Array): string {
  const cell = column.kinds[row];
  const isNested = cell === kind.struct || cell === kind.list;
  return isNested && column.sources.length > 0
    ? compactJson(source.subarray(column.sources[2 * row], column.sources[2 * row + 1]))
    : cellJson(column, row);
}

/** A cell as JSON text. Members of a struct stand in name order, without nulls. */
function cellJson(column: JsonColumn, row: number): string {
  const begin = column.halves[2 * row] ?? 0;
  switch (column.kinds[row]) {
    case kind.boolean:
      return String(begin === 1);
    case kind.long:
      return String(column.longs[row]);
    case kind.double:
      return spellDouble(column.doubles[row] ?? NaN);
    case kind.big:
      return spellDigits(column.textAt(row));
    case kind.text:
      return quoteText(column.textAt(row));
    case kind.struct: {
      const members = column.members.columns.filter((member) => (member.kinds[row] ?? 0) !== 0);
      const texts = members
        .sort(byName)
        .map((member) => `${quoteText(member.name)}:${cellJson(member, row)}`);
      return `{${texts.join(',')}}`;
    }
    case kind.list: {
      const count = (column.halves[2 * row + 1] ?? begin) - begin;
      const elements = Array.from({ length: count }, (_, index) =>
        cellJson(column.elements(), begin + index),
      );
      return `[${elements.join(',')}]`;
    }
    default:
      return 'null';
  }
}

/** A whole number's digits without the sign of a negative zero. */
const spellDigits = (digits: string): string => (digits === '-0' ? '0' : digits);

/** A text in quotes with the escapes that Jackson uses. */
function quoteText(text: string): string {
  const escaped = text.replace(
    /["\\\u0000-\u001f]/g,
    (c) => escapes[c] ?? `\\u00${c.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
  return `"${escaped}"`;
}

const escapes: Partial<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
};

/** What a JSON text is made of: texts, punctuation, words and numbers. White space falls between. */
const tokens = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[{}[\]:,]|[^\s{}[\]:,"']+/g;

/** A valid JSON text as Jackson writes it again: no white space, its own escapes, Java's spelling of numbers. */
function compactJson(source: Uint8Array): string {
  return (decoder.decode(source).match(tokens) ?? []).map(compactToken).join('');
}

function compactToken(token: string): string {
  if (token.startsWith('"') || token.startsWith("'")) {
    const bytes = encoder.encode(token);
    return quoteText(unescapedText(bytes, 1, bytes.length - 1));
  }
  if (/^[-+]?(?:NaN|Inf|INF)/.test(token)) {
    return token === 'NaN' ? '"NaN"' : token.startsWith('-') ? '"-Infinity"' : '"Infinity"';
  }
  if (!/^[-\d]/.test(token)) return token;
  return /[.eE]/.test(token) ? spellDouble(Number(token)) : spellDigits(token);
}
