/** A value as {@link readTokens} gives it: a 32-bit or 64-bit integer, or bytes. */
type Hashed = { kind: 'int'; value: number } | { kind: 'long'; value: bigint } | Uint8Array;

/** Spark's seed of `hash` and `xxhash64`. */
const seed = 42;

/**
 * Spark's `hash`: Murmur3 (32 bits) over values in their order, nulls left out
 * (`org.apache.spark.sql.catalyst.expressions.Murmur3Hash`). `tokens` as the rules of `hash` write them.
 */
export function murmur3(tokens: string): number {
  return readTokens(tokens).reduce<number>((hash, value) => {
    if (value instanceof Uint8Array) return murmurBytes(value, hash);
    if (value.kind === 'int') return finish(mix(hash, value.value), 4);
    const low = Number(BigInt.asIntN(32, value.value));
    const high = Number(BigInt.asIntN(32, value.value >> 32n));
    return finish(mix(mix(hash, low), high), 8);
  }, seed);
}

/** Spark takes the bytes behind the last whole word one by one, as signed integers. */
function murmurBytes(bytes: Uint8Array, start: number): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const whole = bytes.length & ~3;
  let hash = start;
  for (let at = 0; at < whole; at += 4) hash = mix(hash, view.getInt32(at, true));
  for (let at = whole; at < bytes.length; at++) hash = mix(hash, view.getInt8(at));
  return finish(hash, bytes.length);
}

const rotate = (word: number, by: number) => (word << by) | (word >>> (32 - by));

function mix(hash: number, word: number): number {
  const mixed = Math.imul(rotate(Math.imul(word, 0xcc9e2d51), 15), 0x1b873593);
  return (Math.imul(rotate(hash ^ mixed, 13), 5) + 0xe6546b64) | 0;
}

function finish(hash: number, length: number): number {
  let h = hash ^ length;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** Spark's `xxhash64` over values in their order, nulls left out (`XXH64.java`), as decimal text. */
export function xxHash64(tokens: string): string {
  const hash = readTokens(tokens).reduce<bigint>((start, value) => {
    if (value instanceof Uint8Array) return xxBytes(value, start);
    if (value.kind === 'int') {
      return avalanche(intRound(u64(start + prime5 + 4n), BigInt.asUintN(32, BigInt(value.value))));
    }
    return avalanche(longRound(u64(start + prime5 + 8n), u64(value.value)));
  }, BigInt(seed));
  return BigInt.asIntN(64, hash).toString();
}

const prime1 = 0x9e3779b185ebca87n;
const prime2 = 0xc2b2ae3d27d4eb4fn;
const prime3 = 0x165667b19e3779f9n;
const prime4 = 0x85ebca77c2b2ae63n;
const prime5 = 0x27d4eb2f165667c5n;

const u64 = (value: bigint) => BigInt.asUintN(64, value);
const rotate64 = (word: bigint, by: bigint) => u64((word << by) | (word >> (64n - by)));

const lane = (hash: bigint, word: bigint) => u64(rotate64(u64(hash + word * prime2), 31n) * prime1);
const longRound = (hash: bigint, word: bigint) =>
  u64(rotate64(hash ^ lane(0n, word), 27n) * prime1 + prime4);
const intRound = (hash: bigint, word: bigint) =>
  u64(rotate64(hash ^ u64(word * prime1), 23n) * prime2 + prime3);
const byteRound = (hash: bigint, byte: bigint) =>
  u64(rotate64(hash ^ u64(byte * prime5), 11n) * prime1);

function avalanche(hash: bigint): bigint {
  let h = hash;
  h = u64((h ^ (h >> 33n)) * prime2);
  h = u64((h ^ (h >> 29n)) * prime3);
  return h ^ (h >> 32n);
}

function xxBytes(bytes: Uint8Array, start: bigint): bigint {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const { length } = bytes;
  let at = 0;
  let hash = u64(start + prime5);
  if (length >= 32) {
    const lanes = [start + prime1 + prime2, start + prime2, start, start - prime1].map(u64);
    for (; at + 32 <= length; at += 32) {
      lanes.forEach((sum, index) => {
        lanes[index] = lane(sum, view.getBigUint64(at + 8 * index, true));
      });
    }
    const turns = [1n, 7n, 12n, 18n];
    hash = u64(lanes.reduce((sum, each, index) => sum + rotate64(each, turns[index] ?? 0n), 0n));
    for (const each of lanes) hash = u64((hash ^ lane(0n, each)) * prime1 + prime4);
  }
  hash = u64(hash + BigInt(length));
  for (; at + 8 <= length; at += 8) hash = longRound(hash, view.getBigUint64(at, true));
  if (at + 4 <= length) {
    hash = intRound(hash, BigInt(view.getUint32(at, true)));
    at += 4;
  }
  for (; at < length; at++) hash = byteRound(hash, BigInt(view.getUint8(at)));
  return avalanche(hash);
}

/** CRC-32 of bytes in hexadecimal, as decimal text (`java.util.zip.CRC32`). */
export function crc32(hex: string): string {
  let crc = 0xffffffff;
  for (const byte of hexBytes(hex)) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return String((crc ^ 0xffffffff) >>> 0);
}

/** Tokens are a letter and a value, divided by commas: an int, a long, a float, a double, bytes, a wide decimal. */
function readTokens(tokens: string): Hashed[] {
  return tokens
    .split(',')
    .filter((token) => token !== '')
    .map((token) => readToken(token.charAt(0), token.slice(1)));
}

function readToken(letter: string, text: string): Hashed {
  const view = new DataView(new ArrayBuffer(8));
  switch (letter) {
    case 'i':
      return { kind: 'int', value: Number(text) };
    case 'l':
      return { kind: 'long', value: BigInt(text) };
    case 'f':
      view.setFloat32(0, numberOf(text));
      return { kind: 'int', value: view.getInt32(0) };
    case 'd':
      view.setFloat64(0, numberOf(text));
      return { kind: 'long', value: view.getBigInt64(0) };
    case 'w':
      return bigEndian(BigInt(text));
    default:
      return hexBytes(text);
  }
}

/** Java takes both zeros for one here. */
function numberOf(text: string): number {
  const number = text === 'inf' ? Infinity : text === '-inf' ? -Infinity : Number(text);
  return number === 0 ? 0 : number;
}

/** The shortest two's complement, as `BigInteger.toByteArray`. */
function bigEndian(value: bigint): Uint8Array {
  let bits = 8;
  while (BigInt.asIntN(bits, value) !== value) bits += 8;
  const hex = BigInt.asUintN(bits, value).toString(16);
  return hexBytes(hex.padStart(bits / 4, '0'));
}

function hexBytes(hex: string): Uint8Array {
  return Uint8Array.from({ length: hex.length / 2 }, (_, index) =>
    Number.parseInt(hex.slice(2 * index, 2 * index + 2), 16),
  );
}
