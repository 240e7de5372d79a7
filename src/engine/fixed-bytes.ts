import {
  type Data,
  DataType,
  FixedSizeBinary,
  Int8,
  makeData,
  RecordBatch,
  RecordBatchReader,
  type Schema as ArrowSchema,
  Struct,
  Table,
  tableToIPC,
} from 'apache-arrow';
import { IcejamError } from '../error.ts';
import { fieldsOf } from '../iceberg/schema.ts';
import type { NestedField, Schema, Type } from '../iceberg/table-metadata.ts';
import { isPrimitive, parseFixed } from '../iceberg/type.ts';
import { encodeUuid } from '../iceberg/value.ts';

/** Whether rows of a schema have values of a fixed length in bytes, for which DuckDB has no type. */
export function hasFixedBytes(schema: Schema): boolean {
  return [...fieldsOf(schema)].some(
    ({ field: { type } }) => type === 'uuid' || parseFixed(type) !== null,
  );
}

/** The schema of the rows as DuckDB gives them: UUIDs as text, fixed bytes as bytes of any length. */
export function engineSchema(schema: Schema): Schema {
  return { ...schema, fields: schema.fields.map(engineField) };
}

function engineField(field: NestedField): NestedField {
  return { ...field, type: engineType(field.type) };
}

function engineType(type: Type): Type {
  if (type === 'uuid') return 'string';
  if (isPrimitive(type)) return parseFixed(type) === null ? type : 'binary';
  switch (type.type) {
    case 'struct':
      return { ...type, fields: type.fields.map(engineField) };
    case 'list':
      return { ...type, element: engineType(type.element) };
    case 'map':
      return { ...type, key: engineType(type.key), value: engineType(type.value) };
  }
}

/**
 * A stream with the types of `schema`: the texts of UUIDs and bytes of any length become bytes of the length that they
 * must have; all else has the layout of its type already. Throws `SqlInvalid` for bytes of another length.
 */
export function withFixedBytes(stream: Uint8Array, schema: ArrowSchema): Uint8Array {
  const type = new Struct(schema.fields);
  const batches = [...RecordBatchReader.from(stream)].map(({ data }) => {
    const children = data.children.map((child, index) =>
      refit(child, type.children[index]?.type as DataType | undefined),
    );
    return new RecordBatch(
      schema,
      makeData({ type, length: data.length, nullCount: 0, nullBitmap: null, children }),
    );
  });
  return tableToIPC(new Table(schema, batches), 'stream');
}

function refit(data: Data, type: DataType | undefined): Data {
  if (type === undefined) return data;
  if (type instanceof FixedSizeBinary) return fixedBytes(data, type);
  if (DataType.isBool(type) && data.length > 0 && data.nullCount >= data.length) {
    return allNull(data);
  }
  const children = (type.children as { type: DataType }[] | null) ?? [];
  return data.clone(
    type,
    data.offset,
    data.length,
    data.nullCount,
    data.buffers,
    data.children.map((child, index) => refit(child, children[index]?.type)),
  );
}

/**
 * Booleans that are all null, with more room than bits would take: of bits Arrow's writer leaves the values out, and
 * the Parquet writer wants them.
 */
function allNull({ length, nullCount, nullBitmap }: Data): Data {
  return makeData({ type: new Int8(), length, nullCount, nullBitmap, data: new Int8Array(length) });
}

function fixedBytes(data: Data, type: FixedSizeBinary): Data {
  const { byteWidth } = type;
  const offsets = data.valueOffsets as Int32Array;
  const bytes = new Uint8Array(byteWidth * data.length);
  const ascii = new TextDecoder();
  const isText = DataType.isUtf8(data.type);
  for (let row = 0; row < data.length; row += 1) {
    if (!data.getValid(row)) continue;
    const stored = (data.values as Uint8Array).subarray(offsets[row], offsets[row + 1]);
    const value = isText ? encodeUuid(ascii.decode(stored)) : stored;
    if (value.length !== byteWidth) {
      throw new IcejamError(
        'SqlInvalid',
        `Cannot write ${value.length} bytes into a column of the type fixed[${byteWidth}]`,
        { remedy: `Give exactly ${byteWidth} bytes.` },
      );
    }
    bytes.set(value, byteWidth * row);
  }
  const { length, nullCount, nullBitmap } = data;
  return makeData({ type, length, nullCount, nullBitmap, data: bytes });
}
