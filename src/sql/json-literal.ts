import { stringifyJson } from '../iceberg/json.ts';
import type { SqlType } from '../spark/sql-type.ts';
import { readJson } from './json-path.ts';

/**
 * JSON text as the text that DuckDB casts to a type, as Spark's `from_json` reads it: what does not fit a field is null
 * there, a record that is broken has only nulls, and an array or map that is broken is `null` itself.
 */
export function jsonLiteral(text: string, type: SqlType): string | null {
  if (text.trim() === '') return null;
  const value = readJson(text);
  const isRecord = typeof type === 'object' && type.kind === 'struct';
  if (!isRecord) return literal(listed(value, type), type);
  return literal(Array.isArray(value) ? value[0] : value, type) ?? literal({}, type);
}

/** Spark takes one record for a list of one. */
function listed(value: unknown, type: SqlType): unknown {
  const wantsList = typeof type === 'object' && type.kind === 'array';
  return wantsList && isObject(value) ? [value] : value;
}

function literal(value: unknown, type: SqlType): string | null {
  if (value === undefined || value === null) return null;
  if (typeof type === 'string') return scalar(value, type);
  switch (type.kind) {
    case 'decimal':
      return isNumber(value) ? String(value) : null;
    case 'array':
      if (!Array.isArray(value)) return null;
      return `[${value.map((item) => nested(item, type.element)).join(', ')}]`;
    case 'map': {
      if (!isObject(value)) return null;
      const entries = Object.entries(value);
      return `{${entries.map(([key, item]) => `${nested(key, type.key)}=${nested(item, type.value)}`).join(', ')}}`;
    }
    case 'struct': {
      if (!isObject(value)) return null;
      const fields = type.fields.map((field) => {
        const member = Object.hasOwn(value, field.name) ? value[field.name] : null;
        return `${quoted(field.name)}: ${nested(member, field.type)}`;
      });
      return `{${fields.join(', ')}}`;
    }
  }
}

const ranges: Readonly<Record<string, number>> = { tinyint: 8, smallint: 16, int: 32, bigint: 64 };
const day = /^\d{4}-\d{2}-\d{2}$/;
const moment = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?(?:Z|[+-]\d{2}:\d{2})?$/;

function scalar(value: unknown, type: string): string | null {
  switch (type) {
    case 'string':
      return typeof value === 'string' ? value : stringifyJson(value);
    case 'boolean':
      return typeof value === 'boolean' ? String(value) : null;
    case 'float':
    case 'double':
      return isNumber(value) || value === 'NaN' ? String(value) : null;
    case 'date':
      return typeof value === 'string' && day.test(value) ? value : null;
    case 'timestamp':
    case 'timestamp_ntz':
      return typeof value === 'string' && moment.test(value) ? value : null;
    default: {
      const bits = ranges[type];
      if (bits === undefined || !isNumber(value) || !/^-?\d+$/.test(String(value))) return null;
      return BigInt.asIntN(bits, BigInt(value)) === BigInt(value) ? String(value) : null;
    }
  }
}

const nested = (value: unknown, type: SqlType): string => {
  const text = literal(value, type);
  if (text === null) return 'NULL';
  return typeof type === 'string' ? quoted(text) : text;
};

const quoted = (text: string) => `"${text.replaceAll(/["\\]/g, '\\$&')}"`;

const isNumber = (value: unknown): value is number | bigint =>
  typeof value === 'number' || typeof value === 'bigint';

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
