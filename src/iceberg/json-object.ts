import { IcejamError } from '../error.ts';
import { stringifyJson } from './json.ts';

/** A JSON object whose members are read with their types checked; every getter throws `Corrupt` naming the member. */
export class JsonObject {
  readonly #members: Record<string, unknown>;

  constructor(value: unknown, name = 'the value') {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw corrupt(name, 'an object', value);
    }
    this.#members = value as Record<string, unknown>;
  }

  /** A member as it is; `undefined` if it is absent or null. */
  get(key: string): unknown {
    return (Object.hasOwn(this.#members, key) ? this.#members[key] : undefined) ?? undefined;
  }

  string(key: string): string {
    return this.optionalString(key) ?? missing(key);
  }

  optionalString(key: string): string | undefined {
    const value = this.get(key);
    if (value === undefined || typeof value === 'string') return value;
    throw corrupt(key, 'a string', value);
  }

  /** A word out of a few, in any case. */
  oneOf<Word extends string>(key: string, words: readonly Word[]): Word {
    const value = this.string(key);
    const found = words.find((word) => word === value.toLowerCase());
    if (found !== undefined) return found;
    throw corrupt(key, words.join(' or '), value);
  }

  boolean(key: string): boolean {
    const value = this.get(key) ?? missing(key);
    if (typeof value === 'boolean') return value;
    throw corrupt(key, 'a boolean', value);
  }

  /** A whole number that a double holds exactly. */
  integer(key: string): number {
    return this.optionalInteger(key) ?? missing(key);
  }

  optionalInteger(key: string): number | undefined {
    const value = this.get(key);
    if (value === undefined || Number.isSafeInteger(value)) return value as number | undefined;
    throw corrupt(key, 'an integer', value);
  }

  /** A 64-bit whole number, such as a snapshot id. */
  long(key: string): bigint {
    return this.optionalLong(key) ?? missing(key);
  }

  optionalLong(key: string): bigint | undefined {
    const value = this.get(key);
    if (value === undefined || typeof value === 'bigint') return value;
    if (Number.isSafeInteger(value)) return BigInt(value as number);
    throw corrupt(key, 'a long', value);
  }

  /** The items of an array; an absent one is empty. */
  list<T>(key: string, parse: (item: unknown) => T): T[] {
    const value = this.get(key) ?? [];
    if (Array.isArray(value)) return value.map((item) => parse(item));
    throw corrupt(key, 'an array', value);
  }

  /** The members of an object in their order; an absent one is empty. */
  record<T>(key: string, parse: (members: JsonObject, name: string) => T): Record<string, T> {
    const value = this.get(key) ?? {};
    const object = new JsonObject(value, key);
    return Object.fromEntries(Object.keys(value).map((name) => [name, parse(object, name)]));
  }

  has(key: string): boolean {
    return this.get(key) !== undefined;
  }
}

function missing(key: string): never {
  throw new IcejamError('Corrupt', `Cannot parse missing field: ${key}`);
}

function corrupt(name: string, what: string, value: unknown): IcejamError {
  const text = stringifyJson(value);
  const shown = text.length > 60 ? `${text.slice(0, 60)}…` : text;
  return new IcejamError('Corrupt', `Cannot parse ${name} to ${what}: ${shown}`);
}

/** An item of an array that must be a whole number. Throws `Corrupt`. */
export function parseInteger(value: unknown): number {
  return new JsonObject({ item: value }).integer('item');
}
