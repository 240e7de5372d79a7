import type { Catalog, FileIO } from '../../src/iceberg/ports.ts';

/** Files that pass a moment before and after each call, and one in the midst of writing. */
export function countedFiles(
  io: FileIO,
  pass: (halfWay?: () => Promise<void>) => Promise<void>,
): FileIO {
  return {
    read: framed(pass, (path: string) => io.read(path)),
    list: framed(pass, (prefix: string) => io.list(prefix)),
    delete: framed(pass, (path: string) => io.delete(path)),
    create: framed(pass, async (path: string, bytes: Uint8Array) => {
      await pass(() => io.create(path, bytes.subarray(0, bytes.length >> 1)));
      await io.create(path, bytes);
    }),
  };
}

/** A catalog that passes a moment before and after each call. */
export function countedCatalog(catalog: Catalog, pass: () => Promise<void>): Catalog {
  return {
    ...catalog,
    load: framed(pass, (table: string) => catalog.load(table)),
    swap: framed(pass, (...swap: Parameters<Catalog['swap']>) => catalog.swap(...swap)),
    put: framed(pass, (...put: Parameters<Catalog['put']>) => catalog.put(...put)),
  };
}

function framed<A extends unknown[], T>(
  pass: () => Promise<void>,
  call: (...args: A) => Promise<T>,
): (...args: A) => Promise<T> {
  return async (...args) => {
    await pass();
    const result = await call(...args);
    await pass();
    return result;
  };
}
