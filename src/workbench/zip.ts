import { IcejamError } from '../error.ts';
import { decompress } from '../iceberg/compression.ts';

/** Bytes of the records without their texts (APPNOTE.TXT 4.3.7, 4.3.12, 4.3.16). */
const localHeaderBytes = 30;
const entryBytes = 46;
const endBytes = 22;

/** A file in a zip, as the directory at its end describes it. */
interface ZipEntry {
  name: string;
  flags: number;
  method: number;
  /** As stored in the zip. */
  bytes: number;
  /** Where its local header begins. */
  offset: number;
}

/**
 * The files in a zip by name, each with a function that reads it; nothing but the directory is held in memory.
 * Throws `Corrupt` for what is no zip, `Unsupported` for one beyond 4 GB; reading throws `Unsupported` for a file that
 * is encrypted or compressed by anything but deflate. Source: PKWARE's APPNOTE.TXT.
 */
export async function openZip(zip: Blob): Promise<Map<string, () => Promise<Uint8Array>>> {
  const files = (await readDirectory(zip)).filter(({ name }) => !name.endsWith('/'));
  return new Map(files.map((entry) => [entry.name, () => readEntry(zip, entry)]));
}

async function readDirectory(zip: Blob): Promise<ZipEntry[]> {
  // A comment of up to 64 kB may follow the record that ends a zip.
  const tail = await viewOf(zip.slice(Math.max(0, zip.size - endBytes - 0xffff)));
  let end = tail.byteLength - endBytes;
  while (end >= 0 && tail.getUint32(end, true) !== 0x06054b50) end -= 1;
  if (end < 0) throw corrupt('This is no zip, or a part of it is missing.');
  const count = tail.getUint16(end + 10, true);
  const bytes = tail.getUint32(end + 12, true);
  const offset = tail.getUint32(end + 16, true);
  if (count === 0xffff || offset === 0xffff_ffff) throw unsupported('The zip is larger than 4 GB.');

  const directory = await viewOf(zip.slice(offset, offset + bytes));
  const entries: ZipEntry[] = [];
  for (let at = 0; entries.length < count;) {
    if (at + entryBytes > directory.byteLength || directory.getUint32(at, true) !== 0x02014b50) {
      throw damagedDirectory();
    }
    const nameBytes = directory.getUint16(at + 28, true);
    const extraBytes = directory.getUint16(at + 30, true);
    const commentBytes = directory.getUint16(at + 32, true);
    if (at + entryBytes + nameBytes > directory.byteLength) throw damagedDirectory();
    const name = new Uint8Array(directory.buffer, at + entryBytes, nameBytes);
    entries.push({
      name: new TextDecoder().decode(name),
      flags: directory.getUint16(at + 8, true),
      method: directory.getUint16(at + 10, true),
      bytes: directory.getUint32(at + 20, true),
      offset: directory.getUint32(at + 42, true),
    });
    at += entryBytes + nameBytes + extraBytes + commentBytes;
  }
  return entries;
}

async function readEntry(zip: Blob, entry: ZipEntry): Promise<Uint8Array> {
  const { name, flags, method, offset } = entry;
  if ((flags & 1) === 1) throw unsupported(`${name} is encrypted.`);
  const header = await viewOf(zip.slice(offset, offset + localHeaderBytes));
  if (header.byteLength < localHeaderBytes || header.getUint32(0, true) !== 0x04034b50) {
    throw corrupt(`${name} is damaged.`);
  }
  const textBytes = header.getUint16(26, true) + header.getUint16(28, true);
  const begin = offset + localHeaderBytes + textBytes;
  const bytes = new Uint8Array(await zip.slice(begin, begin + entry.bytes).arrayBuffer());
  if (bytes.length < entry.bytes) throw corrupt(`${name} is damaged.`);
  if (method === 0) return bytes;
  if (method !== 8) throw unsupported(`${name} is compressed in an unusual way.`);
  return decompress('deflate-raw', bytes).catch((cause: unknown) => {
    throw corrupt(`${name} is damaged.`, cause);
  });
}

async function viewOf(part: Blob): Promise<DataView> {
  return new DataView(await part.arrayBuffer());
}

function corrupt(message: string, cause?: unknown): IcejamError {
  return new IcejamError('Corrupt', message, { remedy: 'Make the zip again.', cause });
}

const damagedDirectory = () => corrupt('The directory of the zip is damaged.');

function unsupported(message: string): IcejamError {
  return new IcejamError('Unsupported', message, {
    remedy: 'Unpack the zip and choose the folder of the table.',
  });
}
