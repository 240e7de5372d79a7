/** What a cell holds; as bits, so that the kinds of a column can be united. */
export const kind = {
  null: 0,
  boolean: 1,
  long: 2,
  /** An integer beyond 64 bits. */
  big: 4,
  double: 8,
  text: 16,
  struct: 32,
  list: 64,
} as const;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * A column of JSON values as they come, whatever their kinds: which type holds them all is only asked when the rows
 * are complete. A cell is a kind and 8 bytes: the number itself, or where the text, the digits or the elements stand.
 * The members of a struct stand in the struct's row; the elements of all lists stand one after the other.
 */
export class JsonColumn {
  readonly name: string;
  /** The name and the quote that ends it, as they stand in a text without escapes. */
  readonly key: Uint8Array;
  /** The whole words of four bytes at the beginning of the key. */
  readonly keyWords: Int32Array;
  /** The row of the part in which the name was first met, -1 if not yet: a name may only ever have nulls. */
  metAt = -1;
  kinds = new Uint8Array(0);
  doubles = new Float64Array(0);
  longs = new BigInt64Array(0);
  /** The 8 bytes as two halves: low and high of a long; begin and end of a text, of digits or of elements. */
  halves = new Int32Array(0);
  /** UTF-8 of texts and digits. */
  text = new Uint8Array(0);
  textLength = 0;
  /** Whether the texts do not follow each other without gaps. */
  gaps = false;
  /** Begin and end of a struct's or a list's text in the source that the parser keeps. */
  sources = new Int32Array(0);
  readonly members = new JsonStruct();
  /** The elements of lists, `null` before the first list. */
  element: JsonColumn | null = null;
  /** How many elements there are, if this is the column of a list's elements. */
  length = 0;

  constructor(name: string) {
    this.name = name;
    this.key = encoder.encode(`${name}"`);
    this.keyWords = new Int32Array(this.key.slice(0, this.key.length & ~3).buffer);
  }

  setLong(row: number, value: number): void {
    this.prepare(row, kind.long);
    this.halves[2 * row] = value;
    this.halves[2 * row + 1] = Math.floor(value / 0x1_0000_0000);
  }

  setBigLong(row: number, value: bigint): void {
    this.prepare(row, kind.long);
    this.longs[row] = value;
  }

  setDouble(row: number, value: number): void {
    this.prepare(row, kind.double);
    this.doubles[row] = value;
  }

  setBoolean(row: number, value: boolean): void {
    this.prepare(row, kind.boolean);
    this.halves[2 * row] = value ? 1 : 0;
  }

  setNull(row: number): void {
    if (row < this.kinds.length) this.truncate(row, row + 1);
  }

  /** Takes the bytes from `begin` to `end` as a text, or as the digits of a `big`. */
  setBytes(row: number, cell: number, bytes: Uint8Array, begin: number, end: number): void {
    this.prepare(row, cell);
    const length = end - begin;
    this.reserveText(length);
    const { text, textLength } = this;
    // A short copy by hand is faster than a call.
    if (length < 48) {
      for (let i = 0; i < length; i += 1) text[textLength + i] = bytes[begin + i] ?? 0;
    } else {
      text.set(bytes.subarray(begin, end), textLength);
    }
    this.closeText(row, textLength + length);
  }

  /** Makes room for `length` more bytes of text. */
  reserveText(length: number): void {
    const needed = this.textLength + length;
    if (needed <= this.text.length) return;
    const grown = new Uint8Array(Math.max(needed, 2 * this.text.length, 1024));
    grown.set(this.text.subarray(0, this.textLength));
    this.text = grown;
  }

  /** Ends the row's text, whose bytes were written from `textLength` on. */
  closeText(row: number, end: number): void {
    this.halves[2 * row] = this.textLength;
    this.halves[2 * row + 1] = end;
    this.textLength = end;
  }

  /** Has cells for so many rows. */
  cover(rows: number): void {
    if (rows <= this.kinds.length) return;
    const capacity = Math.max(1024, 2 ** Math.ceil(Math.log2(rows)));
    const kinds = new Uint8Array(capacity);
    kinds.set(this.kinds);
    const halves = widened(this.halves, 2 * capacity);
    this.kinds = kinds;
    this.halves = halves;
    this.doubles = new Float64Array(halves.buffer);
    this.longs = new BigInt64Array(halves.buffer);
  }

  /** Gives the cell its kind, in place of what an earlier value of the same key left. */
  prepare(row: number, cell: number): void {
    if (row >= this.kinds.length) this.cover(row + 1);
    else if (this.kinds[row] !== kind.null) this.truncate(row, row + 1);
    this.kinds[row] = cell;
  }

  /** The text or the digits of a cell. */
  textAt(row: number): string {
    return decoder.decode(this.text.subarray(this.halves[2 * row], this.halves[2 * row + 1]));
  }

  /** Gives the cell the kind of a struct or a list, and room for where its source stands. */
  prepareNested(row: number, cell: number): void {
    this.prepare(row, cell);
    if (this.sources.length < 2 * this.kinds.length) {
      this.sources = widened(this.sources, 2 * this.kinds.length);
    }
  }

  /** The column of the elements of this column's lists. */
  elements(): JsonColumn {
    this.element ??= new JsonColumn('');
    return this.element;
  }

  /** Makes the cells of these rows null again, with all that is nested in them. */
  truncate(from: number, to: number): void {
    const { kinds, element } = this;
    const end = Math.min(to, kinds.length);
    let structs = false;
    for (let row = from; row < end; row += 1) {
      const cell = kinds[row];
      if (cell === kind.text || cell === kind.big) this.gaps = true;
      else if (cell === kind.struct) structs = true;
      else if (cell === kind.list && element !== null) {
        const first = this.halves[2 * row] ?? 0;
        if (first < element.length) {
          element.truncate(first, element.length);
          element.length = first;
        }
      }
      kinds[row] = kind.null;
    }
    if (structs) for (const member of this.members.columns) member.truncate(from, to);
  }

  /** Empties the column for the next part and keeps its memory. */
  reset(rows: number): void {
    this.kinds.fill(0, 0, rows);
    this.metAt = -1;
    this.textLength = 0;
    this.gaps = false;
    for (const member of this.members.columns) member.reset(rows);
    if (this.element !== null) {
      this.element.reset(this.element.length);
      this.element.length = 0;
    }
  }

  /** Forgets the names that were first met in this row, here and below. */
  forget(row: number): void {
    if (this.metAt === row) this.metAt = -1;
    for (const member of this.members.columns) member.forget(row);
    this.element?.forget(row);
  }

  /** Memory held, in bytes. */
  get size(): number {
    let size = 9 * this.kinds.length + this.text.length + 4 * this.sources.length;
    for (const member of this.members.columns) size += member.size;
    return size + (this.element?.size ?? 0);
  }
}

/** The columns of a row or of a struct, found by name. */
export class JsonStruct {
  /** In the order in which the names were first met. */
  readonly columns: JsonColumn[] = [];
  readonly #byName = new Map<string, number>();

  /** The place of a name among the columns; a new one is added. */
  indexOf(name: string): number {
    const known = this.#byName.get(name);
    if (known !== undefined) return known;
    this.#byName.set(name, this.columns.length);
    return this.columns.push(new JsonColumn(name)) - 1;
  }
}

function widened(halves: Int32Array<ArrayBuffer>, length: number): Int32Array<ArrayBuffer> {
  const wide = new Int32Array(length);
  wide.set(halves);
  return wide;
}
