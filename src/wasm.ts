import duckdbUrl from '@duckdb/duckdb-wasm/dist/duckdb-eh.wasm?url';
import parquetUrl from 'parquet-wasm/esm/parquet_wasm_bg.wasm?url';
import { IcejamError } from './error.ts';

/** The engines in WebAssembly, compiled. They can be posted to workers, which then share one machine code. */
export interface WasmModules {
  duckdb: WebAssembly.Module;
  parquet: WebAssembly.Module;
}

const urls = { duckdb: duckdbUrl, parquet: parquetUrl };

let own: Partial<Record<keyof WasmModules, Promise<WebAssembly.Module>>> = {};
let given: Promise<WasmModules | null> = Promise.resolve(null);
let give: (modules: WasmModules | null) => void = () => undefined;

/** Compiles all engines. Throws `Internal` if one cannot be loaded. */
export async function compileWasm(): Promise<WasmModules> {
  const [duckdb, parquet] = await Promise.all([compile('duckdb'), compile('parquet')]);
  return { duckdb, parquet };
}

/** From now on this thread's engines wait for {@link adoptWasm}. */
export function awaitWasm(): void {
  given = new Promise((resolve) => (give = resolve));
}

/** Gives this thread modules that another one has compiled; with `null` it compiles its own. */
export function adoptWasm(modules: WasmModules | null): void {
  give(modules);
}

/** An engine's module, adopted or compiled here once. Throws `Internal` if it cannot be loaded. */
export async function wasmModule(name: keyof WasmModules): Promise<WebAssembly.Module> {
  const adopted = await given;
  if (adopted !== null) return adopted[name];
  return (own[name] ??= compile(name).catch((thrown: unknown) => {
    own = { ...own, [name]: undefined };
    throw thrown;
  }));
}

async function compile(name: keyof WasmModules): Promise<WebAssembly.Module> {
  try {
    return await WebAssembly.compileStreaming(fetch(urls[name]));
  } catch (cause) {
    throw new IcejamError('Internal', `The engine ${name} could not be loaded: ${String(cause)}`, {
      cause,
      remedy: 'Reload the page; the server must serve .wasm files as application/wasm.',
    });
  }
}
