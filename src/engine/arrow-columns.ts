import {
  Bool,
  type Data,
  type DataType,
  Decimal,
  Field,
  Float64,
  Int64,
  List,
  makeData,
  Null,
  RecordBatch,
  RecordBatchStreamWriter,
  Schema,
  Struct,
  Utf8,
} from 'apache-arrow';
import { exhaustive } from '../exhaustive.ts';
import { JsonColumn, kind } from './json/column.ts';
import type { JsonField, JsonType } from './json/json-type.ts';
import { spellCell } from './json/spelling.ts';

const encoder = new TextEncoder();

/** A column of a part in Arrow's layout. */
export interface ArrowColumn {
  name: string;
  data: Data;
}

/** One Arrow IPC stream of one record batch. Arrow's own builders are not used: they make code at run time. */
export function arrowStream(columns: readonly ArrowColumn[], rows: number): Uint8Array {
  const fields = columns.map(({ name, data }) => new Field(name, data.type, true));
  const struct = makeData({
    type: new Struct(fields),
    length: rows,
    nullCount: 0,
    children: columns.map(({ data }) => data),
  });
  const writer = new RecordBatchStreamWriter();
  writer.write(new RecordBatch(new Schema(fields), struct));
  writer.finish();
  return writer.toUint8Array(true);
}

/** The Arrow type in which values of a type are stored. */
function arrowType(type: JsonType): DataType {
  switch (type.is) {
    case 'null':
      return new Null();
    case 'boolean':
      return new Bool();
    case 'long':
      return new Int64();
    case 'double':
      return new Float64();
    case 'string':
      return new Utf8();
    case 'decimal':
      return new Decimal(0, type.precision, 128);
    case 'struct':
      return new Struct(type.fields.map(arrowField));
    case 'list':
      return new List(arrowField({ name: 'item', type: type.element }));
    default:
      return exhaustive(type);
  }
}

const arrowField = ({ name, type }: JsonField) => new Field(name, arrowType(type), true);

/**
 * The first `rows` cells of a column in Arrow's layout for a type that holds them all. `source`: the JSON text in which
 * nested values stand, for columns that hold them as text.
 */
export function arrowData(
  column: JsonColumn,
  type: JsonType,
  rows: number,
  source: Uint8Array,
): Data {
  column.cover(rows);
  const nulls = nullsOf(column.kinds, rows);
  switch (type.is) {
    case 'null':
      return makeData({ type: new Null(), length: rows });
    case 'boolean':
      return makeData({ type: new Bool(), ...nulls, data: booleanBits(column, rows) });
    case 'long':
      return makeData({ type: new Int64(), ...nulls, data: column.longs.subarray(0, rows) });
    case 'double':
      return makeData({ type: new Float64(), ...nulls, data: doubles(column, rows) });
    case 'decimal':
      return makeData({
        type: new Decimal(0, type.precision, 128),
        ...nulls,
        data: decimals(column, rows),
      });
    case 'string':
      return makeData({ type: new Utf8(), ...nulls, ...texts(column, rows, source) });
    case 'struct': {
      const members = new Map(column.members.columns.map((member) => [member.name, member]));
      const children = type.fields.map((field) =>
        arrowData(members.get(field.name) ?? new JsonColumn(field.name), field.type, rows, source),
      );
      return makeData({ type: new Struct(type.fields.map(arrowField)), ...nulls, children });
    }
    case 'list': {
      const element = column.elements();
      const child = arrowData(element, type.element, element.length, source);
      return makeData({
        type: new List(arrowField({ name: 'item', type: type.element })),
        ...nulls,
        valueOffsets: listOffsets(column, rows),
        child,
      });
    }
    default:
      return exhaustive(type);
  }
}

function nullsOf(kinds: Uint8Array, rows: number) {
  const nullBitmap = new Uint8Array(Math.ceil(rows / 8));
  let nullCount = 0;
  for (let row = 0; row < rows; row += 1) {
    if (kinds[row] === kind.null) nullCount += 1;
    else nullBitmap[row >> 3] = (nullBitmap[row >> 3] ?? 0) | (1 << (row & 7));
  }
  return { length: rows, nullCount, nullBitmap: nullCount === 0 ? null : nullBitmap };
}

function booleanBits({ kinds, halves }: JsonColumn, rows: number): Uint8Array {
  const bits = new Uint8Array(Math.ceil(rows / 8));
  for (let row = 0; row < rows; row += 1) {
    if (kinds[row] !== kind.null && halves[2 * row] === 1) {
      bits[row >> 3] = (bits[row >> 3] ?? 0) | (1 << (row & 7));
    }
  }
  return bits;
}

function doubles(column: JsonColumn, rows: number): Float64Array {
  const { kinds, longs } = column;
  const values = column.doubles.slice(0, rows);
  for (let row = 0; row < rows; row += 1) {
    if (kinds[row] === kind.long) values[row] = Number(longs[row]);
    else if (kinds[row] === kind.big) values[row] = Number(column.textAt(row));
  }
  return values;
}

/** 128-bit two's complement, the low half first. */
function decimals(column: JsonColumn, rows: number): Uint32Array {
  const halves = new BigInt64Array(2 * rows);
  for (let row = 0; row < rows; row += 1) {
    const cell = column.kinds[row];
    if (cell === kind.null) continue;
    const value = cell === kind.long ? (column.longs[row] ?? 0n) : BigInt(column.textAt(row));
    halves[2 * row] = BigInt.asIntN(64, value);
    halves[2 * row + 1] = value >> 64n;
  }
  return new Uint32Array(halves.buffer);
}

/** Texts as they are, all else as Spark spells it. */
function texts(column: JsonColumn, rows: number, source: Uint8Array) {
  const { kinds, halves } = column;
  const valueOffsets = new Int32Array(rows + 1);
  let end = 0;
  let other = column.gaps;
  for (let row = 0; row < rows; row += 1) {
    if (kinds[row] === kind.text) end = halves[2 * row + 1] ?? end;
    else if (kinds[row] !== kind.null) other = true;
    valueOffsets[row + 1] = end;
  }
  if (!other) return { valueOffsets, data: column.text.subarray(0, end) };

  const spelled = new JsonColumn('');
  spelled.cover(rows);
  for (let row = 0; row < rows; row += 1) {
    if (kinds[row] === kind.text) {
      const begin = halves[2 * row] ?? 0;
      spelled.setBytes(row, kind.text, column.text, begin, halves[2 * row + 1] ?? begin);
    } else if (kinds[row] !== kind.null) {
      const bytes = encoder.encode(spellCell(column, row, source));
      spelled.setBytes(row, kind.text, bytes, 0, bytes.length);
    }
    valueOffsets[row + 1] = spelled.textLength;
  }
  return { valueOffsets, data: spelled.text.subarray(0, spelled.textLength) };
}

function listOffsets({ kinds, halves }: JsonColumn, rows: number): Int32Array {
  const offsets = new Int32Array(rows + 1);
  let end = 0;
  for (let row = 0; row < rows; row += 1) {
    if (kinds[row] === kind.list) end = halves[2 * row + 1] ?? end;
    offsets[row + 1] = end;
  }
  return offsets;
}
