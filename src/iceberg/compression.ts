/** Compresses bytes; the result is the same on every run of one browser. */
export function compress(format: CompressionFormat, bytes: Uint8Array): Promise<Uint8Array> {
  return pipe(bytes, new CompressionStream(format));
}

/** Decompresses bytes. Rejects with a `TypeError` if they are not of the format. */
export function decompress(format: CompressionFormat, bytes: Uint8Array): Promise<Uint8Array> {
  return pipe(bytes, new DecompressionStream(format));
}

async function pipe(
  bytes: Uint8Array,
  transform: CompressionStream | DecompressionStream,
): Promise<Uint8Array> {
  const source = new Blob([bytes as Uint8Array<ArrayBuffer>]).stream();
  return new Uint8Array(await new Response(source.pipeThrough(transform)).arrayBuffer());
}
