import { createRequire } from 'node:module';
import { Int32, Utf8 } from 'apache-arrow';
import type { DuckDBConnection } from '@duckdb/duckdb-wasm/blocking';
import { answerScalarCalls } from '../../src/engine/scalar-function.ts';
import { scalarFunctions } from '../../src/sql/scalar-functions.ts';
import type * as Blocking from '@duckdb/duckdb-wasm/blocking';

const require = createRequire(import.meta.url);

/** What the Node bundle adds to the types of the browser's. */
type NodeBlocking = typeof Blocking & { NODE_RUNTIME: Blocking.DuckDBRuntime };

/** A DuckDB-WASM of the product's version in this process. */
export interface Duckdb {
  /** The columns of a query, types as DESCRIBE prints them. */
  describe(sql: string): { name: string; type: string }[];
  /** The rows of a query: dates and times as text, MAP and STRUCT as objects, integers beyond 2^53 as text. */
  rows(sql: string): unknown[][];
  /** Runs statements for their effect. */
  run(sql: string): void;
}

/** Opens an empty database. */
export async function openDuckdb(): Promise<Duckdb> {
  // The Node bundle waits for ever when the fetch of an extension fails: an answer of 404 makes it an error at once.
  Object.assign(globalThis, {
    XMLHttpRequest: class {
      status = 404;
      open(): void {}
      send(): void {}
    },
  });
  const { createDuckDB, NODE_RUNTIME, VoidLogger } =
    require('@duckdb/duckdb-wasm/dist/duckdb-node-blocking.cjs') as NodeBlocking;
  const bundle = {
    mainModule: require.resolve('@duckdb/duckdb-wasm/dist/duckdb-eh.wasm'),
    mainWorker: '',
  };
  const runtime: Blocking.DuckDBRuntime = {
    ...NODE_RUNTIME,
    callScalarUDF: answerScalarCalls(() => runtime._udfFunctions),
  };
  const database = await createDuckDB({ mvp: bundle, eh: bundle }, new VoidLogger(), runtime);
  await database.instantiate(() => undefined);
  const connection = database.connect();
  const types = { VARCHAR: new Utf8(), INTEGER: new Int32() };
  for (const { name, returns, call } of scalarFunctions) {
    connection.createScalarFunction(name, types[returns], call);
  }
  const describe = (sql: string) => describeQuery(connection, sql);
  return {
    describe,
    rows(sql) {
      const columns = describe(sql);
      const casts = columns.map(({ type }, index) => `CAST(c${index} AS ${plainType(type)})`);
      const names = columns.map((_, index) => `c${index}`);
      const wrapped = `SELECT ${casts.join(', ')} FROM (${sql}) AS result(${names.join(', ')})`;
      return connection
        .query(wrapped)
        .toArray()
        .map((row: { toArray(): unknown[] }) => row.toArray().map(plain));
    },
    run(sql) {
      connection.query(sql);
    },
  };
}

function describeQuery(
  connection: DuckDBConnection,
  sql: string,
): { name: string; type: string }[] {
  const rows = connection.query(`DESCRIBE ${sql}`).toArray() as Record<string, unknown>[];
  return rows.map((row) => ({
    name: String(row.column_name),
    type: String(row.column_type),
  }));
}

/** A type whose values come out of Arrow in a form that compares easily. */
function plainType(type: string): string {
  return type
    .replaceAll(/\b(?:DATE|TIMESTAMP(?: WITH TIME ZONE|_NS|_MS|_S)?|INTERVAL|UUID)\b/g, 'VARCHAR')
    .replaceAll(/\bDECIMAL\(\d+,\d+\)/g, 'DOUBLE')
    .replaceAll(/\bU?HUGEINT\b/g, 'BIGINT')
    .replaceAll('"NULL"', 'VARCHAR');
}

/** Arrow's vectors and rows by what they offer: the bundle has classes of its own. */
function plain(value: unknown): unknown {
  if (typeof value === 'bigint') {
    return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  }
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  if (typeof value !== 'object' || value === null || !('toJSON' in value)) return value;
  const json = (value as { toJSON(): unknown }).toJSON();
  if (Array.isArray(json)) return json.map(plain);
  return Object.fromEntries(
    Object.entries(json as object).map(([name, member]) => [name, plain(member)]),
  );
}
