import { createWriteStream, readFileSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { generateTrips } from '../scripts/generate-trips.mjs';
import type { App } from './app.ts';

/** The dataset that the shipped workflows read. */
export const tripsAddress = 'dataos://thirdparty01:none/ny-taxi-data';

/** The table that the shipped workflows write. */
export const tableAddress = 'dataos://icebase:raw01/ny_taxi_04';

/** The table's rows per vendor and month of pickup. */
export const rowsPerVendorAndMonth = `select vendor_id, date_format(date_col, 'yyyy-MM') as month, count(*) as trips
  from icebase.raw01.ny_taxi_04
 group by vendor_id, date_format(date_col, 'yyyy-MM')
 order by vendor_id, month`;

/** The path of the sample trips that the app ships. */
export const sampleTrips = fileURLToPath(
  new URL('../public/samples/ny-taxi.json.gz', import.meta.url),
);

/** The text of a shipped workflow, such as `append`. */
export function shippedWorkflow(name: string): string {
  return readFileSync(new URL(`../public/workflows/${name}.yaml`, import.meta.url), 'utf8');
}

/** Trips per vendor in a gzipped file with one JSON object on each line. */
export function tripsPerVendor(path: string): Map<number, number> {
  const counts = new Map<number, number>();
  for (const line of gunzipSync(readFileSync(path)).toString().split('\n')) {
    if (line === '') continue;
    const { vendor_id: vendor } = JSON.parse(line) as { vendor_id: number };
    counts.set(vendor, (counts.get(vendor) ?? 0) + 1);
  }
  return counts;
}

/** Writes a file of made-up trips, one JSON object on each line; the same number gives the same file. */
export async function writeTrips(path: string, trips: number): Promise<void> {
  await pipeline(generateTrips({ trips, seed: 1 }), createWriteStream(path));
}

/** Empties the app and drops one file of trips for the shipped workflows. */
export async function startAfresh(app: App, trips: string): Promise<void> {
  await app.reset();
  await app.drop(tripsAddress, [trips]);
}
