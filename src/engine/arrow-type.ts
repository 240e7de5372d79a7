import {
  Binary,
  Bool,
  type DataType,
  DateDay,
  Decimal,
  Field,
  FixedSizeBinary,
  Float32,
  Float64,
  Int32,
  Int64,
  List,
  Map_,
  Schema as ArrowSchema,
  Struct,
  TimeMicrosecond,
  TimestampMicrosecond,
  TimestampNanosecond,
  Utf8,
} from 'apache-arrow';
import { IcejamError } from '../error.ts';
import { childrenOf } from '../iceberg/schema.ts';
import type { NestedField, Schema, Type as IcebergType } from '../iceberg/table-metadata.ts';
import { isPrimitive, parseDecimal, parseFixed } from '../iceberg/type.ts';

/** The key of the Arrow metadata that parquet-wasm takes field ids from, and gives them back in. */
const fieldIdKey = 'PARQUET:field_id';

/** The id that a Parquet file gave a column; `undefined` if it gave none. */
export function fieldId(field: Field): number | undefined {
  const id = field.metadata.get(fieldIdKey);
  return id === undefined ? undefined : Number(id);
}

/**
 * The Arrow schema under which parquet-wasm writes the Parquet schema that Iceberg wants: field ids on every node,
 * REQUIRED where required, and UTC for `timestamptz` only. Throws `Unsupported` for types without a Parquet form here.
 */
export function arrowSchema(schema: Schema): ArrowSchema {
  return new ArrowSchema(schema.fields.map(arrowField));
}

function arrowField(field: NestedField): Field {
  const metadata = new Map([[fieldIdKey, String(field.id)]]);
  return new Field(field.name, arrowType(field.type), !field.required, metadata);
}

/** Members keep the names that Parquet's three-level lists and maps demand. */
function arrowType(type: IcebergType): DataType {
  if (isPrimitive(type)) return primitive(type);
  const children = childrenOf(type).map(arrowField);
  const [first] = children;
  if (type.type === 'struct') return new Struct(children);
  if (type.type === 'list' && first) return new List(first);
  const entries = new Field('key_value', new Struct(children), false);
  const map = new Map_(entries as Field<Struct<{ key: DataType; value: DataType }>>);
  // Arrow renames the entries to its own `entries`; Parquet's name for them is another.
  Object.assign(entries, { name: 'key_value' });
  return map;
}

function primitive(type: string): DataType {
  const decimal = parseDecimal(type);
  if (decimal) return new Decimal(decimal.scale, decimal.precision, 128);
  const length = parseFixed(type);
  if (length !== null) return new FixedSizeBinary(length);
  switch (type) {
    case 'uuid':
      return new FixedSizeBinary(16);
    case 'boolean':
      return new Bool();
    case 'int':
      return new Int32();
    case 'long':
      return new Int64();
    case 'float':
      return new Float32();
    case 'double':
      return new Float64();
    case 'date':
      return new DateDay();
    case 'time':
      return new TimeMicrosecond();
    case 'timestamp':
      return new TimestampMicrosecond();
    case 'timestamptz':
      return new TimestampMicrosecond('UTC');
    case 'timestamp_ns':
      return new TimestampNanosecond();
    case 'timestamptz_ns':
      return new TimestampNanosecond('UTC');
    case 'string':
      return new Utf8();
    case 'binary':
      return new Binary();
    default:
      throw new IcejamError(
        'Unsupported',
        `Parquet files with columns of the type ${type} cannot be written here`,
      );
  }
}
