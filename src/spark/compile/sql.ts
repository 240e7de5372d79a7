import type { Span } from '../sql-error.ts';

/** A piece of DuckDB SQL and the piece of the user's statement that it stands for. */
export interface Piece extends Span {
  text: string;
}

/** DuckDB SQL as it is put together. */
export type Sql = readonly Piece[];

/** A tagged template that makes SQL: its own text stands for `span`, and what it holds keeps its places. */
export function sqlAt(
  span: Span,
): (strings: TemplateStringsArray, ...parts: (Sql | string)[]) => Sql {
  const { start, end } = span;
  return (strings, ...parts) => {
    const pieces: Piece[] = [];
    const push = (text: string) => text !== '' && pieces.push({ text, start, end });
    strings.forEach((text, index) => {
      push(text);
      const part = parts[index];
      if (typeof part === 'string') push(part);
      else for (const piece of part ?? []) pieces.push(piece);
    });
    return pieces;
  };
}

/** The parts with a separator between them. */
export function joinSql(parts: readonly Sql[], separator: string, { start, end }: Span): Sql {
  return parts.flatMap((part, index) =>
    index === 0 ? part : [{ text: separator, start, end }, ...part],
  );
}

/** The text alone. */
export function textOf(sql: Sql): string {
  return sql.map(({ text }) => text).join('');
}

/** A name as DuckDB's quoted identifier. DuckDB has no empty names, which Spark gives to `''`: those become a space. */
export function quoteName(name: string): string {
  if (name === '') return '" "';
  return `"${name.replaceAll('"', '""')}"`;
}

/** A text as DuckDB's literal. */
export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
