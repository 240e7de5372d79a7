import { IcejamError } from '../error.ts';
import { AvroInput, AvroOutput } from './avro-binary.ts';
import { compressBlock, decompressBlock, type AvroCodec } from './avro-codec.ts';
import { decoderOf } from './avro-decode.ts';
import { encoderOf, type Encoder } from './avro-encode.ts';
import { toAvroSchema, type AvroSchema } from './avro-schema.ts';
import { stringifyJson } from './json.ts';
import { murmur3 } from './murmur3.ts';
import { schemaJson } from './schema-json.ts';
import type { StructType } from './table-metadata.ts';

/** What {@link writeAvro} writes. */
export interface AvroContent {
  /** The name of the root record. */
  name: string;
  /** The struct that every record is of. */
  struct: StructType;
  /** The header's keys besides the schemas and the codec. */
  metadata: Record<string, string>;
  records: Iterable<unknown>;
  codec?: AvroCodec;
}

/** An Avro object container file whose header has been read. */
export interface AvroFile {
  /** The header, values as text. */
  metadata: Map<string, string>;
  /** All records as objects of the struct, resolved by field id. Throws `Corrupt`. */
  records(expected: StructType): Promise<Record<string, unknown>[]>;
}

const magic = Uint8Array.of(0x4f, 0x62, 0x6a, 1);
const syncBytes = 16;
/** Bytes after which a block is closed, as in Avro's own library. */
const blockBytes = 64_000;
const utf8 = new TextEncoder();

/**
 * Writes an object container file record by record. The bytes depend on nothing but the content: the sync marker is a
 * hash of the header, where others draw it at random.
 */
export class AvroWriter {
  readonly #codec: AvroCodec;
  readonly #encode: Encoder;
  readonly #sync: Uint8Array;
  readonly #output = new AvroOutput();
  #block = new AvroOutput();
  #count = 0;

  constructor({ codec = 'deflate', struct, name, metadata }: Omit<AvroContent, 'records'>) {
    this.#codec = codec;
    this.#encode = encoderOf(struct);
    const output = this.#output;
    output.raw(magic);
    const header = {
      ...metadata,
      'avro.schema': stringifyJson(toAvroSchema(struct, name)),
      'avro.codec': codec,
      'iceberg.schema': stringifyJson(schemaJson({ ...struct, 'schema-id': 0 })),
    };
    output.long(Object.keys(header).length);
    for (const [key, value] of Object.entries(header)) {
      output.string(key);
      output.bytes(utf8.encode(value));
    }
    output.long(0);
    this.#sync = syncMarker(output.take());
    output.raw(this.#sync);
  }

  /** The bytes of the header and of the blocks that are closed. */
  get length(): number {
    return this.#output.length;
  }

  /** Adds a record. One at a time. */
  async add(record: unknown): Promise<void> {
    this.#encode(this.#block, record);
    this.#count += 1;
    if (this.#block.length >= blockBytes) await this.#closeBlock();
  }

  /** The whole file. */
  async finish(): Promise<Uint8Array> {
    await this.#closeBlock();
    return this.#output.take();
  }

  async #closeBlock(): Promise<void> {
    if (this.#count === 0) return;
    const bytes = this.#block.take();
    this.#output.long(this.#count);
    this.#output.bytes(await compressBlock(this.#codec, bytes));
    this.#output.raw(this.#sync);
    this.#block = new AvroOutput();
    this.#count = 0;
  }
}

/** Writes an object container file. */
export async function writeAvro({ records, ...content }: AvroContent): Promise<Uint8Array> {
  const writer = new AvroWriter(content);
  for (const record of records) await writer.add(record);
  return writer.finish();
}

function syncMarker(header: Uint8Array): Uint8Array {
  const marker = new DataView(new ArrayBuffer(syncBytes));
  for (let at = 0; at < syncBytes; at += 4) marker.setInt32(at, murmur3(header, at));
  return new Uint8Array(marker.buffer);
}

/** Opens an object container file. Throws `Corrupt`. */
export function openAvro(bytes: Uint8Array): AvroFile {
  const input = new AvroInput(bytes);
  if (!magic.every((byte) => input.byte() === byte)) {
    throw new IcejamError('Corrupt', 'Not an Avro file: its magic is missing');
  }
  const metadata = new Map<string, string>();
  input.blocks(() => {
    const key = input.string();
    metadata.set(key, input.string());
  });
  const sync = input.raw(syncBytes);
  const headerBytes = input.position;
  return {
    metadata,
    records: (expected) => readBlocks(bytes.subarray(headerBytes), metadata, sync, expected),
  };
}

async function readBlocks(
  bytes: Uint8Array,
  metadata: Map<string, string>,
  sync: Uint8Array,
  expected: StructType,
): Promise<Record<string, unknown>[]> {
  const decode = decoderOf(parseSchemaHeader(metadata), expected);
  const codec = metadata.get('avro.codec') ?? 'null';
  const records: Record<string, unknown>[] = [];
  const input = new AvroInput(bytes);
  while (!input.ended) {
    const count = input.int();
    const block = new AvroInput(await decompressBlock(codec, input.bytes()));
    for (let index = 0; index < count; index += 1) {
      records.push(decode(block) as Record<string, unknown>);
    }
    const marker = input.raw(syncBytes);
    if (!block.ended || !sync.every((byte, index) => marker[index] === byte)) {
      throw new IcejamError('Corrupt', 'An Avro block does not end where it should');
    }
  }
  return records;
}

function parseSchemaHeader(metadata: Map<string, string>): AvroSchema {
  try {
    return JSON.parse(metadata.get('avro.schema') ?? '') as AvroSchema;
  } catch (cause) {
    throw new IcejamError('Corrupt', 'The Avro header holds no valid schema', { cause });
  }
}
