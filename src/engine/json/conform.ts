import { type Data, DataType, type Field, type RecordBatch, RecordBatchReader } from 'apache-arrow';
import { IcejamError } from '../../error.ts';
import { arrowData, arrowStream } from '../arrow-columns.ts';
import type { Column } from '../types.ts';
import { JsonColumn, kind } from './column.ts';
import { type JsonField, type JsonType, typeText } from './json-type.ts';
import { parseColumns } from './unify.ts';

const encoder = new TextEncoder();
const noSource = new Uint8Array(0);

/**
 * A part with exactly these columns, as `unifyColumns` gives them for it and others: a column that it lacks is null,
 * narrower values are widened, and in a text column everything is spelled as Spark does. Of a struct that becomes text
 * the order of the members and those that were null are no longer known: they stand in name order, without nulls; and a
 * whole number that shares its part with fractions is spelled as one.
 * `ipc`: an Arrow IPC stream of one record batch; it is handed back if nothing is to be changed. Throws `Corrupt`.
 */
export function conformPart(ipc: Uint8Array, columns: readonly Column[]): Uint8Array {
  const batch = onlyBatch(ipc);
  const fields = parseColumns(columns);
  const stored = new Map(batch.schema.fields.map(({ name }, index) => [name, index]));
  const conformed = fields.map(({ name, type }) => {
    const data = batch.data.children[stored.get(name) ?? -1];
    return { name, data: conformData(data, type, batch.numRows) };
  });
  const isSame =
    stored.size === fields.length &&
    conformed.every(
      ({ name, data }, index) => stored.get(name) === index && data === batch.data.children[index],
    );
  return isSame ? ipc : arrowStream(conformed, batch.numRows);
}

function onlyBatch(ipc: Uint8Array): RecordBatch {
  const [batch, ...others] = RecordBatchReader.from(ipc);
  if (batch === undefined || others.length > 0) {
    throw new IcejamError('Corrupt', 'A part of a dropped file is not one record batch', {
      remedy: 'Drop the file again.',
    });
  }
  return batch;
}

function conformData(data: Data | undefined, type: JsonType, rows: number): Data {
  if (data !== undefined && typeText(jsonType(data.type)) === typeText(type)) return data;
  const column = new JsonColumn('');
  if (data !== undefined) fillColumn(column, data);
  return arrowData(column, type, rows, noSource);
}

/** The type of stored values. Throws `Corrupt` for one that JSON values never have. */
function jsonType(type: DataType): JsonType {
  if (DataType.isNull(type)) return { is: 'null' };
  if (DataType.isBool(type)) return { is: 'boolean' };
  if (DataType.isInt(type)) return { is: 'long' };
  if (DataType.isFloat(type)) return { is: 'double' };
  if (DataType.isUtf8(type)) return { is: 'string' };
  if (DataType.isDecimal(type)) return { is: 'decimal', precision: type.precision };
  if (DataType.isList(type)) return { is: 'list', element: jsonType(type.valueType as DataType) };
  if (DataType.isStruct(type)) {
    return { is: 'struct', fields: type.children.map(jsonField) };
  }
  throw new IcejamError('Corrupt', 'A part of a dropped file holds a type that JSON has not', {
    remedy: 'Drop the file again.',
  });
}

const jsonField = ({ name, type }: Field<DataType>): JsonField => ({ name, type: jsonType(type) });

/** Puts stored values into the cells of an empty column. */
function fillColumn(column: JsonColumn, data: Data): void {
  const type = jsonType(data.type);
  const rows = data.length;
  column.cover(rows);
  for (let row = 0; row < rows; row += 1) {
    if (type.is !== 'null' && data.getValid(row)) fillCell(column, row, type, data);
  }
  if (type.is === 'list') {
    const [elements] = data.children;
    if (elements !== undefined) fillColumn(column.elements(), elements);
    column.elements().length = elements?.length ?? 0;
  }
  if (type.is === 'struct') {
    for (const [index, { name }] of type.fields.entries()) {
      const member = column.members.columns[column.members.indexOf(name)];
      const values = data.children[index];
      if (member !== undefined && values !== undefined) fillColumn(member, values);
    }
  }
}

function fillCell(column: JsonColumn, row: number, type: JsonType, data: Data): void {
  const values = data.values as ArrayLike<unknown>;
  const offsets = data.valueOffsets as Int32Array | undefined;
  switch (type.is) {
    case 'boolean': {
      const bits = data.values as Uint8Array;
      column.setBoolean(row, ((bits[row >> 3] ?? 0) & (1 << (row & 7))) !== 0);
      break;
    }
    case 'long':
      column.setBigLong(row, values[row] as bigint);
      break;
    case 'double':
      column.setDouble(row, values[row] as number);
      break;
    case 'decimal': {
      const digits = encoder.encode(String(decimalAt(data.values as Uint32Array, row)));
      column.setBytes(row, kind.big, digits, 0, digits.length);
      break;
    }
    case 'string':
      column.setBytes(
        row,
        kind.text,
        data.values as Uint8Array,
        offsets?.[row] ?? 0,
        offsets?.[row + 1] ?? 0,
      );
      break;
    case 'struct':
      column.prepare(row, kind.struct);
      break;
    case 'list':
      column.prepare(row, kind.list);
      column.halves[2 * row] = offsets?.[row] ?? 0;
      column.halves[2 * row + 1] = offsets?.[row + 1] ?? 0;
      break;
    case 'null':
      break;
  }
}

/** An unscaled decimal, stored as 128-bit two's complement. */
function decimalAt(words: Uint32Array, row: number): bigint {
  let value = 0n;
  for (let word = 3; word >= 0; word -= 1)
    value = (value << 32n) | BigInt(words[4 * row + word] ?? 0);
  return BigInt.asIntN(128, value);
}
