import { deserializeTCompactProtocol } from 'hyparquet/src/thrift.js';
import { IcejamError } from '../error.ts';
import type { Value } from '../iceberg/manifest-types.ts';
import type { ColumnStats } from '../iceberg/metrics.ts';
import { fieldsOf } from '../iceberg/schema.ts';
import type { PrimitiveType, Schema } from '../iceberg/table-metadata.ts';
import { isPrimitive, parseDecimal } from '../iceberg/type.ts';
import { compareValues, decodeUnscaled, decodeValue } from '../iceberg/value.ts';

/** What a Parquet file's footer says. */
export interface ParquetFooter {
  rows: number;
  columns: ColumnStats[];
  splitOffsets: number[];
}

/** A Thrift struct as hyparquet reads it: its fields by their number in parquet.thrift. */
type Struct = Record<`field_${number}`, unknown>;

/**
 * The footer of a Parquet file whose columns are the primitive ones of `schema`, in its order. hyparquet's own reader
 * rounds decimal bounds to doubles, so the Thrift is read raw (parquet.thrift, `FileMetaData`).
 * Throws `Corrupt` if the file's columns are not the schema's.
 */
export function readFooter(file: Uint8Array, schema: Schema): ParquetFooter {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const offset = file.length - 8 - view.getUint32(file.length - 8, true);
  const metadata: Struct = deserializeTCompactProtocol({ view, offset });
  const rowGroups = (metadata.field_4 ?? []) as Struct[];
  const leaves = [...fieldsOf(schema)].flatMap(({ field: { id, type } }) =>
    isPrimitive(type) ? [{ id, type }] : [],
  );
  return {
    rows: Number(metadata.field_3),
    columns: leaves.map(({ id, type }, index) => {
      const chunks = rowGroups.map((group) => columnChunk(group, index));
      return { fieldId: id, ...summarizeChunks(type, chunks) };
    }),
    splitOffsets: rowGroups.map((group) => startOf(columnChunk(group, 0))),
  };
}

/** The metadata of one column's chunk in a row group (`ColumnMetaData`). */
function columnChunk(rowGroup: Struct, index: number): Struct {
  const chunk = ((rowGroup.field_1 ?? []) as Struct[])[index]?.field_3;
  if (chunk === undefined) {
    throw new IcejamError('Corrupt', `The Parquet file has no column ${index + 1}`);
  }
  return chunk as Struct;
}

/** The first byte of a chunk: its dictionary page if it has one. */
function startOf(chunk: Struct): number {
  return Number(chunk.field_11 ?? chunk.field_9);
}

function summarizeChunks(
  type: PrimitiveType,
  chunks: readonly Struct[],
): Omit<ColumnStats, 'fieldId'> {
  const statistics = chunks.map((chunk) => (chunk.field_12 ?? {}) as Struct);
  const nullCounts = statistics.map(({ field_3: count }) => count);
  const sorted = (bounds: unknown[]) =>
    bounds
      .filter((bytes) => bytes !== undefined)
      .map((bytes) => decodePlain(type, bytes as Uint8Array))
      .sort((a, b) => compareValues(type, a, b));
  return {
    compressedBytes: sum(chunks.map(({ field_7: bytes }) => bytes)),
    valueCount: sum(chunks.map(({ field_5: count }) => count)),
    nullCount: nullCounts.includes(undefined) ? null : sum(nullCounts),
    min: sorted(statistics.map(({ field_6: bytes }) => bytes)).at(0),
    max: sorted(statistics.map(({ field_5: bytes }) => bytes)).at(-1),
  };
}

/** A value in Parquet's PLAIN encoding, as statistics hold it; decimals are INT32, INT64 or big-endian bytes. */
function decodePlain(type: PrimitiveType, bytes: Uint8Array): Value {
  const decimal = parseDecimal(type);
  if (!decimal) return decodeValue(type, bytes);
  const unscaled = decimal.precision <= 18 ? bytes.slice().reverse() : bytes;
  return decodeUnscaled(unscaled);
}

function sum(numbers: readonly unknown[]): number {
  return numbers.reduce<number>((total, number) => total + Number(number), 0);
}
