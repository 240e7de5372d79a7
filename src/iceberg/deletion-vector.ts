import { IcejamError } from '../error.ts';
import { inFile } from './file-error.ts';
import type { DataFile } from './manifest-types.ts';
import { readRoaring64 } from './roaring.ts';
import { writeRoaring64 } from './roaring-encode.ts';

const magic = 0xd1d33964;
const lengthBytes = 4;
const magicBytes = 4;
const crcBytes = 4;

/**
 * The positions of the rows that a deletion vector deletes, ascending, from 0 (Puffin spec, "deletion-vector-v1").
 * `bytes` is the whole Puffin file, `file` the vector's manifest entry, which says where in it the vector is.
 * Throws `Corrupt` naming the file.
 */
export function readDeletionVector(bytes: Uint8Array, file: DataFile): number[] {
  try {
    const { content_offset: start = 0, content_size_in_bytes: length = 0 } = file;
    if (start + length > bytes.length) throw corrupt('it lies beyond the end of the file');
    const positions = readDeletionVectorBlob(bytes.subarray(start, start + length));
    if (positions.length === file.record_count) return positions;
    throw corrupt(`it has ${positions.length} positions instead of ${file.record_count}`);
  } catch (error) {
    throw inFile(error, file.file_path);
  }
}

/** The positions in a blob of the type `deletion-vector-v1`. Throws `Corrupt`. */
export function readDeletionVectorBlob(blob: Uint8Array): number[] {
  const end = blob.length - crcBytes;
  if (end < lengthBytes + magicBytes) throw corrupt('it is too short');
  const view = new DataView(blob.buffer, blob.byteOffset, blob.byteLength);
  // Length, magic and checksum are big endian for the sake of Delta; the bitmap is little endian.
  if (view.getUint32(0) !== end - lengthBytes) throw corrupt('its length is wrong');
  if (view.getUint32(lengthBytes) !== magic) throw corrupt('its magic is missing');
  if (view.getUint32(end) !== crc32(blob.subarray(lengthBytes, end))) {
    throw corrupt('its checksum is wrong');
  }
  return readRoaring64(blob.subarray(lengthBytes + magicBytes, end));
}

/** The blob of the type `deletion-vector-v1` that deletes these positions, which are distinct and ascending. */
export function writeDeletionVectorBlob(positions: readonly number[]): Uint8Array {
  const bitmap = writeRoaring64(positions);
  const blob = new Uint8Array(lengthBytes + magicBytes + bitmap.length + crcBytes);
  const view = new DataView(blob.buffer);
  const end = blob.length - crcBytes;
  view.setUint32(0, end - lengthBytes);
  view.setUint32(lengthBytes, magic);
  blob.set(bitmap, lengthBytes + magicBytes);
  view.setUint32(end, crc32(blob.subarray(lengthBytes, end)));
  return blob;
}

function corrupt(why: string): IcejamError {
  return new IcejamError('Corrupt', `Not a deletion vector: ${why}`);
}

const crcTable = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc;
});

function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (crc >>> 8) ^ (crcTable[(crc ^ byte) & 0xff] ?? 0);
  return ~crc >>> 0;
}
