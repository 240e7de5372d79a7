import { byteAt, char, Malformed } from './byte.ts';
import { JsonColumn, JsonStruct, kind } from './column.ts';
import { parseNumber } from './number.ts';
import { closingQuote, plainEnd, unescape, unescapedText } from './string.ts';

/** Nesting that Spark's parser allows (Jackson, `StreamReadConstraints.DEFAULT_MAX_DEPTH`). */
const maxDepth = 1000;

/** How many columns after the last one are compared before a name is looked up. */
const guesses = 4;

/** Words that stand for values; those that are no numbers are Jackson's `ALLOW_NON_NUMERIC_NUMBERS`. */
const words = [
  'null',
  'true',
  'false',
  'NaN',
  'Infinity',
  '-Infinity',
  '+Infinity',
  '-INF',
  '+INF',
];

const wordBytes = words.map((word) => new TextEncoder().encode(word));

/**
 * Parses JSON objects into rows of columns. A zero byte that is not part of the bytes must follow them: it stops every
 * scan, so that none needs to look for the end; a fault at its place means that the bytes are not complete.
 */
export class RowParser {
  /** The columns of the rows. */
  root = new JsonStruct();
  bytes: Uint8Array = new Uint8Array(1);
  #view = new DataView(this.bytes.buffer);
  /** Whether a value may go on in the next line. */
  multiline = false;
  /** Lines ended inside and between values so far; the reader counts those of its own. */
  lines = 0;
  /** The source of the nested values of this part, each outermost one complete. */
  source = new Uint8Array(0);
  sourceLength = 0;
  #row = 0;
  #depth = 0;
  #outermost = 0;

