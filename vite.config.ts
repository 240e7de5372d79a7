import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig, type Plugin } from 'vite';

/**
 * What the development server prepares ahead: found only when a worker starts, they would make it reload the page.
 * DuckDB-WASM and parquet-wasm find their wasm beside their own script, and preparing them ahead breaks that.
 */
export const optimizeDeps = {
  include: [
    '@noble/hashes/sha2.js',
    '@noble/hashes/utils.js',
    'apache-arrow',
    'client-zip',
    'fzstd',
    'hyparquet',
    'idb',
    'valibot',
    'yaml',
  ],
  exclude: ['@duckdb/duckdb-wasm', 'parquet-wasm'],
};

/** In development Vite puts styles into the page as elements, which the page's own policy forbids. */
const allowDevelopmentStyles: Plugin = {
  name: 'allow-development-styles',
  apply: 'serve',
  transformIndexHtml: (html) =>
    html.replace("default-src 'self';", "default-src 'self'; style-src 'self' 'unsafe-inline';"),
};

/** One static site that runs from any folder of any server: every address is relative. */
export default defineConfig({
  base: './',
  plugins: [svelte(), allowDevelopmentStyles],
  build: { target: 'es2023', assetsInlineLimit: 0, chunkSizeWarningLimit: 1024 },
  worker: { format: 'es' },
  optimizeDeps,
});
