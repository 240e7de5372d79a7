import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { readJson } from '../src/engine/json/reader.ts';

/**
 * Reads taxi trips into Arrow columns, side by side with `JSON.parse` per line and pushing into arrays, in turns in one
 * process. Prints MB of JSON per second of each, best of all turns, and the ratio. Run it with `npx tsx`.
 */

const turns = 8;
const sample = gunzipSync(
  readFileSync(new URL('../public/samples/ny-taxi.json.gz', import.meta.url)),
);
const copies = 20;
const bytes = new Uint8Array(Buffer.concat(Array<Buffer>(copies).fill(sample)));

/** The bytes in chunks as a browser reads files. */
function stream(): ReadableStream<Uint8Array> {
  const chunk = 1 << 18;
  let at = 0;
  return new ReadableStream({
    pull: (controller) => {
      if (at >= bytes.length) {
        controller.close();
        return;
      }
      controller.enqueue(bytes.subarray(at, at + chunk));
      at += chunk;
    },
  });
}

async function readColumns(): Promise<number> {
  const reader = readJson(stream());
  for (;;) {
    const { done, value } = await reader.next();
    if (done) return value.rows;
  }
}

function parseAndPush(): Promise<number> {
  const columns: Record<string, unknown[]> = {};
  let rows = 0;
  for (const line of new TextDecoder().decode(bytes).split('\n')) {
    if (line === '') continue;
    rows += 1;
    const row = JSON.parse(line) as Record<string, unknown>;
    for (const name in row) (columns[name] ??= []).push(row[name]);
  }
  return Promise.resolve(rows);
}

const ways = { 'readJson, to Arrow IPC': readColumns, 'JSON.parse and push': parseAndPush };
const best: Record<string, number> = {};
for (let turn = 0; turn < turns; turn += 1) {
  for (const [name, way] of Object.entries(ways)) {
    const begin = process.cpuUsage();
    const rows = await way();
    // Time of this process alone: the machine may be busy with other things.
    const seconds = process.cpuUsage(begin).user / 1e6;
    best[name] = Math.max(best[name] ?? 0, bytes.length / 1e6 / seconds);
    if (rows % copies !== 0) throw new Error(`${name} read ${String(rows)} rows`);
  }
}
for (const [name, speed] of Object.entries(best)) {
  process.stdout.write(`${name.padEnd(24)} ${speed.toFixed(0)} MB/s\n`);
}
const [ours = 0, theirs = 1] = Object.values(best);
process.stdout.write(`${'ratio'.padEnd(24)} ${(ours / theirs).toFixed(2)}\n`);
