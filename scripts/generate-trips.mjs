import { createHash } from 'node:crypto';
import { createWriteStream, mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createGzip } from 'node:zlib';

/**
 * Makes taxi trips up, in the shape of the NYC Taxi Trip Duration data: one JSON object per line, `pickup_datetime` and
 * `dropoff_datetime` in epoch ms, six months of 2016 in UTC, two vendors. The same seed gives the same bytes: there is
 * no arithmetic in it whose last digit the language leaves open.
 */

const firstDay = Date.UTC(2016, 0, 1);
const days = 182;

/** Share of the day's trips by hour, as in the real data: few at five in the morning, most at seven in the evening. */
const tripsByHour = [
  37, 27, 20, 15, 11, 10, 23, 38, 46, 47, 45, 47, 50, 49, 51, 50, 44, 53, 63, 63, 58, 58, 56, 49,
];

/** Where trips begin and end, `reach` in degrees. */
const places = [
  { longitude: -73.985, latitude: 40.755, reach: 0.014, share: 46 },
  { longitude: -73.976, latitude: 40.773, reach: 0.013, share: 20 },
  { longitude: -74.0, latitude: 40.727, reach: 0.013, share: 18 },
  { longitude: -73.954, latitude: 40.785, reach: 0.01, share: 8 },
  { longitude: -73.96, latitude: 40.71, reach: 0.022, share: 6 },
  { longitude: -73.872, latitude: 40.774, reach: 0.003, share: 4 },
  { longitude: -73.783, latitude: 40.645, reach: 0.004, share: 3 },
];
const shares = places.map(({ share }) => share);

/** Passengers by vendor: the second vendor's cars also take groups. */
const passengers = { 1: [80, 15, 3, 2], 2: [66, 14, 4, 2, 9, 5] };

/**
 * Yields lines of JSON, each with its line feed, in the order of pickup. Ids are unique up to ten million trips.
 * @param {{ trips: number, seed: number }} options
 */
export function* generateTrips({ trips, seed }) {
  for (const made of makeTrips(trips, seed)) yield toLine(made);
}

/**
 * @param {number} trips
 * @param {number} seed
 */
function* makeTrips(trips, seed) {
  const random = seededRandom(seed);
  for (let index = 0; index < trips; index += 1) {
    const pickup = firstDay + 1000 * secondOfSpan((index + random()) / trips);
    yield trip(index, pickup, random);
  }
}

/** @param {ReturnType<typeof trip>} made */
const toLine = (made) => `${JSON.stringify(made)}\n`;

/**
 * The second at which a share of all trips has begun, counted from the first day.
 * @param {number} share
 */
function secondOfSpan(share) {
  const day = Math.floor(share * days);
  let rest = (share * days - day) * sum(tripsByHour);
  let second = day * 86_400;
  for (const trips of tripsByHour) {
    if (rest < trips) return second + Math.floor((rest / trips) * 3600);
    rest -= trips;
    second += 3600;
  }
  return second - 1;
}

/**
 * @param {number} index
 * @param {number} pickup epoch ms
 * @param {() => number} random
 */
function trip(index, pickup, random) {
  const vendor = random() < 0.465 ? 1 : 2;
  const [from, to] = [spot(random), spot(random)];
  const duration = secondsBetween(from, to, new Date(pickup).getUTCHours(), random);
  return {
    // A step that shares no factor with the prime visits every number once.
    id: `id${String((index * 48_271) % 9_999_991).padStart(7, '0')}`,
    vendor_id: vendor,
    pickup_datetime: pickup,
    dropoff_datetime: pickup + duration * 1000,
    passenger_count: 1 + pick(passengers[vendor], random),
    pickup_longitude: from.longitude,
    pickup_latitude: from.latitude,
    dropoff_longitude: to.longitude,
    dropoff_latitude: to.latitude,
    store_and_fwd_flag: vendor === 1 && random() < 0.012 ? 'Y' : 'N',
    trip_duration: duration,
  };
}

