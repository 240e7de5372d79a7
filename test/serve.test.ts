import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { serve } from '../scripts/serve.mjs';

const folder = mkdtempSync(join(tmpdir(), 'icejam-serve-'));
const policy = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'";
let server: Awaited<ReturnType<typeof serve>>;

beforeAll(async () => {
  mkdirSync(join(folder, 'site/assets'), { recursive: true });
  writeFileSync(join(folder, 'secret.txt'), 'not yours');
  const meta = `<meta http-equiv="Content-Security-Policy" content="${policy}" />`;
  writeFileSync(join(folder, 'site/index.html'), `<!doctype html>${meta}`);
  writeFileSync(join(folder, 'site/assets/engine.wasm'), Buffer.alloc(8));
  server = await serve(join(folder, 'site'), { port: 0 });
});

afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

const get = (path: string) => fetch(`http://127.0.0.1:${server.port}${path}`);

test('a folder answers with its index', async () => {
  const response = await get('/');
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
});

test('wasm has the type without which a browser does not stream it', async () => {
  const response = await get('/assets/engine.wasm?url');
  expect(response.headers.get('content-type')).toBe('application/wasm');
  expect((await response.arrayBuffer()).byteLength).toBe(8);
});

test('every answer carries the policy of the page', async () => {
  const response = await get('/assets/engine.wasm');
  expect(response.headers.get('content-security-policy')).toBe(policy);
});

test('what is not there is not found', async () => {
  expect((await get('/missing.js')).status).toBe(404);
});

test('nothing outside the folder is served', async () => {
  const status = await new Promise((resolve) => {
    // Unlike fetch, this sends the path as it stands.
    request({ port: server.port, host: '127.0.0.1', path: '/../secret.txt' }, (response) => {
      response.resume();
      resolve(response.statusCode);
    }).end();
  });
  expect(status).toBe(404);
  expect((await get('/..%2fsecret.txt')).status).toBe(404);
});

test('a taken port is an error', async () => {
  await expect(serve(join(folder, 'site'), { port: server.port })).rejects.toThrow('EADDRINUSE');
});
