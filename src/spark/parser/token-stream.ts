import { tokenize } from '../lexer.ts';
import type { Token } from '../lexer.ts';
import type { Name } from '../ast.ts';
import { sqlError } from '../sql-error.ts';
import type { Span } from '../sql-error.ts';

/** The tokens of a statement and how far the parser has come. */
export class TokenStream {
  readonly sql: string;
  readonly #tokens: Token[];
  #at = 0;

  /** Throws `SqlInvalid` for what is no token. */
  constructor(sql: string) {
    this.sql = sql;
    this.#tokens = tokenize(sql);
  }

  /** The token `ahead` of the current one; the last token stays the last. */
  peek(ahead = 0): Token {
    const token = this.#tokens[Math.min(this.#at + ahead, this.#tokens.length - 1)];
    if (token === undefined) throw new Error('A token stream ends with a token.');
    return token;
  }

  /** Takes the current token, whatever it is. */
  take(): Token {
    const token = this.peek();
    if (token.kind !== 'end') this.#at += 1;
    return token;
  }

  /** Whether the token `ahead` is one of these words, without quotes. */
  isWord(words: readonly string[] | string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return (
      token.kind === 'word' &&
      (typeof words === 'string' ? token.value === words : words.includes(token.value))
    );
  }

  /** Whether the token `ahead` is this symbol. */
  isSymbol(symbol: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token.kind === 'symbol' && token.value === symbol;
  }

  /** Takes these words if they come next, in this order. */
  takeWords(...words: string[]): boolean {
    if (!words.every((word, ahead) => this.isWord(word, ahead))) return false;
    this.#at += words.length;
    return true;
  }

  /** Takes this symbol if it comes next. */
  takeSymbol(symbol: string): boolean {
    if (!this.isSymbol(symbol)) return false;
    this.#at += 1;
    return true;
  }

  /** Takes these words, or throws that they are expected. */
  expectWords(...words: string[]): void {
    if (!this.takeWords(...words)) this.fail(`Write ${words.join(' ')} here.`);
  }

  /** Takes this symbol, or throws that it is expected. */
  expectSymbol(symbol: string): void {
    if (!this.takeSymbol(symbol)) this.fail(`Write "${symbol}" here.`);
  }

  /** Takes a name: a quoted one, or a word. */
  expectName(what: string): Name {
    const token = this.peek();
    if (token.kind !== 'word' && token.kind !== 'quoted') this.fail(`Write ${what} here.`);
    return nameOf(this.take());
  }

  /** Things in round brackets, with commas between them. */
  inBrackets<T>(parse: () => T): T[] {
    this.expectSymbol('(');
    const items = this.list(parse);
    this.expectSymbol(')');
    return items;
  }

  /** Things with commas between them, at least one. */
  list<T>(parse: () => T): T[] {
    const items = [parse()];
    while (this.takeSymbol(',')) items.push(parse());
    return items;
  }

  /** The span from `start` to the token that was taken last. */
  spanFrom(start: number): Span {
    return { start, end: this.#tokens[this.#at - 1]?.end ?? start };
  }

  /** Where the parser is, for {@link rewind}. */
  get position(): number {
    return this.#at;
  }

  /** Goes back to a position. */
  rewind(position: number): void {
    this.#at = position;
  }

  /** Throws Spark's syntax error at the current token. */
  fail(remedy: string): never {
    const { kind, text, start, end } = this.peek();
    const near = kind === 'end' ? 'end of input' : `'${text}'`;
    throw sqlError(
      this.sql,
      { start, end },
      'PARSE_SYNTAX_ERROR',
      `Syntax error at or near ${near}.`,
      remedy,
    );
  }
}

/** The name that a token stands for. */
export function nameOf(token: Token): Name {
  const text = token.kind === 'word' ? token.text : token.value;
  return { text, start: token.start, end: token.end };
}