/** @param {() => number} random */
function spot(random) {
  const place = places[pick(shares, random)] ?? { longitude: 0, latitude: 0, reach: 0 };
  return {
    longitude: degrees(place.longitude + place.reach * bell(random)),
    latitude: degrees(place.latitude + place.reach * bell(random)),
  };
}

/**
 * Six digits after the point: a hand's breadth.
 * @param {number} value
 */
const degrees = (value) => Math.round(value * 1e6) / 1e6;

/**
 * Seconds of a ride through the grid, slower by day, with a wait at the start.
 * @param {{ longitude: number, latitude: number }} from
 * @param {{ longitude: number, latitude: number }} to
 * @param {number} hour
 * @param {() => number} random
 */
function secondsBetween(from, to, hour, random) {
  const km =
    Math.abs(from.longitude - to.longitude) * 84.4 + Math.abs(from.latitude - to.latitude) * 111.2;
  const kmPerHour = (hour < 6 ? 27 : hour < 20 ? 16 : 21) * (0.7 + 0.6 * random());
  return Math.round(60 + 240 * random() * random() + (km / kmPerHour) * 3600);
}

/**
 * From -1.5 to 1.5, mostly near 0.
 * @param {() => number} random
 */
const bell = (random) => random() + random() + random() - 1.5;

/** @param {number[]} numbers */
const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);

/**
 * A place in a list of shares.
 * @param {number[]} shares
 * @param {() => number} random
 */
function pick(shares, random) {
  let rest = random() * sum(shares);
  const place = shares.findIndex((share) => (rest -= share) < 0);
  return place < 0 ? shares.length - 1 : place;
}

/**
 * Numbers from 0 to 1 (mulberry32).
 * @param {number} seed
 */
function seededRandom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}

/**
 * What a test may want to know of trips: how many there are by month and vendor, and the digest of the unpacked text.
 * @param {{ trips: number, seed: number }} options
 */
export function tripFacts({ trips, seed }) {
  const digest = createHash('sha256');
  /** @type {Record<string, Record<string, number>>} */
  const rowsByMonth = {};
  let bytes = 0;
  for (const made of makeTrips(trips, seed)) {
    const line = toLine(made);
    digest.update(line);
    bytes += line.length;
    const month = new Date(made.pickup_datetime).toISOString().slice(0, 7);
    const rows = (rowsByMonth[month] ??= { 1: 0, 2: 0 });
    rows[made.vendor_id] = (rows[made.vendor_id] ?? 0) + 1;
  }
  const sorted = Object.fromEntries(Object.entries(rowsByMonth).sort());
  return { trips, seed, bytes, sha256: digest.digest('hex'), rowsByMonth: sorted };
}

const usage =
  'Usage: node scripts/generate-trips.mjs --trips N [--seed N] --out FILE.json[.gz] [--facts FILE.json]\n';

async function main() {
  const { values } = parseArgs({
    options: {
      trips: { type: 'string' },
      seed: { type: 'string', default: '1' },
      out: { type: 'string' },
      facts: { type: 'string' },
    },
  });
  const [trips, seed] = [Number(values.trips), Number(values.seed)];
  if (!Number.isInteger(trips) || trips < 1 || !Number.isInteger(seed) || !values.out) {
    process.stderr.write(usage);
    process.exitCode = 2;
    return;
  }
  mkdirSync(dirname(values.out), { recursive: true });
  const lines = Readable.from(generateTrips({ trips, seed }));
  const packed = values.out.endsWith('.gz') ? [createGzip({ level: 9 })] : [];
  await pipeline([lines, ...packed, createWriteStream(values.out)]);
  if (!values.facts) return;
  const facts = { file: basename(values.out), ...tripFacts({ trips, seed }) };
  writeFileSync(values.facts, `${JSON.stringify(facts, null, 2)}\n`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
