import { IcejamError } from '../../error.ts';
import { exhaustive } from '../../exhaustive.ts';
import { quoted } from '../types.ts';

/** A member of a struct, or a column. */
export interface JsonField {
  name: string;
  type: JsonType;
}

/** What Spark infers of JSON values (`JsonInferSchema`). `null`: nothing but nulls so far. Fields stand in name order. */
export type JsonType =
  | { is: 'null' | 'boolean' | 'long' | 'double' | 'string' }
  | { is: 'decimal'; precision: number }
  | { is: 'struct'; fields: JsonField[] }
  | { is: 'list'; element: JsonType };

/** Digits of a decimal that holds every `long`. */
export const longPrecision = 20;
/** Digits beyond which an integer becomes a double. */
export const maxPrecision = 38;

const scalarTexts = {
  null: '"NULL"',
  boolean: 'BOOLEAN',
  long: 'BIGINT',
  double: 'DOUBLE',
  string: 'VARCHAR',
} as const;

/** The narrowest type that holds the values of both (`JsonInferSchema.compatibleType`). */
function mergeTypes(a: JsonType, b: JsonType): JsonType {
  if (a.is === 'null') return b;
  if (b.is === 'null') return a;
  if (a.is === 'struct' && b.is === 'struct') {
    return { is: 'struct', fields: mergeFields(a.fields, b.fields) };
  }
  if (a.is === 'list' && b.is === 'list') {
    return { is: 'list', element: mergeTypes(a.element, b.element) };
  }
  const [digitsOfA, digitsOfB] = [precision(a), precision(b)];
  if (digitsOfA > 0 && digitsOfB > 0) {
    if (a.is === 'long' && b.is === 'long') return a;
    const digits = Math.max(digitsOfA, digitsOfB);
    return digits > maxPrecision ? { is: 'double' } : { is: 'decimal', precision: digits };
  }
  return a.is === b.is ? a : { is: 'string' };
}

/** Digits before the point that a number of the type can have, 0 if it is none. */
function precision(type: JsonType): number {
  if (type.is === 'decimal') return type.precision;
  if (type.is === 'long') return longPrecision;
  return type.is === 'double' ? Infinity : 0;
}

/** The fields of both, in name order. */
export function mergeFields(a: readonly JsonField[], b: readonly JsonField[]): JsonField[] {
  const types = new Map(a.map(({ name, type }) => [name, type]));
  for (const { name, type } of b) {
    const known = types.get(name);
    types.set(name, known === undefined ? type : mergeTypes(known, type));
  }
  return [...types].map(([name, type]) => ({ name, type })).sort(byName);
}

/** The order of names: by UTF-16 code unit, as Java compares texts. */
export function byName(a: { name: string }, b: { name: string }): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}

/**
 * The fields as columns of a table: what has nothing but nulls is text; a struct without members, a list of such and a
 * field without a name fall away (`JsonInferSchema.canonicalizeType`).
 */
export function canonicalFields(fields: readonly JsonField[]): JsonField[] {
  return fields.flatMap(({ name, type }) => {
    const canonical = name === '' ? null : canonicalType(type);
    return canonical === null ? [] : [{ name, type: canonical }];
  });
}

function canonicalType(type: JsonType): JsonType | null {
  switch (type.is) {
    case 'null':
      return { is: 'string' };
    case 'struct': {
      const fields = canonicalFields(type.fields);
      return fields.length === 0 ? null : { is: 'struct', fields };
    }
    case 'list': {
      const element = canonicalType(type.element);
      return element === null ? null : { is: 'list', element };
    }
    case 'boolean':
    case 'long':
    case 'double':
    case 'string':
    case 'decimal':
      return type;
    default:
      return exhaustive(type);
  }
}

/** The type as DuckDB writes it; names of members are always quoted. */
export function typeText(type: JsonType): string {
  switch (type.is) {
    case 'decimal':
      return `DECIMAL(${String(type.precision)},0)`;
    case 'struct':
      return `STRUCT(${type.fields.map((field) => `${quoted(field.name)} ${typeText(field.type)}`).join(', ')})`;
    case 'list':
      return `${typeText(type.element)}[]`;
    case 'null':
    case 'boolean':
    case 'long':
    case 'double':
    case 'string':
      return scalarTexts[type.is];
    default:
      return exhaustive(type);
  }
}

/** Reads what {@link typeText} wrote. Throws `Corrupt` for anything else. */
export function parseType(text: string): JsonType {
  const { type, rest } = parsePrefix(text);
  if (rest !== '') throw notAType(text);
  return type;
}

function parsePrefix(text: string): { type: JsonType; rest: string } {
  let { type, rest } = parseElement(text);
  while (rest.startsWith('[]')) {
    type = { is: 'list', element: type };
    rest = rest.slice(2);
  }
  return { type, rest };
}

function parseElement(text: string): { type: JsonType; rest: string } {
  if (text.startsWith('STRUCT(')) return parseStruct(text.slice('STRUCT('.length));
  const decimal = /^DECIMAL\((\d+),0\)/.exec(text);
  if (decimal !== null) {
    return {
      type: { is: 'decimal', precision: Number(decimal[1]) },
      rest: text.slice(decimal[0].length),
    };
  }
  for (const is of Object.keys(scalarTexts) as (keyof typeof scalarTexts)[]) {
    const word = scalarTexts[is];
    if (text.startsWith(word)) return { type: { is }, rest: text.slice(word.length) };
  }
  throw notAType(text);
}

function parseStruct(text: string): { type: JsonType; rest: string } {
  const fields: JsonField[] = [];
  let rest = text;
  while (!rest.startsWith(')')) {
    const name = /^(?:, )?"((?:[^"]|"")*)" /.exec(rest);
    if (name === null) throw notAType(text);
    const member = parsePrefix(rest.slice(name[0].length));
    fields.push({ name: (name[1] ?? '').replaceAll('""', '"'), type: member.type });
    rest = member.rest;
  }
  return { type: { is: 'struct', fields }, rest: rest.slice(1) };
}

const notAType = (text: string) => new IcejamError('Corrupt', `Not a type of JSON data: ${text}`);
