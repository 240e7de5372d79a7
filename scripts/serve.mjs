import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { pathToFileURL } from 'node:url';
import { buildIfStale, dist } from './build.mjs';

/** @type {Record<string, string>} */
const mediaTypes = {
  '.css': 'text/css; charset=utf-8',
  '.gz': 'application/gzip',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
  '.yaml': 'application/yaml; charset=utf-8',
};

/**
 * The policy that a page asks for in its own `<meta>`. A worker takes its policy from the answer's
 * header alone, so every answer carries it.
 * @param {string} html
 */
function contentSecurityPolicy(html) {
  return /http-equiv="Content-Security-Policy"\s+content="([^"]+)"/.exec(html)?.[1];
}

/**
 * Serves a folder of files to this machine. `port` 0: any free one. Throws if the port is taken.
 * @param {string} folder
 * @param {{ port: number }} options
 * @returns {Promise<{ port: number, close: () => Promise<void> }>}
 */
export async function serve(folder, { port }) {
  const policy = contentSecurityPolicy(await readFile(join(folder, 'index.html'), 'utf8'));
  const server = createServer((request, response) => {
    answer(folder, policy, request, response).catch(() => response.destroy());
  });
  await new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(undefined));
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  return {
    port: address.port,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/**
 * @param {string} folder
 * @param {string | undefined} policy
 * @param {import('node:http').IncomingMessage} request
 * @param {import('node:http').ServerResponse} response
 */
async function answer(folder, policy, request, response) {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.writeHead(405, { Allow: 'GET, HEAD' }).end();
    return;
  }
  const found = await findFile(folder, request.url ?? '/');
  if (found === undefined) {
    response.writeHead(404, { 'Content-Type': 'text/plain' }).end('There is no such file.\n');
    return;
  }
  response.writeHead(200, {
    'Content-Type': mediaTypes[extname(found.path)] ?? 'application/octet-stream',
    'Content-Length': found.bytes,
    'Cache-Control': 'no-cache',
    'X-Content-Type-Options': 'nosniff',
    ...(policy === undefined ? {} : { 'Content-Security-Policy': policy }),
  });
  if (request.method === 'HEAD') response.end();
  else await pipeline(createReadStream(found.path), response);
}

/**
 * The file that a request means: never one outside the folder.
 * @param {string} folder
 * @param {string} url
 */
async function findFile(folder, url) {
  try {
    const { pathname } = new URL(url, 'http://localhost');
    const name = normalize(decodeURIComponent(pathname));
    const path = join(folder, name.endsWith('/') ? `${name}index.html` : name);
    const entry = await stat(path);
    return entry.isFile() ? { path, bytes: entry.size } : undefined;
  } catch {
    return undefined;
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const port = Number(process.env.PORT ?? 4173);
  buildIfStale();
  try {
    await serve(dist, { port });
    process.stdout.write(`Icejam runs at http://localhost:${port}/ (end it with Ctrl+C)\n`);
  } catch (cause) {
    if (Reflect.get(Object(cause), 'code') !== 'EADDRINUSE') throw cause;
    process.stderr.write(`Port ${port} is taken: set PORT to a free one.\n`);
    process.exitCode = 1;
  }
}
