import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { unzipSync } from 'fflate';
import { IcejamError } from '../src/error.ts';

/**
 * Unpacks an exported table into a directory, which is made if needed. Returns the path of its current metadata
 * file: the one that the export's `version-hint.text` names, as a Hadoop catalog finds it.
 */
export function unpackTable(zip: string, directory: string): string {
  const names = Object.entries(unzipSync(readFileSync(zip))).map(([name, bytes]) => {
    const path = join(directory, name);
    if (relative(directory, path).startsWith('..')) {
      throw new IcejamError('Corrupt', `The export holds a file outside of the table: ${name}.`);
    }
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, bytes);
    return path;
  });
  const metadata = join(directory, 'metadata');
  const version = readFileSync(join(metadata, 'version-hint.text'), 'utf8').trim();
  const current = ['', '.gz']
    .map((gzip) => join(metadata, `v${version}${gzip}.metadata.json`))
    .find((path) => names.includes(path));
  if (current !== undefined) return current;
  throw new IcejamError('Corrupt', `The export holds no metadata file of version ${version}.`);
}

/**
 * Throws `AlreadyExists` if a directory holds a table: what is left of its later versions would hide those
 * of a table that is unpacked over it.
 */
export function refuseTable(directory: string): void {
  if (!existsSync(join(directory, 'metadata'))) return;
  throw new IcejamError('AlreadyExists', `${directory} holds a table already.`, {
    remedy: 'Name another directory, or delete that one first.',
  });
}
