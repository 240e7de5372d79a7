import type { SourceRange } from '../error.ts';
import type { SqlSegment, SqlText } from './workflow.ts';
import type { YamlScalar } from './yaml-tree.ts';

/** The SQL of a scalar, and where in the YAML `text` each piece of it stands. */
export function sqlText(scalar: YamlScalar, text: string): SqlText {
  return { sql: scalar.text, range: scalar.range, segments: segmentsOf(scalar, text) };
}

/**
 * The place in the user's YAML of the SQL from offset `start` to `end` (UTF-16 units, end exclusive).
 * Offsets beyond the SQL are taken for its end.
 */
export function sourceRange(statement: SqlText, start: number, end: number): SourceRange {
  const last = Math.max(0, statement.sql.length - 1);
  const from = placeOf(statement, Math.min(Math.max(0, start), last));
  // The place of the last character and one more: the character after it may stand on another line.
  const to = placeOf(statement, Math.min(Math.max(start, end - 1, 0), last));
  return { ...from, endLine: to.line, endColumn: to.column + 1 };
}

function placeOf({ segments, range }: SqlText, offset: number): { line: number; column: number } {
  const segment = segments.findLast((candidate) => candidate.offset <= offset);
  if (segment === undefined) return { line: range.line, column: range.column };
  return { line: segment.line, column: segment.column + offset - segment.offset };
}

/**
 * Walks the YAML and the value side by side. Folding and indentation change only white space, so whatever
 * white space stands at a line's end in the YAML is matched with the white space of the value there; in
 * quoted scalars an escape is matched with the one character that it stands for (YAML 1.2.2, sections 7.3, 8.1).
 */
function segmentsOf(scalar: YamlScalar, text: string): SqlSegment[] {
  const { style, end, range, text: value } = scalar;
  const segments: SqlSegment[] = [];
  let { line, column } = range;
  let at = scalar.start;
  let offset = 0;

  const skip = (length: number): void => {
    for (const character of text.slice(at, at + length)) {
      if (character === '\n') [line, column] = [line + 1, 1];
      else column += character.length;
    }
    at += length;
  };
  const mark = (): void => void segments.push({ offset, line, column });

  if (style === 'block') skip(/^[^\n]*\n?[ \n\r]*/.exec(text.slice(at, end))?.[0].length ?? 0);
  else if (style !== 'plain') skip(1);
  if (style === 'block') offset = /^\s*/.exec(value)?.[0].length ?? 0;
  if (offset > 0) segments.push({ offset: 0, line, column });
  mark();
  while (offset < value.length && at < end) {
    const rest = text.slice(at, Math.min(end, at + 4096));
    const fold = /^[ \t]*(\r?\n[ \t]*)+/.exec(rest)?.[0];
    const escape = escapeLength(rest, style);
    if (fold !== undefined) {
      mark();
      offset += foldedLength(fold, value.slice(offset), style);
      skip(fold.length);
      mark();
    } else if (escape !== null) {
      mark();
      offset += escape.decoded;
      skip(escape.written);
      mark();
    } else {
      offset += 1;
      skip(1);
    }
  }
  return segments.filter((segment, index) => segments[index + 1]?.offset !== segment.offset);
}

/** How many characters of the value a line's end in the YAML became. */
function foldedLength(fold: string, value: string, style: YamlScalar['style']): number {
  if (style === 'block') return /^\s*/.exec(value)?.[0].length ?? 0;
  const breaks = fold.split('\n').length - 1;
  return Math.max(1, breaks - 1);
}

function escapeLength(
  rest: string,
  style: YamlScalar['style'],
): { written: number; decoded: number } | null {
  if (style === 'single') return rest.startsWith("''") ? { written: 2, decoded: 1 } : null;
  if (style !== 'double' || !rest.startsWith('\\')) return null;
  const lineEnd = /^\\\r?\n[ \t]*/.exec(rest)?.[0];
  if (lineEnd !== undefined) return { written: lineEnd.length, decoded: 0 };
  const digits = { x: 2, u: 4, U: 8 }[rest.charAt(1)] ?? 0;
  const code = digits === 8 ? Number.parseInt(rest.slice(2, 10), 16) : 0;
  return { written: 2 + digits, decoded: code > 0xffff ? 2 : 1 };
}
