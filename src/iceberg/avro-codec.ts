import { decompress as decompressZstd } from 'fzstd';
import { IcejamError } from '../error.ts';
import { compress, decompress } from './compression.ts';
import { codecProperty } from './property.ts';
import { decompressSnappy } from './snappy.ts';

/** How the blocks of a file that we write are compressed. */
export type AvroCodec = 'deflate' | 'null';

/** By the names of Iceberg: what no browser can compress is deflated, which every reader reads. */
const codecs: Record<string, AvroCodec> = {
  gzip: 'deflate',
  uncompressed: 'null',
  snappy: 'deflate',
  zstd: 'deflate',
};

/**
 * The codec of a table's manifests and manifest lists (`write.manifest.compression-codec`, gzip by default; its level is
 * the browser's). Throws `IllegalArgument` for a name that Iceberg does not know.
 */
export function manifestCodec(properties: Record<string, string>): AvroCodec {
  return codecProperty(properties, 'write.manifest.compression-codec', 'gzip', codecs);
}

/** A block as it stands in a file. */
export function compressBlock(codec: AvroCodec, bytes: Uint8Array): Promise<Uint8Array> {
  return codec === 'deflate' ? compress('deflate-raw', bytes) : Promise.resolve(bytes);
}

/** Avro puts a checksum behind a block in Snappy. */
const checksumBytes = 4;

/** A block of a file by the codec that its header names. Throws `Corrupt`, and `Unsupported` for other codecs. */
export async function decompressBlock(codec: string, bytes: Uint8Array): Promise<Uint8Array> {
  switch (codec) {
    case 'null':
      return bytes;
    case 'snappy':
      return decompressSnappy(bytes.subarray(0, -checksumBytes));
    case 'deflate':
      return inflate(bytes).catch(corrupt);
    case 'zstandard':
      try {
        return decompressZstd(bytes);
      } catch (cause) {
        return corrupt(cause);
      }
    default:
      throw new IcejamError('Unsupported', `The Avro codec ${codec} is not supported`, {
        remedy: 'Rewrite the manifests with the codec gzip (write.manifest.compression-codec).',
      });
  }
}

function corrupt(cause: unknown): never {
  throw new IcejamError('Corrupt', 'An Avro block cannot be decompressed', { cause });
}

/** Bytes of zlib's checksum that PyIceberg leaves behind a block (`DeflateCodec.compress`); browsers refuse them. */
const checksumLeavings = 3;

function inflate(bytes: Uint8Array): Promise<Uint8Array> {
  return decompress('deflate-raw', bytes).catch(() =>
    decompress('deflate-raw', bytes.subarray(0, -checksumLeavings)),
  );
}
