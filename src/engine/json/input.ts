import { IcejamError } from '../../error.ts';

const repack = 'Drop it unpacked, or packed by gzip.';

/** How the beginnings of files look that are no JSON text, and what to do with them. */
const foreign: { magic: number[]; what: string; remedy: string }[] = [
  { magic: [0x50, 0x4b, 3, 4], what: 'a zip archive', remedy: 'Unpack it and drop the files.' },
  { magic: [0x50, 0x41, 0x52, 0x31], what: 'a Parquet file', remedy: 'Drop JSON files instead.' },
  // With its byte order mark, or by the zero byte beside the first bracket.
  ...[
    [0xff, 0xfe],
    [0xfe, 0xff],
    [0x7b, 0],
    [0, 0x7b],
    [0x5b, 0],
    [0, 0x5b],
  ].map((magic) => ({
    magic,
    what: 'UTF-16 text',
    remedy: 'Save it as UTF-8.',
  })),
  { magic: [0x4f, 0x62, 0x6a, 1], what: 'an Avro file', remedy: 'Drop JSON files instead.' },
  { magic: [0x28, 0xb5, 0x2f, 0xfd], what: 'packed by zstd', remedy: repack },
  { magic: [0x42, 0x5a, 0x68], what: 'packed by bzip2', remedy: repack },
  { magic: [0xfd, 0x37, 0x7a, 0x58], what: 'packed by xz', remedy: repack },
];

const gzipMagic = [0x1f, 0x8b];

/**
 * The bytes of a JSON text: unpacked, if they begin as gzip does.
 * Throws `InputInvalid` while reading: for no bytes at all, for gzip that is damaged, and for other kinds of file.
 */
export async function* jsonBytes(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader();
  const head = await readHead(reader);
  if (begins(head, gzipMagic)) yield* unpacked(head, reader);
  else yield* plain(head, reader);
}

/** The bytes of a text that is not packed. Throws `InputInvalid` for none, and for other kinds of file. */
async function* plain(
  head: Uint8Array,
  reader: ReadableStreamDefaultReader<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  if (head.length === 0) {
    throw new IcejamError('InputInvalid', 'The file is empty', {
      remedy: 'Drop a file with one JSON object per line, or with one JSON array.',
    });
  }
  const packed = { magic: gzipMagic, what: 'packed by gzip twice', remedy: 'Unpack it once.' };
  const other = [...foreign, packed].find(({ magic }) => begins(head, magic));
  if (other !== undefined) {
    throw new IcejamError('InputInvalid', `The file is ${other.what}, not JSON`, {
      remedy: other.remedy,
    });
  }
  yield head;
  yield* rest(reader);
}

/** At least the four bytes by which files are told apart, unless there are fewer. */
async function readHead(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<Uint8Array> {
  let head = new Uint8Array(0);
  while (head.length < 4) {
    const { done, value } = await reader.read();
    if (done) break;
    const longer = new Uint8Array(head.length + value.length);
    longer.set(head);
    longer.set(value, head.length);
    head = longer;
  }
  return head;
}

async function* rest(reader: ReadableStreamDefaultReader<Uint8Array>): AsyncGenerator<Uint8Array> {
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    yield value;
  }
}

async function* unpacked(
  head: Uint8Array,
  reader: ReadableStreamDefaultReader<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  /** That the file itself cannot be read is not the fault of what it holds. */
  let broken: { thrown: unknown } | undefined;
  const packed = new ReadableStream<BufferSource>({
    start: (controller) => controller.enqueue(head as BufferSource),
    pull: async (controller) => {
      try {
        const { done, value } = await reader.read();
        if (done) controller.close();
        else controller.enqueue(value as BufferSource);
      } catch (thrown) {
        broken = { thrown };
        throw thrown;
      }
    },
  });
  try {
    const inner = packed.pipeThrough(new DecompressionStream('gzip')).getReader();
    yield* plain(await readHead(inner), inner);
  } catch (thrown) {
    if (thrown instanceof IcejamError) throw thrown;
    if (broken !== undefined) throw broken.thrown;
    const said = thrown instanceof Error ? thrown.message : String(thrown);
    throw new IcejamError('InputInvalid', `The gzip file is damaged: ${said}`, {
      remedy: 'Pack it again, as one gzip member, or drop it unpacked.',
      cause: thrown,
    });
  }
}

const begins = (bytes: Uint8Array, magic: readonly number[]): boolean =>
  magic.every((byte, index) => bytes[index] === byte);
