/** The key in a Parquet footer under which Arrow writers keep the layouts that their columns had in memory. */
const key = 'ARROW:schema';

/** The writer of our own files, whose layouts are those of `arrowSchema`. */
const ownWriter = 'parquet-rs';

/** Bytes behind the footer: its length and the magic (Parquet's file format). */
const tailBytes = 8;

/**
 * A Parquet file that does not say which Arrow layouts its columns had, so that they are read by their Parquet types
 * alone, as Iceberg defines them. Others name layouts that apache-arrow cannot read, such as PyArrow's large lists.
 * Files without such a hint and our own come back as they are; of others it is a copy.
 */
export function withoutArrowHint(file: Uint8Array): Uint8Array {
  if (file.length < tailBytes) return file;
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  const footerBytes = view.getUint32(file.length - tailBytes, true);
  const start = Math.max(0, file.length - tailBytes - footerBytes);
  const footer = new TextDecoder('latin1').decode(file.subarray(start));
  const at = footer.indexOf(key);
  if (at < 0 || footer.includes(ownWriter)) return file;
  const copy = file.slice();
  // Another key of the same length: the footer's own lengths stay true.
  copy.set(new TextEncoder().encode(key.toLowerCase()), start + at);
  return copy;
}
