import { IcejamError } from '../../error.ts';
import { exhaustive } from '../../exhaustive.ts';
import { placed } from '../../words.ts';
import { arrowData, arrowStream } from '../arrow-columns.ts';
import type { Column } from '../types.ts';
import { byteAt, char, Malformed } from './byte.ts';
import { ByteBuffer } from './byte-buffer.ts';
import { JsonColumn } from './column.ts';
import { inferFields, metColumns } from './infer.ts';
import { jsonBytes } from './input.ts';
import { RowParser } from './row-parser.ts';
import { printColumns } from './unify.ts';

/** When a part is complete. */
export interface PartLimits {
  rows: number;
  /** Bytes of its columns in memory, looked at now and then: for rows that are very wide or texts that are very long. */
  bytes: number;
}

/** The limits of the parts in the dropzone. */
const partLimits: PartLimits = { rows: 65_536, bytes: 128 * 2 ** 20 };
/** Every how many rows the memory is looked at. */
const sizedRows = 64;
/** Rejected lines that are kept; all are counted. */
const keptRejections = 100;

/** U+FEFF in UTF-8, which some programs put before a text. */
const byteOrderMark = [0xef, 0xbb, 0xbf];

/** A line that could not be read. Lines and columns count from 1. */
export interface Rejection {
  line: number;
  column: number;
  message: string;
  /** What stands around the fault. */
  excerpt: string;
}

/** Some rows as an Arrow IPC stream, with their columns in name order. */
export interface JsonPart {
  rows: number;
  columns: Column[];
  ipc: Uint8Array;
}

/** What was read in all. */
export interface JsonSummary {
  rows: number;
  /** The first hundred. */
  rejected: Rejection[];
  rejectedCount: number;
}

/**
 * Reads JSON objects as Spark does: one per line (text after it is ignored) or many in an array on a line, and beyond
 * Spark also an array over several lines and, if the first line is a lone brace, objects over several lines. Gzip is
 * recognised. A line that is no JSON is rejected and the reading goes on; not so after a fault in an array whose other
 * elements stand on the same line, since nobody could tell what was lost.
 *
 * Yields parts within the limits (65,536 rows), each with the narrowest columns that hold its own rows: a column of nothing but
 * nulls is `"NULL"` and a struct may be without members; `unifyColumns` says what all parts make together.
 * Throws `InputInvalid` for an empty file, an array that is not read to its end, damaged gzip and other kinds of file.
 */
export async function* readJson(
  stream: ReadableStream<Uint8Array>,
  limits: PartLimits = partLimits,
): AsyncGenerator<JsonPart, JsonSummary> {
  const reader = new JsonReader(limits);
  for await (const chunk of jsonBytes(stream)) {
    reader.add(chunk);
    yield* reader.parts();
  }
  reader.finish();
  yield* reader.parts();
  return reader.summary;
}

/**
 * What comes next: a line's value; an element of an array, the first of which may be missing; what follows an element;
 * nothing more on this line; or, after a fault within several lines, a line on which the next object begins.
 */
type Next = 'value' | 'first-element' | 'element' | 'after-element' | 'line-end' | 'object-line';

class JsonReader {
  readonly summary: JsonSummary = { rows: 0, rejected: [], rejectedCount: 0 };
  readonly #limits: PartLimits;
  readonly #buffer = new ByteBuffer();
  readonly #parser = new RowParser();
  #at = 0;
  #next: Next = 'value';
  #finished = false;
  /** Rows of the part that is being read. */
  #rows = 0;
  /** Whether objects may go over several lines; the first object of the file tells. */
  #pretty: boolean | undefined;
  #inArray = false;
  /** Lines ended before the object that is being read. */
  #linesBefore = 0;
  /** White space before objects that begin their lines, -1 if that is not known. */
  #indent = -1;
  /** The latest fault of all, and the first that may have cost more of the array than its own element. */
  #latest: Rejection | undefined;
  #lost: Rejection | undefined;
  /** Bytes that must be there before an incomplete object is tried again. */
  #wanted = 0;

