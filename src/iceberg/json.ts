import { IcejamError } from '../error.ts';

/** A number token, at the place where the scanner stands. */
const numberToken = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y;

/** The plain head of a string token: everything up to a quote, an escape or a control character. */
const plainText = /[^"\\\u0000-\u001f]*/y;

const escapes: Record<string, string> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

/**
 * Parses JSON like `JSON.parse`, except that an integer beyond ±(2^53 - 1) becomes a `bigint`: snapshot ids are
 * 63-bit, and a double would lose their last digits.
 * Throws `Corrupt` with the line and column of the fault.
 */
export function parseJson(text: string): unknown {
  const scanner = new JsonScanner(text);
  const value = scanner.value();
  scanner.end();
  return value;
}

/** A value whose JSON text is fixed already. */
export class RawJson {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/**
 * Writes JSON without spaces, as Java Iceberg does: keys in their order of insertion, `undefined` left out, a
 * `bigint` as a bare integer.
 */
export function stringifyJson(value: unknown): string {
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof RawJson) return value.text;
  if (Array.isArray(value)) return `[${value.map(stringifyJson).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .map(([key, member]) => `${JSON.stringify(key)}:${stringifyJson(member)}`);
    return `{${members.join(',')}}`;
  }
  return JSON.stringify(value ?? null);
}

class JsonScanner {
  #at = 0;
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  value(): unknown {
    this.#space();
    const char = this.#text[this.#at];
    if (char === '{') return this.#object();
    if (char === '[') return this.#array();
    if (char === '"') return this.#string();
    if (char === 't') return this.#word('true', true);
    if (char === 'f') return this.#word('false', false);
    if (char === 'n') return this.#word('null', null);
    return this.#number();
  }

  end(): void {
    this.#space();
    if (this.#at < this.#text.length) this.#fail();
  }

  #object(): Record<string, unknown> {
    const members: [string, unknown][] = [];
    this.#sequence('}', () => {
      this.#space();
      const key = this.#string();
      this.#space();
      this.#expect(':');
      members.push([key, this.value()]);
    });
    // Unlike an assignment, this makes a member `__proto__` an ordinary one.
    return Object.fromEntries(members);
  }

  #array(): unknown[] {
    const items: unknown[] = [];
    this.#sequence(']', () => items.push(this.value()));
    return items;
  }

  /** The members between the bracket at which the scanner stands and `close`. */
  #sequence(close: string, member: () => void): void {
    this.#at += 1;
    this.#space();
    if (this.#text[this.#at] === close) {
      this.#at += 1;
      return;
    }
    for (;;) {
      member();
      this.#space();
      if (this.#text[this.#at] === close) break;
      this.#expect(',');
    }
    this.#at += 1;
  }

  #string(): string {
    this.#expect('"');
    let text = '';
    for (;;) {
      plainText.lastIndex = this.#at;
      const plain = plainText.exec(this.#text)?.[0] ?? '';
      text += plain;
      this.#at += plain.length;
      if (this.#text[this.#at] === '"') break;
      text += this.#escape();
    }
    this.#at += 1;
    return text;
  }

  #escape(): string {
    this.#expect('\\');
    const char = this.#text[this.#at] ?? '';
    const hex = this.#text.slice(this.#at + 1, this.#at + 5);
    if (char === 'u' && /^[\da-fA-F]{4}$/.test(hex)) {
      this.#at += 5;
      return String.fromCharCode(Number.parseInt(hex, 16));
    }
    const escaped = escapes[char] ?? this.#fail();
    this.#at += 1;
    return escaped;
  }

  #number(): number | bigint {
    numberToken.lastIndex = this.#at;
    const match = numberToken.exec(this.#text) ?? this.#fail();
    this.#at += match[0].length;
    const number = Number(match[0]);
    const integer = match[1] === undefined && match[2] === undefined;
    return integer && !Number.isSafeInteger(number) ? BigInt(match[0]) : number;
  }

  #word<T>(word: string, value: T): T {
    if (!this.#text.startsWith(word, this.#at)) this.#fail();
    this.#at += word.length;
    return value;
  }

  #expect(char: string): void {
    if (this.#text[this.#at] !== char) this.#fail();
    this.#at += 1;
  }

  #space(): void {
    while (' \t\n\r'.includes(this.#text[this.#at] ?? '.')) this.#at += 1;
  }

  #fail(): never {
    const lines = this.#text.slice(0, this.#at).split('\n');
    const found = this.#text[this.#at];
    const what =
      found === undefined ? 'the text ends too early' : `unexpected ${JSON.stringify(found)}`;
    const where = `line ${lines.length}, column ${(lines.at(-1)?.length ?? 0) + 1}`;
    throw new IcejamError('Corrupt', `Invalid JSON: ${what} at ${where}`);
  }
}
