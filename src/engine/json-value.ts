import { type Data, DataType, RecordBatchReader, TimeUnit, Type } from 'apache-arrow';
import { IcejamError } from '../error.ts';
import { isoDate, isoTime } from '../iceberg/date-time.ts';
import { childrenOf } from '../iceberg/schema.ts';
import type { Type as IcebergType } from '../iceberg/table-metadata.ts';
import { plainDecimal } from '../iceberg/human-value.ts';
import { isPrimitive } from '../iceberg/type.ts';
import { intervalText, timestampText } from './value-text.ts';

/** A value that survives JSON. */
export type JsonValue =
  null | boolean | number | string | JsonValue[] | { [key: string]: JsonValue };

/** Reads the value of one row. */
type Read = (row: number) => JsonValue;

/** What is known of a column of a result that the result does not tell. */
export interface KnownColumn {
  /** Its name, if it is another. */
  name?: string;
  type?: IcebergType;
}

/** Rows of a result and the names of their columns, each name once. */
export interface Rows {
  names: string[];
  rows: Record<string, JsonValue>[];
}

/**
 * An Arrow IPC file or stream as JSON-safe rows. Whole numbers are numbers, or text when a number cannot hold them
 * exactly; decimals are text; instants are ISO text in UTC, such as `2016-01-01T00:00:00.000Z`; binary is base64;
 * a map is an object with its keys as text; NaN and infinities are text. A name that comes twice gets a number.
 *
 * DuckDB's results do not tell timestamps without a zone from instants, nor HUGEINT from a decimal of 38 digits.
 * `known` tells what the columns are; without it they are taken for instants and whole numbers.
 */
export function readRows(ipc: Uint8Array, known: readonly KnownColumn[] = []): Rows {
  const reader = RecordBatchReader.from(ipc).open();
  const names = uniqueNames(
    reader.schema.fields.map((field, index) => known[index]?.name ?? field.name),
  );
  const rows: Record<string, JsonValue>[] = [];
  for (const batch of reader) {
    // A result without rows has a batch without columns.
    if (batch.numRows === 0) continue;
    const columns = batch.data.children.map((data, index) => readerOf(data, known[index]?.type));
    for (let row = 0; row < batch.numRows; row += 1) rows.push(objectOf(names, columns, row));
  }
  return { names, rows };
}

function objectOf(
  names: readonly string[],
  members: readonly Read[],
  row: number,
): Record<string, JsonValue> {
  const entries = members.map((read, index): [string, JsonValue] => [
    names[index] ?? '',
    read(row),
  ]);
  return Object.fromEntries(entries);
}

function uniqueNames(names: readonly string[]): string[] {
  const taken = new Set<string>();
  return names.map((name) => {
    let unique = name;
    for (let count = 1; taken.has(unique); count += 1) unique = `${name}_${count}`;
    taken.add(unique);
    return unique;
  });
}

function readerOf(data: Data, known?: IcebergType): Read {
  const read = valueReaderOf(data, known);
  return data.nullCount === 0 ? read : (row) => (data.getValid(row) ? read(row) : null);
}

