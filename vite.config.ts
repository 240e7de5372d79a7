import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

/** One static site that runs from any folder of any server: every address is relative. */
export default defineConfig({
  base: './',
  plugins: [svelte()],
  build: { target: 'es2023', assetsInlineLimit: 0, chunkSizeWarningLimit: 1024 },
  worker: { format: 'es', plugins: () => [] },
  // DuckDB-WASM and parquet-wasm find their wasm beside their own script: bundling them ahead breaks that.
  optimizeDeps: { exclude: ['@duckdb/duckdb-wasm', 'parquet-wasm'] },
});