  /** Takes the bytes to parse from now on. */
  use(bytes: Uint8Array): void {
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset);
  }

  /**
   * Parses the object whose brace stands at `at` into `row` and returns where it ends.
   * Throws `Malformed`; the row is then to be {@link undo}ne.
   */
  parseRow(row: number, at: number): number {
    this.#row = row;
    this.#depth = 0;
    return this.#members(this.root, row, at + 1);
  }

  /** Where the value ends that begins at `at`, whatever it is. Throws `Malformed`. */
  passValue(at: number): number {
    this.#depth = 0;
    const { sourceLength } = this;
    const end = this.#value(new JsonColumn(''), 0, at);
    this.sourceLength = sourceLength;
    return end;
  }

  /** Empties the columns for the next part; their memory is kept if it is no more than `keptBytes`. */
  reset(rows: number, keptBytes: number): void {
    if (this.size > keptBytes) {
      this.root = new JsonStruct();
      this.source = new Uint8Array(0);
    }
    for (const column of this.root.columns) column.reset(rows);
    this.sourceLength = 0;
  }

  /** Memory that the columns hold, in bytes. */
  get size(): number {
    return this.root.columns.reduce((sum, column) => sum + column.size, this.source.length);
  }

  /** Takes back what a failed parse left in a row. */
  undo(row: number): void {
    for (const column of this.root.columns) {
      column.truncate(row, row + 1);
      column.forget(row);
    }
  }

  /** Where the next byte stands that is no white space. Outside of `multiline` a line's end is none. */
  skipSpace(at: number): number {
    for (; ; at += 1) {
      const c = byteAt(this.bytes, at);
      if (c === char.newline || c === char.return) {
        if (!this.multiline) return at;
        // `\r\n` ends one line: it is counted at its second byte.
        if (c === char.newline || this.bytes[at + 1] !== char.newline) this.lines += 1;
      } else if (c !== char.space && c !== char.tab) {
        return at;
      }
    }
  }

  /** From after the opening brace to after the closing one. */
  #members(struct: JsonStruct, row: number, at: number): number {
    const { bytes } = this;
    let c = byteAt(bytes, at);
    if (c <= char.space) c = byteAt(bytes, (at = this.skipSpace(at)));
    if (c === char.closeBrace) return at + 1;
    // Objects of a kind mostly have their names in one order: the next name is compared before it is looked up.
    let expected = 0;
    for (;;) {
      const key = at;
      let column = struct.columns[expected];
      if (column !== undefined && c === char.quote && this.#matches(at + 1, column)) {
        at += 1 + column.key.length;
      } else {
        if (c !== char.quote && c !== char.apostrophe) {
          throw new Malformed('expected a name in quotes', at);
        }
        const end = closingQuote(bytes, at);
        expected = this.#find(struct, expected, at, end);
        column = struct.columns[expected];
        at = end + 1;
      }
      c = byteAt(bytes, at);
      if (c <= char.space) c = byteAt(bytes, (at = this.skipSpace(at)));
      if (c !== char.colon) throw new Malformed('expected a colon after a name', at);
      at += 1;
      if (column === undefined) throw new Malformed('a name without a column', key);
      if (column.metAt < 0) column.metAt = this.#row;
      at = this.#value(column, row, at);
      c = byteAt(bytes, at);
      if (c <= char.space) c = byteAt(bytes, (at = this.skipSpace(at)));
      if (c === char.closeBrace) return at + 1;
      if (c !== char.comma) throw new Malformed('expected a comma or the end of the object', at);
      expected += 1;
      c = byteAt(bytes, (at += 1));
      if (c <= char.space) c = byteAt(bytes, (at = this.skipSpace(at)));
    }
  }

  /** The place among the columns of the name between the quotes at `at` and `end`. */
  #find(struct: JsonStruct, expected: number, at: number, end: number): number {
    const { columns } = struct;
    if (byteAt(this.bytes, at) === char.quote) {
      const last = Math.min(columns.length, expected + guesses);
      for (let index = expected + 1; index < last; index += 1) {
        const column = columns[index];
        if (column !== undefined && this.#matches(at + 1, column)) return index;
      }
    }
    return struct.indexOf(unescapedText(this.bytes, at + 1, end));
  }

  /** Whether a column's key stands at `at`. Most of the time goes here, so it is compared by words of four bytes. */
  #matches(at: number, { key, keyWords }: JsonColumn): boolean {
    if (at + key.length > this.bytes.length) return false;
    for (let i = 0; i < keyWords.length; i += 1) {
      if (this.#view.getInt32(at + 4 * i, true) !== keyWords[i]) return false;
    }
    for (let i = 4 * keyWords.length; i < key.length; i += 1) {
      if (this.bytes[at + i] !== key[i]) return false;
    }
    return true;
  }

  #value(column: JsonColumn, row: number, at: number): number {
    const { bytes } = this;
    let c = byteAt(bytes, at);
    if (c <= char.space) c = byteAt(bytes, (at = this.skipSpace(at)));
    if (c === char.quote || c === char.apostrophe) return this.#text(column, row, at);
    if (c >= char.zero && c <= char.nine) return parseNumber(bytes, column, row, at);
    if (c === char.minus) {
      const next = byteAt(bytes, at + 1);
      // Else it is a word such as -Infinity.
      if (next < letterA) return parseNumber(bytes, column, row, at);
    }
    if (c === char.openBrace) return this.#struct(column, row, at);
    if (c === char.openBracket) return this.#list(column, row, at);
    return this.#word(column, row, at);
  }

  #text(column: JsonColumn, row: number, at: number): number {
    const { bytes } = this;
    const end = plainEnd(bytes, at + 1);
    if (byteAt(bytes, end) === char.quote && byteAt(bytes, at) === char.quote) {
      column.setBytes(row, kind.text, bytes, at + 1, end);
      return end + 1;
    }
    const close = closingQuote(bytes, at);
    column.prepare(row, kind.text);
    column.reserveText(close - at);
    const { text, textLength } = column;
    column.closeText(row, unescape(bytes, at + 1, close, text, textLength));
    return close + 1;
  }

  #struct(column: JsonColumn, row: number, at: number): number {
    this.#enter(column, row, kind.struct, at);
    at = this.#members(column.members, row, at + 1);
    this.#leave(column, row, at);
    return at;
  }

  #list(column: JsonColumn, row: number, at: number): number {
    const { bytes } = this;
    const element = column.elements();
    this.#enter(column, row, kind.list, at);
    column.halves[2 * row] = element.length;
    column.halves[2 * row + 1] = element.length;
    at = this.skipSpace(at + 1);
    if (byteAt(bytes, at) !== char.closeBracket) {
      for (;;) {
        const index = element.length;
        element.length += 1;
        at = this.skipSpace(this.#value(element, index, at));
        const c = byteAt(bytes, at);
        if (c === char.closeBracket) break;
        if (c !== char.comma) throw new Malformed('expected a comma or the end of the array', at);
        at += 1;
      }
    }
    column.halves[2 * row + 1] = element.length;
    this.#leave(column, row, at + 1);
    return at + 1;
  }

  #enter(column: JsonColumn, row: number, cell: number, at: number): void {
    if (this.#depth === 0) this.#outermost = at;
    this.#depth += 1;
    if (this.#depth > maxDepth) throw new Malformed('values nested too deeply', at);
    column.prepareNested(row, cell);
    column.sources[2 * row] = this.#sourceOf(at);
  }

  #leave(column: JsonColumn, row: number, end: number): void {
    column.sources[2 * row + 1] = this.#sourceOf(end);
    this.#depth -= 1;
    if (this.#depth > 0) return;
    const length = end - this.#outermost;
    if (this.sourceLength + length > this.source.length) {
      const grown = new Uint8Array(2 * (this.sourceLength + length));
      grown.set(this.source.subarray(0, this.sourceLength));
      this.source = grown;
    }
    this.source.set(this.bytes.subarray(this.#outermost, end), this.sourceLength);
    this.sourceLength += length;
  }

  /** Where a byte of the outermost nested value will stand in the kept source. */
  #sourceOf(at: number): number {
    return this.sourceLength + at - this.#outermost;
  }

  #word(column: JsonColumn, row: number, at: number): number {
    let furthest = at;
    for (const [index, word] of wordBytes.entries()) {
      let length = 0;
      while (length < word.length && this.bytes[at + length] === word[length]) length += 1;
      if (length === word.length) {
        setWord(column, row, words[index] ?? '');
        return at + length;
      }
      furthest = Math.max(furthest, at + length);
    }
    throw new Malformed('expected a value', furthest);
  }
}

const letterA = 0x41;

function setWord(column: JsonColumn, row: number, word: string): void {
  if (word === 'null') column.setNull(row);
  else if (word === 'true' || word === 'false') column.setBoolean(row, word === 'true');
  else if (word === 'NaN') column.setDouble(row, NaN);
  else column.setDouble(row, word.startsWith('-') ? -Infinity : Infinity);
}
