import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { inflateRawSync } from 'node:zlib';

const root = fileURLToPath(new URL('../golden/', import.meta.url));

/** A file that another engine wrote, by its path under test/golden. */
export function golden(path: string): Uint8Array {
  return new Uint8Array(readFileSync(root + path));
}

/** The text of such a file. */
export function goldenText(path: string): string {
  return readFileSync(root + path, 'utf8');
}

/** All such files under a folder, as paths that {@link golden} takes. */
export function goldenFiles(folder: string, ending = ''): string[] {
  return readdirSync(root + folder, { recursive: true, encoding: 'utf8' })
    .map((name) => `${folder}/${name}`)
    .filter((path) => path.endsWith(ending) && /\.[a-z]+$/.test(path))
    .sort();
}

/** An Avro file's header and the plain bytes of its blocks, read without the code under test. */
function avroParts(bytes: Uint8Array): { header: Map<string, string>; blocks: Buffer[] } {
  const buffer = Buffer.from(bytes);
  let at = 4;
  const long = (): number => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = buffer[at++] ?? 0;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
    }
  };
  const chunk = (): Buffer => {
    const length = long();
    at += length;
    return buffer.subarray(at - length, at);
  };
  const header = new Map<string, string>();
  for (let count = long(); count !== 0; count = long()) {
    if (count < 0) long();
    for (let left = Math.abs(count); left > 0; left -= 1) {
      header.set(chunk().toString(), chunk().toString());
    }
  }
  const blocks: Buffer[] = [];
  for (at += 16; at < buffer.length; at += 16) {
    long();
    const block = chunk();
    blocks.push(header.get('avro.codec') === 'deflate' ? inflateRawSync(block) : block);
  }
  return { header, blocks };
}

/** The header of an Avro file. */
export function avroHeader(bytes: Uint8Array): Map<string, string> {
  return avroParts(bytes).header;
}

/** Whether a text stands anywhere in an Avro file, compressed or not. */
export function avroContains(bytes: Uint8Array, text: string): boolean {
  const { header, blocks } = avroParts(bytes);
  return [...header.values(), ...blocks].some((part) => part.includes(text));
}
