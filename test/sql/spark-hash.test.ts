import { expect, test } from 'vitest';
import { crc32, murmur3, xxHash64 } from '../../src/sql/spark-hash.ts';

const bytes = (text: string) => `s${Buffer.from(text).toString('hex')}`;

test.each([
  [bytes(''), '-7444071767201028348'],
  [bytes('Spark'), '-4294468057691064905'],
  [bytes('a'.repeat(31)), '1155894261107880164'],
  [bytes('The quick brown fox jumps over the lazy dog, twice.'), '-7832108766258816934'],
])('XXH64 with the seed 42 of %s is what the reference implementation gives', (tokens, hash) => {
  expect(xxHash64(tokens)).toBe(hash);
});

test.each([
  [bytes(''), 142593372],
  [bytes('Iceberg!'), -578871462],
  [bytes('The quick brown fox jumps over!!'), -1541539825],
  ['i7', 1079293707],
  ['l-7', 222034016],
])('Murmur3 with the seed 42 of %s is what the reference implementation gives', (tokens, hash) => {
  expect(murmur3(tokens)).toBe(hash);
});

test('a value after another is hashed with the hash of that one, and nothing leaves the seed', () => {
  expect(murmur3('')).toBe(42);
  expect(murmur3('i7,i7')).not.toBe(murmur3('i7'));
  expect(murmur3(',i7,')).toBe(murmur3('i7'));
});

test('both zeros hash alike, and a wide decimal by its fewest bytes', () => {
  expect(murmur3('d-0.0')).toBe(murmur3('d0.0'));
  expect(xxHash64('f-0.0')).toBe(xxHash64('i0'));
  expect(murmur3('w-1')).toBe(murmur3('sff'));
  expect(murmur3('w128')).toBe(murmur3('s0080'));
});

test('CRC-32 is that of java.util.zip', () => {
  expect(crc32(Buffer.from('123456789').toString('hex'))).toBe(String(0xcbf43926));
});
