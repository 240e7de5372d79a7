const numbers = new Intl.NumberFormat('en-US');

/** A number with thousands separators, such as `10,000`. */
export function grouped(value: number): string {
  return numbers.format(value);
}

/** A number with its noun, such as `1 row`, `4,696 rows`. Only nouns that take a plain s. */
export function counted(value: number, noun: string): string {
  return `${grouped(value)} ${noun}${value === 1 ? '' : 's'}`;
}

/** A size in bytes, such as `7,204 B`, `159.9 kB`, `34.2 MB`. */
export function sized(bytes: number): string {
  if (bytes < 10_000) return `${grouped(bytes)} B`;
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

/** What an error says and what to do about it, as sentences. */
export function withRemedy({ message, remedy }: { message: string; remedy?: string }): string {
  if (remedy === undefined) return message;
  return `${message}${/[.!?:]$/.test(message) ? '' : '.'} ${remedy}`;
}

/** What is wrong at a place of a text, such as `Line 3, column 10: expected a value`. */
export function placed(place: { line: number; column: number; message: string }): string {
  const { line, column, message } = place;
  return `Line ${grouped(line)}, column ${grouped(column)}: ${message}`;
}

/** Names in a sentence: `a`, `a and b`, `a, b and c`. */
export function joined(names: readonly string[]): string {
  if (names.length < 2) return names.join('');
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`;
}

/** The dataset's own name in a table's name `depot:collection/dataset`. */
export function datasetName(table: string): string {
  return table.slice(table.lastIndexOf('/') + 1);
}

/** The last name of a path. */
export function fileName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
