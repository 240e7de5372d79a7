import { concat } from '../bytes.ts';
import { IcejamError } from '../error.ts';
import { inFile } from './file-error.ts';
import { JsonObject, parseInteger } from './json-object.ts';
import { parseJson, stringifyJson } from './json.ts';

/** One blob of a Puffin file, as its footer describes it. */
export interface PuffinBlob {
  type: string;
  /** Field ids. */
  fields: number[];
  'snapshot-id': bigint;
  'sequence-number': number;
  /** Where it begins in the file, and how many bytes it has there. */
  offset: number;
  length: number;
  'compression-codec'?: string;
  properties: Record<string, string>;
}

/** The footer of a Puffin file. */
export interface PuffinFooter {
  blobs: PuffinBlob[];
  properties: Record<string, string>;
  /** Where the footer begins, and the blobs end. */
  offset: number;
}

const magic = Uint8Array.of(0x50, 0x46, 0x41, 0x31);
/** Payload size, flags and the closing magic. */
const tailBytes = 12;
const utf8 = new TextEncoder();

/**
 * Reads the footer of a Puffin file (Iceberg's Puffin spec).
 * Throws `Corrupt` naming the path, and `Unsupported` for a compressed footer.
 */
export function readPuffinFooter(bytes: Uint8Array, path: string): PuffinFooter {
  try {
    const end = bytes.length - tailBytes;
    if (end < magic.length || !isMagic(bytes, 0) || !isMagic(bytes, bytes.length - magic.length)) {
      throw new IcejamError('Corrupt', 'Not a Puffin file: its magic is missing');
    }
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const payload = end - view.getInt32(end, true);
    const offset = payload - magic.length;
    if (payload > end || offset < magic.length || !isMagic(bytes, offset)) {
      throw new IcejamError(
        'Corrupt',
        'The footer of the Puffin file does not begin where it should',
      );
    }
    if ((view.getUint8(end + 4) & 1) === 1) {
      throw new IcejamError('Unsupported', 'The footer of the Puffin file is compressed');
    }
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(payload, end));
    const json = new JsonObject(parseJson(text));
    return { blobs: json.list('blobs', parseBlob), properties: texts(json), offset };
  } catch (error) {
    throw inFile(error, path);
  }
}

function isMagic(bytes: Uint8Array, at: number): boolean {
  return magic.every((byte, index) => bytes[at + index] === byte);
}

function texts(json: JsonObject): Record<string, string> {
  return json.record('properties', (members, name) => members.string(name));
}

function parseBlob(json: unknown): PuffinBlob {
  const blob = new JsonObject(json);
  const codec = blob.optionalString('compression-codec');
  return {
    type: blob.string('type'),
    fields: blob.list('fields', parseInteger),
    'snapshot-id': blob.long('snapshot-id'),
    'sequence-number': blob.integer('sequence-number'),
    offset: blob.integer('offset'),
    length: blob.integer('length'),
    ...(codec !== undefined && { 'compression-codec': codec }),
    properties: texts(blob),
  };
}

/** A Puffin file of one uncompressed blob, which begins right behind the magic. */
export function writePuffin(
  blob: Uint8Array,
  described: Omit<PuffinBlob, 'offset' | 'length' | 'compression-codec'>,
): { bytes: Uint8Array; offset: number } {
  const offset = magic.length;
  const body = new Uint8Array(offset + blob.length);
  body.set(magic);
  body.set(blob, offset);
  const footer = {
    blobs: [{ ...described, offset, length: blob.length }],
    properties: { 'created-by': 'Icejam' },
    offset: body.length,
  };
  return { bytes: replacePuffinFooter(body, footer), offset };
}

/** A Puffin file with the same blobs at the same offsets under another footer. */
export function replacePuffinFooter(bytes: Uint8Array, footer: PuffinFooter): Uint8Array {
  const { blobs, properties } = footer;
  const payload = utf8.encode(stringifyJson({ blobs, properties }));
  const tail = new DataView(new ArrayBuffer(8));
  tail.setInt32(0, payload.length, true);
  return concat([
    bytes.subarray(0, footer.offset),
    magic,
    payload,
    new Uint8Array(tail.buffer),
    magic,
  ]);
}