/** Reads values that are not null. Arrow's own getters round instants to ms and need its vectors. */
function valueReaderOf(data: Data, known?: IcebergType): Read {
  const { type } = data;
  const values = data.values as ArrayLike<number | bigint>;
  if (DataType.isInt(type)) return (row) => wholeNumber(values[row] ?? 0);
  if (DataType.isFloat(type)) return (row) => jsonNumber(Number(values[row]));
  if (DataType.isUtf8(type)) return textReader(data);
  if (DataType.isTimestamp(type)) {
    const zone = known === 'timestamp' || known === 'timestamp_ns' ? '' : 'Z';
    return (row) => timestampText(BigInt(values[row] ?? 0), perSecond[type.unit], zone);
  }
  if (DataType.isTime(type)) {
    return (row) => isoTime(BigInt(values[row] ?? 0), perSecond[type.unit]);
  }
  if (DataType.isDate(type)) return (row) => isoDate(Number(values[row]));
  if (DataType.isDecimal(type)) {
    const words = data.values as Uint32Array;
    // Arrow has no integers of 128 bits: HUGEINT comes as a decimal without a fraction.
    const isHugeint = known === undefined && type.precision === 38 && type.scale === 0;
    if (isHugeint) return (row) => wholeNumber(int128(words, row));
    return (row) => plainDecimal(int128(words, row), type.scale);
  }
  if (DataType.isBool(type)) {
    const bits = data.values as Uint8Array;
    return (row) => (((bits[row >> 3] ?? 0) >> (row & 7)) & 1) === 1;
  }
  if (DataType.isBinary(type)) return (row) => base64(bytesOf(data, row));
  if (DataType.isDictionary(type)) {
    const dictionary = data.dictionary?.data[0] as Data | undefined;
    const read = dictionary ? readerOf(dictionary, known) : () => null;
    return (row) => read(Number(values[row]));
  }
  if (DataType.isInterval(type)) {
    const words = data.values as Int32Array;
    return (row) => intervalText(words.subarray(4 * row, 4 * row + 4));
  }
  if (DataType.isNull(type)) return () => null;
  const members = known === undefined || isPrimitive(known) ? [] : childrenOf(known);
  return nestedReader(
    data,
    members.map((member) => member.type),
  );
}

function nestedReader(data: Data, known: readonly IcebergType[]): Read {
  const { type } = data;
  const children = data.children.map((child, index) => readerOf(child, known[index]));
  const [child] = children;
  if (DataType.isStruct(type)) {
    const names = type.children.map((field) => field.name);
    return (row) => objectOf(names, children, row);
  }
  if (DataType.isList(type) && child) return (row) => range(data, row).map(child);
  if (DataType.isFixedSizeList(type) && child) {
    const { listSize } = type;
    return (row) => Array.from({ length: listSize }, (_, index) => child(row * listSize + index));
  }
  const entries = data.children[0];
  if (DataType.isMap(type) && entries) {
    const [key, value] = entries.children.map((side, index) => readerOf(side, known[index]));
    if (key && value) {
      return (row) =>
        Object.fromEntries(range(data, row).map((entry) => [textOf(key(entry)), value(entry)]));
    }
  }
  throw new IcejamError('Unsupported', `A result of the type ${Type[type.typeId]} cannot be shown`);
}

function textReader(data: Data): Read {
  const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });
  return (row) => utf8.decode(bytesOf(data, row));
}

/** The bytes of one value of variable length. */
function bytesOf(data: Data, row: number): Uint8Array {
  const offsets = data.valueOffsets as Int32Array;
  return (data.values as Uint8Array).subarray(offsets[row], offsets[row + 1]);
}

/** The places in the child that one list or map takes. */
function range(data: Data, row: number): number[] {
  const offsets = data.valueOffsets as Int32Array;
  const begin = offsets[row] ?? 0;
  return Array.from({ length: (offsets[row + 1] ?? 0) - begin }, (_, index) => begin + index);
}

/** A value as text: a text as it is, all else as JSON. */
export function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? null);
}

const perSecond: Record<TimeUnit, bigint> = {
  [TimeUnit.SECOND]: 1n,
  [TimeUnit.MILLISECOND]: 1000n,
  [TimeUnit.MICROSECOND]: 1_000_000n,
  [TimeUnit.NANOSECOND]: 1_000_000_000n,
};

/** A whole number, as text when a number cannot hold it exactly. */
function wholeNumber(value: number | bigint): number | string {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : String(value);
}

function jsonNumber(value: number): number | string {
  return Number.isFinite(value) ? value : String(value);
}

/** One two's complement number of 128 bits, little endian. */
function int128(words: Uint32Array, row: number): bigint {
  let value = 0n;
  for (let word = 3; word >= 0; word -= 1) {
    value = (value << 32n) | BigInt(words[4 * row + word] ?? 0);
  }
  return BigInt.asIntN(128, value);
}

function base64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}
