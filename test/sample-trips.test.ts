import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { generateTrips, tripFacts } from '../scripts/generate-trips.mjs';

interface Trip {
  id: string;
  vendor_id: number;
  pickup_datetime: number;
  dropoff_datetime: number;
  passenger_count: number;
  pickup_longitude: number;
  pickup_latitude: number;
  dropoff_longitude: number;
  dropoff_latitude: number;
  store_and_fwd_flag: string;
  trip_duration: number;
}

const sample = (name: string) =>
  readFileSync(new URL(`../public/samples/${name}`, import.meta.url));

const text = gunzipSync(sample('ny-taxi.json.gz')).toString();
const facts = JSON.parse(sample('ny-taxi.facts.json').toString()) as ReturnType<typeof tripFacts>;
const trips = text
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as Trip);

it('ships the trips that its seed makes', () => {
  expect(createHash('sha256').update(text).digest('hex')).toBe(facts.sha256);
  expect([...generateTrips(facts)].join('')).toBe(text);
  expect(tripFacts(facts)).toEqual({
    trips: facts.trips,
    seed: facts.seed,
    bytes: facts.bytes,
    sha256: facts.sha256,
    rowsByMonth: facts.rowsByMonth,
  });
});

it('ships more than ten thousand trips in less than 400 kB', () => {
  expect(trips.length).toBe(facts.trips);
  expect(trips.length).toBeGreaterThanOrEqual(10_000);
  expect(sample('ny-taxi.json.gz').length).toBeLessThan(400_000);
});

it('ships trips of both vendors in each of six months', () => {
  const rows: Record<string, Record<string, number>> = {};
  for (const { pickup_datetime: pickup, vendor_id: vendor } of trips) {
    const month = (rows[new Date(pickup).toISOString().slice(0, 7)] ??= {});
    month[vendor] = (month[vendor] ?? 0) + 1;
  }
  expect(rows).toEqual(facts.rowsByMonth);
  expect(Object.keys(rows)).toEqual([1, 2, 3, 4, 5, 6].map((month) => `2016-0${String(month)}`));
  for (const vendors of Object.values(rows)) {
    expect(Object.keys(vendors)).toEqual(['1', '2']);
    expect(Math.min(...Object.values(vendors))).toBeGreaterThan(500);
  }
});

it('ships plausible trips with ids of their own', () => {
  expect(new Set(trips.map(({ id }) => id)).size).toBe(trips.length);
  const isPlausible = (trip: Trip) =>
    /^id\d{7}$/.test(trip.id) &&
    trip.dropoff_datetime - trip.pickup_datetime === 1000 * trip.trip_duration &&
    within(trip.trip_duration, 60, 4 * 3600) &&
    within(trip.passenger_count, 1, 6) &&
    ['N', 'Y'].includes(trip.store_and_fwd_flag) &&
    [trip.pickup_longitude, trip.dropoff_longitude].every((x) => within(x, -74.1, -73.7)) &&
    [trip.pickup_latitude, trip.dropoff_latitude].every((y) => within(y, 40.6, 40.85));
  expect(trips.filter((trip) => !isPlausible(trip))).toEqual([]);
});

const within = (value: number, least: number, most: number) => value >= least && value <= most;

it('makes other trips of another seed', () => {
  const [first] = generateTrips({ trips: 1, seed: 1 });
  const [other] = generateTrips({ trips: 1, seed: 2 });
  expect(first).not.toBe(other);
});
