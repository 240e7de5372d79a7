/** DuckDB-WASM's bundle for use inside a worker, which its package ships without naming its types. */
declare module '*/duckdb-browser-blocking.mjs' {
  import type { DuckDBRuntime } from '@duckdb/duckdb-wasm/blocking';

  export * from '@duckdb/duckdb-wasm/blocking';
  export const BROWSER_RUNTIME: DuckDBRuntime;
}
