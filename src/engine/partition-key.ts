import { makeTable, tableToIPC } from 'apache-arrow';
import { IcejamError } from '../error.ts';
import type { Value } from '../iceberg/manifest-types.ts';
import type { PartitionField, PrimitiveType, Schema } from '../iceberg/table-metadata.ts';
import { applyTransform, parseTransform, type Transform } from '../iceberg/transform.ts';
import { representationOf } from '../iceberg/value.ts';
import { findColumn } from './column-path.ts';
import type { Engine } from './duckdb.ts';
import { type JsonValue, textOf } from './json-value.ts';
import { quoted } from './types.ts';

/** A partition field as a column of SQL: two rows have the same key exactly if they have the same partition value. */
export interface PartitionKey {
  /** The key of a row of the relation `t`. */
  expression: string;
  /** What must be joined to `t` for it. */
  join: string;
  /** The partition value that a key stands for. */
  valueOf(key: JsonValue): Value;
  /** Drops the tables that it needed. */
  close(): void;
}

/** How many distinct values are transformed at a time. */
const chunk = 100_000;

/**
 * The key of a partition field over the query `rows`; `table` is a free name for what it may have to keep.
 * Throws `Unsupported` for an unknown transform.
 */
export function partitionKey(
  engine: Engine,
  {
    rows,
    schema,
    field,
    table,
  }: { rows: string; schema: Schema; field: PartitionField; table: string },
): PartitionKey {
  const transform = parseTransform(field.transform);
  const { type, expression } = sourceOf(schema, field);
  const inSql = keyInSql(transform, type, expression);
  if (inSql === null) {
    return mappedKey(engine, { rows, type, expression, table }, (value) =>
      applyTransform(transform, type, value),
    );
  }
  const keyType = transform.name === 'identity' ? type : 'int';
  return {
    expression: inSql,
    join: '',
    valueOf: (key) => toValue(keyType, key),
    close: () => undefined,
  };
}

/** The partition value as SQL where DuckDB computes it exactly; instants are epoch µs, dates days. */
function keyInSql(transform: Transform, type: PrimitiveType, source: string): string | null {
  // DuckDB cuts nanoseconds off towards 1970, so that what lies before it may fall into the next hour.
  if (type.endsWith('_ns') && !['void', 'identity'].includes(transform.name)) return null;
  const since = type === 'date' ? "DATE '1970-01-01'" : "TIMESTAMP '1970-01-01'";
  switch (transform.name) {
    case 'void':
      return 'CAST(NULL AS INTEGER)';
    case 'year':
    case 'month':
    case 'day':
    case 'hour':
      // Counts the boundaries between two instants, so that what lies before 1970 is rounded down.
      return `date_diff('${transform.name}', ${since}, ${source})`;
    case 'identity':
      return exactly(type, source);
    default:
      return null;
  }
}

/** A value in a form that results carry without loss. */
function exactly(type: PrimitiveType, source: string): string {
  if (type === 'date') return `date_diff('day', DATE '1970-01-01', ${source})`;
  if (type.endsWith('_ns')) return `epoch_ns(${source})`;
  if (type === 'time' || type.startsWith('timestamp')) return `epoch_us(${source})`;
  return source;
}

/**
 * The key of a transform that DuckDB has no function for: each distinct value is transformed here, and the number of
 * its result is joined to the rows.
 */
function mappedKey(
  engine: Engine,
  source: { rows: string; type: PrimitiveType; expression: string; table: string },
  transformed: (value: Value) => Value,
): PartitionKey {
  const { table, type } = source;
  const codes = `codes of ${table}`;
  const values: Value[] = [];
  const codeOf = new Map<Value, number>();
  const code = (value: Value) => {
    const result = transformed(value);
    const identity = result instanceof Uint8Array ? result.join() : result;
    const known = codeOf.get(identity);
    if (known !== undefined) return known;
    codeOf.set(identity, values.length);
    return values.push(result) - 1;
  };

  engine.execute(`
    CREATE OR REPLACE TEMP TABLE ${table} AS
    SELECT DISTINCT ${source.expression} AS source, ${exactly(type, 'source')} AS exact
    FROM (${source.rows}) AS t`);
  for (let offset = 0; ; offset += chunk) {
    const { rows } = engine.query(`SELECT exact FROM ${table} LIMIT ${chunk} OFFSET ${offset}`);
    const column = Int32Array.from(rows, ({ exact }) => code(toValue(type, exact ?? null)));
    if (offset === 0 || rows.length > 0) {
      engine.insertArrow(codes, tableToIPC(makeTable({ code: column }), 'stream'));
    }
    if (rows.length < chunk) break;
  }
  return {
    expression: `${table}.code`,
    join: `
      LEFT JOIN (FROM ${table} POSITIONAL JOIN ${quoted(codes)}) AS ${table}
      ON ${source.expression} IS NOT DISTINCT FROM ${table}.source`,
    valueOf: (key) => values[Number(key)] ?? null,
    close() {
      engine.execute(`DROP TABLE ${table}; DROP TABLE ${quoted(codes)}`);
    },
  };
}

/** A source column's type, and the SQL that reaches it in the relation `t`. */
function sourceOf(
  schema: Schema,
  field: PartitionField,
): { type: PrimitiveType; expression: string } {
  const column = findColumn(schema, field['source-id']);
  if (column !== null) return { type: column.type, expression: column.expression('t') };
  // A dropped column leaves a void field behind (format version 1).
  if (field.transform === 'void') return { type: 'unknown', expression: 'NULL' };
  throw new IcejamError(
    'Validation',
    `Cannot find source column for partition field: ${field.name}`,
  );
}

/** A value of Iceberg's from a result's JSON. */
function toValue(type: PrimitiveType, json: JsonValue): Value {
  if (json === null || typeof json === 'boolean') return json;
  const text = textOf(json);
  switch (representationOf(type)) {
    case 'int':
    case 'float':
    case 'double':
      return Number(text);
    case 'long':
      return BigInt(text);
    case 'decimal':
      return BigInt(text.replace('.', ''));
    case 'bytes':
      return Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
    default:
      return text;
  }
}
