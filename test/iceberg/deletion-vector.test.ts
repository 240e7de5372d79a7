import { describe, expect, it } from 'vitest';
import {
  readDeletionVector,
  readDeletionVectorBlob,
  writeDeletionVectorBlob,
} from '../../src/iceberg/deletion-vector.ts';
import type { DataFile } from '../../src/iceberg/manifest-types.ts';
import { readRoaring64 } from '../../src/iceberg/roaring.ts';
import { golden } from './golden.ts';

const blob = (name: string) => golden(`java/deletion-vectors/${name}-position-index.bin`);
const map = (name: string) => golden(`java/deletion-vectors/64map${name}.bin`);
const range = (from: number, length: number) => Array.from({ length }, (_, index) => from + index);

/** Position `value` of a container of a bitmap. */
const at = (bitmap: number, container: number, value: number) =>
  bitmap * 2 ** 32 + container * 2 ** 16 + value;

describe('a deletion vector that Java wrote', () => {
  it.each<[string, number[]]>([
    ['empty', []],
    ['small-alternating-values', [1, 3, 5, 7, 9]],
    ['small-and-large-values', [100, 101, 2147483747, 2147483748]],
    [
      'all-container-types',
      [
        ...[at(0, 0, 5), at(0, 0, 7)],
        ...range(at(0, 1, 1), 999),
        ...range(at(0, 2, 1), 2 ** 16 - 2),
        ...[at(1, 0, 10), at(1, 0, 20)],
        ...range(at(1, 1, 10), 490),
        ...range(at(1, 2, 1), 2 ** 16 - 2),
      ],
    ],
  ])('of %s is read position by position', (name, positions) => {
    expect(readDeletionVectorBlob(blob(name))).toEqual(positions);
  });

  it('is found in its Puffin file by its entry, which must agree with it', () => {
    const vector = blob('small-alternating-values');
    const file: DataFile = {
      content: 1,
      file_path: 's3://b/t/data/dv.puffin',
      file_format: 'PUFFIN',
      partition: [],
      record_count: 5,
      file_size_in_bytes: 200,
      content_offset: 4,
      content_size_in_bytes: vector.length,
    };
    const puffin = Buffer.concat([Buffer.from('PFA1'), vector, Buffer.from('the footer')]);
    expect(readDeletionVector(puffin, file)).toEqual([1, 3, 5, 7, 9]);
    const refuse = (changes: Partial<DataFile>, message: string) => {
      expect(() => readDeletionVector(puffin, { ...file, ...changes })).toThrow(
        expect.objectContaining({
          kind: 'Corrupt',
          message: `Cannot read s3://b/t/data/dv.puffin: Not a deletion vector: ${message}`,
        }),
      );
    };
    refuse({ record_count: 6 }, 'it has 5 positions instead of 6');
    refuse({ content_offset: 5 }, 'its length is wrong');
    refuse({ content_size_in_bytes: 500 }, 'it lies beyond the end of the file');
    refuse({ content_size_in_bytes: 3 }, 'it is too short');
  });

  it('is corrupt whatever byte of it is changed or missing', () => {
    const whole = blob('small-alternating-values');
    for (let index = 0; index < whole.length; index += 1) {
      const spoilt = whole.slice();
      spoilt[index] = (spoilt[index] ?? 0) ^ 1;
      for (const bytes of [spoilt, whole.slice(0, index)]) {
        expect(() => readDeletionVectorBlob(bytes)).toThrow(
          expect.objectContaining({ kind: 'Corrupt' }),
        );
      }
    }
  });
});

describe('a Roaring bitmap of the format’s own examples', () => {
  it('is read value by value', () => {
    expect(readRoaring64(map('empty'))).toEqual([]);
    expect(readRoaring64(map('32bitvals'))).toEqual(range(0, 10));
    const spread = readRoaring64(map('spreadvals'));
    expect(spread).toEqual(
      range(0, 10).flatMap((key) => range(0, 10).map((value) => at(key, 0, value))),
    );
  });

  it('with values that a double cannot hold is refused', () => {
    expect(() => readRoaring64(map('highvals'))).toThrow('Not a 64-bit Roaring bitmap: a key is');
  });

  it('is read with bitmap containers and without runs', () => {
    const odd = range(0, 5000).map((index) => 2 * index + 1);
    const bytes = new Uint8Array(8 + 4 + 8 + 4 + 4 + 8192);
    const view = new DataView(bytes.buffer);
    view.setUint32(0, 1, true);
    view.setUint32(12, 12346, true);
    view.setUint32(16, 1, true);
    view.setUint16(20, 3, true);
    view.setUint16(22, odd.length - 1, true);
    for (const value of odd) {
      const place = 28 + (value >> 3);
      bytes[place] = (bytes[place] ?? 0) | (1 << (value & 7));
    }
    expect(readRoaring64(bytes)).toEqual(odd.map((value) => at(0, 3, value)));
    bytes[28] = (bytes[28] ?? 0) ^ 1;
    expect(() => readRoaring64(bytes)).toThrow('a container is not as large as it says');
  });

  it('is corrupt if it ends too early, goes on, or is none', () => {
    const whole = map('spreadvals');
    for (let length = 0; length < whole.length; length += 1) {
      expect(() => readRoaring64(whole.slice(0, length))).toThrow('it ends too early');
    }
    expect(() => readRoaring64(Uint8Array.of(...whole, 0))).toThrow('bytes are left over');
    const cookie = whole.slice();
    cookie[12] = 0;
    expect(() => readRoaring64(cookie)).toThrow('its cookie is');
  });
});

describe('a deletion vector that we write', () => {
  it.each(['empty', 'small-alternating-values', 'small-and-large-values'])(
    'of %s is the one that Java writes, byte for byte',
    (name) => {
      const positions = readDeletionVectorBlob(blob(name));
      expect(writeDeletionVectorBlob(positions)).toEqual(new Uint8Array(blob(name)));
    },
  );

  it('keeps bitmap containers and positions beyond 32 bits', () => {
    const positions = [...range(0, 5000), at(0, 3, 65535), ...range(at(2, 1, 7), 4097)];
    expect(readDeletionVectorBlob(writeDeletionVectorBlob(positions))).toEqual(positions);
  });
});
