import type { ScalarFunction, ScalarType } from '../engine/scalar-function.ts';
import type { SqlType } from '../spark/sql-type.ts';
import { jsonLiteral } from './json-literal.ts';
import { getJsonObject, readJson } from './json-path.ts';
import { crc32, murmur3, xxHash64 } from './spark-hash.ts';

/** Functions that a translated statement calls and that DuckDB-WASM has no means for; all give null for null. */
export const scalarFunctions: readonly {
  name: string;
  returns: ScalarType;
  call: ScalarFunction;
}[] = [
  ofTexts('sp_get_json_object', (text, path) => getJsonObject(text, path)),
  ofTexts('sp_json_literal', (text, type) => jsonLiteral(text, JSON.parse(type) as SqlType)),
  ofTexts('sp_json_quote', (text) => JSON.stringify(text)),
  ofTexts('sp_json_array_length', (text) => {
    const value = readJson(text);
    return Array.isArray(value) ? String(value.length) : null;
  }),
  ofTexts('sp_json_object_keys', (text) => {
    const value = readJson(text);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? JSON.stringify(Object.keys(value)) : null;
  }),
  ofTexts('sp_xxhash64', (tokens) => xxHash64(tokens)),
  ofTexts('sp_crc32', (hex) => crc32(hex)),
  {
    name: 'sp_murmur3',
    returns: 'INTEGER',
    call: (tokens) => (tokens === null ? null : murmur3(String(tokens))),
  },
];

function ofTexts(
  name: string,
  call: (first: string, second: string) => string | null,
): (typeof scalarFunctions)[number] {
  return {
    name,
    returns: 'VARCHAR',
    call: (first, second = '') =>
      first === null || second === null ? null : call(String(first), String(second)),
  };
}
