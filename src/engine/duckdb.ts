// eslint-disable-next-line icejam/folder-imports -- the package offers this bundle to Node only
import {
  BROWSER_RUNTIME,
  createDuckDB,
  type DuckDBBindings,
  type DuckDBRuntime,
  VoidLogger,
} from '../../node_modules/@duckdb/duckdb-wasm/dist/duckdb-browser-blocking.mjs';
import { Int32, Utf8 } from 'apache-arrow';
import { IcejamError } from '../error.ts';
import { wasmModule } from '../wasm.ts';
import { endOfStream, endsStream, fileToStream } from './ipc.ts';
import { type JsonValue, readRows, textOf } from './json-value.ts';
import { answerScalarCalls, type ScalarFunction, type ScalarType } from './scalar-function.ts';
import { type Column, literal } from './types.ts';

/** One DuckDB database in memory. Every call blocks its worker; every error is `SqlInvalid` with DuckDB's own message. */
export interface Engine {
  /** Runs statements for their effect. */
  execute(sql: string): void;
  /** Names and types of a query's columns; nothing is scanned. */
  describe(sql: string): Column[];
  /** The rows of a query, JSON-safe (see `readRows`). */
  query(sql: string): { rows: Record<string, JsonValue>[] };
  /** The rows of a query as an Arrow IPC stream. */
  queryArrow(sql: string): Uint8Array;
  /**
   * The record batches of a query, about 2,000 rows each, as Arrow IPC messages without the schema's. Rows are computed
   * as they are taken; no other statement may run until the last one was.
   */
  stream(sql: string): Generator<Uint8Array, void>;
  /** Creates a table from an Arrow IPC stream, or appends to the one that has the name. */
  insertArrow(table: string, stream: Uint8Array): void;
  /**
   * Makes a function of TypeScript a function of SQL. Its arguments must be VARCHAR, DOUBLE or INTEGER; what it throws fails
   * the statement.
   */
  defineFunction(name: string, returns: ScalarType, call: ScalarFunction): void;
  /** Gives the database up. */
  close(): void;
}

/**
 * Opens an empty database in this worker. Nothing of it asks the network: extensions are never loaded, and if one is
 * demanded nevertheless (by `AT TIME ZONE`), it is looked for, in vain, at this page's own origin.
 */
export async function openEngine(): Promise<Engine> {
  const bindings = await instantiate(await wasmModule('duckdb'));
  bindings.open({ path: ':memory:' });
  const engine = engineOf(bindings);
  engine.execute(`
    SET autoinstall_known_extensions = false;
    SET autoload_known_extensions = false;
    SET custom_extension_repository = ${literal(location.origin)};
  `);
  return engine;
}

const arrowTypes = { VARCHAR: Utf8, INTEGER: Int32 };

type ModuleReceiver = (instance: WebAssembly.Instance, module: WebAssembly.Module) => void;

async function instantiate(module: WebAssembly.Module): Promise<DuckDBBindings> {
  const runtime: DuckDBRuntime = {
    ...BROWSER_RUNTIME,
    callScalarUDF: answerScalarCalls(() => runtime._udfFunctions),
  };
  // Where the module lies does not matter: it is compiled already.
  const bundle = { mainModule: '', mainWorker: '' };
  const bindings = await createDuckDB({ mvp: bundle, eh: bundle }, new VoidLogger(), runtime);
  return new Promise((resolve, reject) => {
    // The original fetches the module itself, and waits for ever when that fails.
    const instantiateWasm = (imports: WebAssembly.Imports, done: ModuleReceiver) => {
      globalThis.DUCKDB_RUNTIME = runtime;
      WebAssembly.instantiate(module, imports)
        .then((instance) => done({ exports: withoutSymbols(instance.exports) }, module))
        .catch(reject);
      return {};
    };
    Object.assign(bindings, { instantiateWasm });
    bindings.instantiate(() => undefined).then(resolve, reject);
  });
}

/**
 * What the page calls of a module. The rest are 70,000 symbols of C++ for extensions to be linked with, which are never
 * loaded; preparing them takes most of the time in which DuckDB starts.
 */
function withoutSymbols(exports: WebAssembly.Exports): WebAssembly.Exports {
  const isSymbol = (name: string) => name.startsWith('_Z') || name.startsWith('orig$');
  const called: WebAssembly.Exports = {};
  for (const name of Object.keys(exports)) {
    // A browser makes the function of an export when it is looked at: those of symbols never are.
    const value = isSymbol(name) ? undefined : exports[name];
    if (value !== undefined) called[name] = value;
  }
  return called;
}

function engineOf(bindings: DuckDBBindings): Engine {
  const connection = bindings.connect();
  const call = <T>(work: (id: number) => T): T => {
    try {
      return connection.useUnsafe((_, id) => work(id));
    } catch (cause) {
      const message = cause instanceof Error ? cause.message : String(cause);
      throw new IcejamError('SqlInvalid', message, { cause });
    }
  };
  const run = (sql: string) => call((id) => bindings.runQuery(id, sql));
  const describe = (sql: string) =>
    readRows(run(`DESCRIBE ${sql}`)).rows.map((row) => ({
      name: textOf(row.column_name),
      type: textOf(row.column_type),
    }));

  return {
    describe,
    execute(sql) {
      run(sql);
    },
    query(sql) {
      return { rows: readRows(run(sql)).rows };
    },
    queryArrow: (sql) => fileToStream(run(sql)),
    *stream(sql) {
      let header = call((id) => bindings.startPendingQuery(id, sql, true));
      while (header === null) header = call((id) => bindings.pollPendingQuery(id));
      for (;;) {
        const batch = call((id) => bindings.fetchQueryResults(id));
        if (batch?.length === 0) return;
        if (batch) yield batch;
      }
    },
    insertArrow(table, stream) {
      const exists = readRows(
        run(`SELECT 1 FROM duckdb_tables() WHERE table_name = ${literal(table)}`),
      );
      const options = { name: table, create: exists.rows.length === 0 };
      call((id) => bindings.insertArrowFromIPCStream(id, stream, options));
      // Without its end a stream is not inserted, but prepended to the next one.
      if (!endsStream(stream))
        call((id) => bindings.insertArrowFromIPCStream(id, endOfStream, options));
    },
    defineFunction(name, returns, func) {
      connection.createScalarFunction(name, new arrowTypes[returns](), func);
    },
    close: () => connection.close(),
  };
}
