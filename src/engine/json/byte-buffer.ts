import { byteAt, char } from './byte.ts';

const decoder = new TextDecoder();

/** Characters shown on either side of a fault. */
const excerptReach = 40;

/** The bytes that were read and not yet parsed, with a zero byte behind the last one. */
export class ByteBuffer {
  bytes = new Uint8Array(1);
  /** Where the bytes end: the place of the zero byte. */
  end = 0;
  /** The last line's end among the bytes, -1 if there is none: what stands before it is complete. */
  lastLineEnd = -1;
  /** Blanks before the first byte on its line, -1 if something else stood there too. */
  #dropped = 0;
  /** Characters before the first byte on its line. */
  #characters = 0;
  /** A `\r` that ended a chunk waits for the next one, which may begin with its `\n`. */
  #return = false;

  /** Drops the bytes before `at` and adds a chunk; what stood at `at` stands at 0 then. */
  add(at: number, chunk: Uint8Array): void {
    const rest = this.end - at;
    const carried = this.#return ? 1 : 0;
    this.#return = chunk.at(-1) === char.return;
    const added = this.#return ? chunk.subarray(0, -1) : chunk;
    this.#dropped = this.indent(at);
    this.#characters = this.column(at) - 1;

    const needed = rest + carried + added.length + 1;
    const kept = this.bytes.subarray(at, this.end);
    if (needed > this.bytes.length) {
      const grown = new Uint8Array(2 * needed);
      grown.set(kept);
      this.bytes = grown;
    } else {
      this.bytes.set(kept);
    }
    if (carried === 1) this.bytes[rest] = char.return;
    this.bytes.set(added, rest + carried);
    this.end = needed - 1;
    this.bytes[this.end] = 0;
    this.lastLineEnd = this.#lineStart(this.end) - 1;
  }

  /** Takes it that no more bytes come; drops those before `at`. */
  finish(at: number): void {
    this.add(at, this.#return ? new Uint8Array([char.newline]) : new Uint8Array(0));
  }

  /** Where the line that `at` lies in ends: the place of its `\r` or `\n`, `end` if that was not read yet. */
  lineEnd(at: number): number {
    while (at < this.end && !isLineEnd(byteAt(this.bytes, at))) at += 1;
    return at;
  }

  /** Where the line after the one that ends at `at` begins. */
  nextLine(at: number): number {
    const isPair = this.bytes[at] === char.return && this.bytes[at + 1] === char.newline;
    return at + (isPair ? 2 : 1);
  }

  /** Blanks before `at` on its line, -1 if something else stands there too. */
  indent(at: number): number {
    let begin = at;
    while (begin > 0 && isBlank(byteAt(this.bytes, begin - 1))) begin -= 1;
    if (begin > 0) return isLineEnd(byteAt(this.bytes, begin - 1)) ? at - begin : -1;
    return this.#dropped < 0 ? -1 : this.#dropped + at;
  }

  /** Where the next byte stands that is no blank. */
  afterBlanks(at: number): number {
    while (isBlank(byteAt(this.bytes, at))) at += 1;
    return at;
  }

  /** The place of `at` in its line, in characters from 1. */
  column(at: number): number {
    const begin = this.#lineStart(at);
    let column = begin === 0 ? this.#characters + 1 : 1;
    for (const byte of this.bytes.subarray(begin, at)) if (!isContinuation(byte)) column += 1;
    return column;
  }

  /** What stands around `at` on its line. */
  excerpt(at: number): string {
    let begin = Math.max(this.#lineStart(at), at - excerptReach);
    let end = Math.min(this.lineEnd(at), at + excerptReach);
    while (isContinuation(byteAt(this.bytes, begin))) begin += 1;
    while (isContinuation(byteAt(this.bytes, end))) end -= 1;
    return decoder.decode(this.bytes.subarray(begin, end));
  }

  /** Where the line that `at` lies in begins among the bytes. */
  #lineStart(at: number): number {
    while (at > 0 && !isLineEnd(byteAt(this.bytes, at - 1))) at -= 1;
    return at;
  }
}

const isBlank = (byte: number) => byte === char.space || byte === char.tab;

const isLineEnd = (byte: number) => byte === char.newline || byte === char.return;

/** Whether a byte is not the first of its character in UTF-8. */
const isContinuation = (byte: number) => (byte & 0xc0) === 0x80;