  constructor(limits: PartLimits) {
    this.#limits = limits;
  }

  add(chunk: Uint8Array): void {
    this.#buffer.add(this.#at, chunk);
    this.#at = 0;
  }

  /** Takes it that no more bytes come. */
  finish(): void {
    this.#finished = true;
    this.#buffer.finish(this.#at);
    this.#at = 0;
    this.#wanted = 0;
  }

  /** The parts that are complete; after the end also the last one, which may be smaller. */
  *parts(): Generator<JsonPart> {
    if (this.#buffer.end - this.#at < this.#wanted) return;
    this.#wanted = 0;
    this.#parser.use(this.#buffer.bytes);
    while (this.#readPart()) yield this.#takePart();
    if (!this.#finished) return;
    if (this.#inArray) {
      if (this.#next !== 'object-line') {
        this.#reject(new Malformed('expected the end of the array', this.#at));
      }
      throw unfinishedArray(this.#lost ?? this.#latest);
    }
    if (this.#rows > 0) yield this.#takePart();
  }

  /** Reads on. Whether that made a part complete; if not, the bytes are used up. */
  #readPart(): boolean {
    for (;;) {
      try {
        while (this.#step()) if (this.#isComplete()) return true;
        return false;
      } catch (thrown) {
        if (!(thrown instanceof Malformed)) throw thrown;
        this.#parser.undo(this.#rows);
        if (thrown.at >= this.#buffer.end && !this.#finished) {
          this.#parser.lines = this.#linesBefore;
          this.#wanted = 2 * (this.#buffer.end - this.#at);
          return false;
        }
        this.#reject(thrown);
        this.#passOver(thrown.at);
      }
    }
  }

  /** Takes one step; whether there was one to take with the bytes at hand. */
  #step(): boolean {
    if (this.#next === 'line-end') return this.#endLine();
    if (this.#next === 'object-line') return this.#findObject();
    this.#parser.multiline = true;
    this.#at = this.#parser.skipSpace(this.#at);
    this.#linesBefore = this.#parser.lines;
    if (this.#at >= this.#buffer.end) return false;
    const c = byteAt(this.#buffer.bytes, this.#at);
    switch (this.#next) {
      case 'value':
        return this.#readValue(c);
      case 'first-element':
      case 'element':
        if (c === char.openBrace) this.#readObject();
        else if (c === char.closeBracket && this.#next === 'first-element') this.#closeArray();
        else this.#rejectElement();
        return true;
      case 'after-element':
        if (c === char.closeBracket) {
          this.#closeArray();
        } else {
          if (c !== char.comma) {
            throw new Malformed('expected a comma or the end of the array', this.#at);
          }
          this.#at += 1;
          this.#next = 'element';
        }
        return true;
      default:
        return exhaustive(this.#next);
    }
  }

  #readValue(c: number): boolean {
    if (c === char.openBracket) {
      this.#at += 1;
      this.#inArray = true;
      this.#next = 'first-element';
      return true;
    }
    if (this.#pretty === undefined && this.#at === 0 && c === byteOrderMark[0]) {
      if (!byteOrderMark.every((byte, index) => this.#buffer.bytes[index] === byte)) {
        throw new Malformed('expected an object', this.#at);
      }
      this.#at += byteOrderMark.length;
      return true;
    }
    if (c !== char.openBrace) throw new Malformed('expected an object', this.#at);
    const isLineComplete = this.#finished || this.#at < this.#buffer.lastLineEnd;
    if (!isLineComplete && this.#pretty !== true) return false;
    this.#pretty ??= this.#isAloneOnLine();
    this.#readObject();
    return true;
  }

  /** Whether there is nothing but the brace on its line. */
  #isAloneOnLine(): boolean {
    const after = this.#buffer.afterBlanks(this.#at + 1);
    return after < this.#buffer.end && this.#buffer.lineEnd(after) === after;
  }

  #readObject(): void {
    this.#parser.multiline = this.#inArray || this.#pretty === true;
    this.#at = this.#parser.parseRow(this.#rows, this.#at);
    this.#rows += 1;
    this.#next = this.#inArray ? 'after-element' : 'line-end';
  }

  #rejectElement(): void {
    const end = this.#parser.passValue(this.#at);
    this.#reject(new Malformed('expected an object as element of the array', this.#at));
    this.#at = end;
    this.#next = 'after-element';
  }

  #closeArray(): void {
    this.#at += 1;
    this.#inArray = false;
    this.#lost = undefined;
    this.#next = 'line-end';
  }

  /** Passes over what is left of the line. */
  #endLine(): boolean {
    const end = this.#buffer.lineEnd(this.#at);
    this.#at = end;
    if (end >= this.#buffer.end) return false;
    this.#parser.lines += 1;
    this.#at = this.#buffer.nextLine(end);
    this.#next = 'value';
    return true;
  }

  /** Goes on after a fault at `at`. */
  #passOver(at: number): void {
    this.#next = 'line-end';
    if (this.#inArray || this.#pretty === true) {
      // Only an object as far to the left as the faulty one is surely none of its members.
      this.#indent = this.#buffer.indent(this.#at);
      this.#next = 'object-line';
      if (this.#inArray && this.#indent < 0) this.#lost ??= this.#latest;
    }
    this.#at = at;
  }

  /** Passes over lines until one begins with an object, or with the end of the array. */
  #findObject(): boolean {
    const buffer = this.#buffer;
    for (;;) {
      this.#at = buffer.lineEnd(this.#at);
      if (this.#at >= buffer.end) return false;
      const start = buffer.nextLine(this.#at);
      const first = buffer.afterBlanks(start);
      if (first >= buffer.end && !this.#finished) return false;
      this.#at = first;
      this.#parser.lines += 1;
      const c = byteAt(buffer.bytes, first);
      const indent = first - start;
      if (c === char.openBrace && (this.#indent < 0 || indent === this.#indent)) {
        this.#next = this.#inArray ? 'element' : 'value';
        return true;
      }
      if (c === char.closeBracket && this.#inArray && indent <= Math.max(this.#indent, 0)) {
        this.#closeArray();
        return true;
      }
    }
  }

  #reject({ message, at }: Malformed): void {
    this.#latest = {
      line: this.#parser.lines + 1,
      column: this.#buffer.column(at),
      message: at >= this.#buffer.end ? `${message}, but the file ends` : message,
      excerpt: this.#buffer.excerpt(at),
    };
    const { rejected } = this.summary;
    if (rejected.length < keptRejections) rejected.push(this.#latest);
    this.summary.rejectedCount += 1;
  }

  #isComplete(): boolean {
    if (this.#rows === this.#limits.rows) return true;
    return this.#rows % sizedRows === sizedRows - 1 && this.#parser.size > this.#limits.bytes;
  }

  #takePart(): JsonPart {
    const { root, source } = this.#parser;
    const rows = this.#rows;
    const fields = inferFields(root, rows);
    const met = metColumns(root);
    const columns = fields.map(({ name, type }, index) => ({
      name,
      data: arrowData(met[index] ?? new JsonColumn(name), type, rows, source),
    }));
    const part = { rows, columns: printColumns(fields), ipc: arrowStream(columns, rows) };
    this.#parser.reset(rows, this.#limits.bytes);
    this.#rows = 0;
    this.summary.rows += rows;
    return part;
  }
}

const unfinishedArray = (fault: Rejection | undefined) =>
  new IcejamError(
    'InputInvalid',
    `The array cannot be read to its end. ${fault === undefined ? '' : placed(fault)}.`,
    { remedy: 'Mend it there, or write one object per line: then a fault costs its line alone.' },
  );
