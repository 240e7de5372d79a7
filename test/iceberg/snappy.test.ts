import fc from 'fast-check';
import { snappyUncompress } from 'hyparquet';
import { describe, expect, it } from 'vitest';
import { decompressSnappy } from '../../src/iceberg/snappy.ts';

const literal = fc
  .uint8Array({ minLength: 1, maxLength: 400 })
  .map((bytes) => ({ bytes, size: bytes.length }));
const copy = fc.record({
  back: fc.nat(70_000),
  size: fc.integer({ min: 4, max: 64 }),
  form: fc.constantFrom(1, 2, 3),
});

const littleEndian = (number: number, bytes: number) =>
  Array.from({ length: bytes }, (_, index) => (number >>> (8 * index)) & 0xff);

/** The elements as a block says them, and the bytes that the block stands for. */
function block(
  elements: readonly ({ bytes: Uint8Array } | { back: number; size: number; form: number })[],
) {
  const said: number[] = [];
  let size = 0;
  for (const element of elements) {
    if ('bytes' in element) {
      const last = element.bytes.length - 1;
      said.push(
        ...(last < 60 ? [last << 2] : [61 << 2, ...littleEndian(last, 2)]),
        ...element.bytes,
      );
      size += element.bytes.length;
    } else if (size > 0) {
      const short = element.form === 1;
      const distance = 1 + (element.back % Math.min(size, short ? 2047 : 65_535));
      const count = short ? 4 + (element.size % 8) : element.size;
      said.push(
        ...(short
          ? [((distance >>> 8) << 5) | ((count - 4) << 2) | 1, distance & 0xff]
          : [
              ((count - 1) << 2) | element.form,
              ...littleEndian(distance, element.form === 2 ? 2 : 4),
            ]),
      );
      size += count;
    }
  }
  const head: number[] = [];
  for (let left = size; ; left >>>= 7) {
    head.push(left > 127 ? (left & 127) | 128 : left);
    if (left <= 127) break;
  }
  return { bytes: Uint8Array.from([...head, ...said]), size };
}

describe('a Snappy block', () => {
  it('is what another reader makes of it', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(literal, copy), { minLength: 1, maxLength: 30 }),
        (elements) => {
          const { bytes, size } = block(elements);
          fc.pre(size > 0);
          const expected = new Uint8Array(size);
          snappyUncompress(bytes, expected);
          expect(decompressSnappy(bytes)).toEqual(expected);
        },
      ),
    );
  });

  it('repeats what a copy has just written', () => {
    const { bytes } = block([{ bytes: Uint8Array.of(7, 8) }, { back: 1, size: 5, form: 2 }]);
    expect([...decompressSnappy(bytes)]).toEqual([7, 8, 7, 8, 7, 8, 7]);
  });

  it('that is cut off or spoilt is corrupt', () => {
    const { bytes } = block([{ bytes: Uint8Array.of(1, 2, 3, 4) }, { back: 3, size: 6, form: 1 }]);
    const spoilt = [
      ...Array.from({ length: bytes.length }, (_, length) => bytes.subarray(0, length)),
      Uint8Array.of(4, 0b1101, 9),
      Uint8Array.of(1, 4, 1, 2),
      Uint8Array.of(255, 255, 255, 255, 255),
    ];
    for (const each of spoilt) {
      expect(() => decompressSnappy(each)).toThrow(expect.objectContaining({ kind: 'Corrupt' }));
    }
  });
});
