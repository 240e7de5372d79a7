import type { NestedField, Schema, Type } from '../iceberg/table-metadata.ts';
import { isGeospatial, isPrimitive, parseDecimal, parseFixed } from '../iceberg/type.ts';
import type { ScalarType, SqlType } from '../spark/sql-type.ts';

/** The Spark types of Iceberg's primitive ones; Spark has none of its own for UUIDs and times of day, which are text. */
const sqlTypes: Readonly<Record<string, ScalarType>> = {
  boolean: 'boolean',
  int: 'int',
  long: 'bigint',
  float: 'float',
  double: 'double',
  date: 'date',
  time: 'string',
  timestamp: 'timestamp_ntz',
  timestamptz: 'timestamp',
  timestamp_ns: 'timestamp_ns',
  timestamptz_ns: 'timestamptz_ns',
  string: 'string',
  uuid: 'string',
  binary: 'binary',
  unknown: 'void',
};

/** The type that a column of a table has in Spark SQL; `undefined` where Spark has none. */
function sqlTypeOf(type: Type): SqlType | undefined {
  if (isPrimitive(type)) {
    const decimal = parseDecimal(type);
    if (decimal !== null) return { kind: 'decimal', ...decimal };
    return isGeospatial(type) || parseFixed(type) !== null ? 'binary' : sqlTypes[type];
  }
  switch (type.type) {
    case 'list': {
      const element = sqlTypeOf(type.element);
      return element && { kind: 'array', element };
    }
    case 'map': {
      const [key, value] = [sqlTypeOf(type.key), sqlTypeOf(type.value)];
      return key && value && { kind: 'map', key, value };
    }
    case 'struct': {
      const fields = type.fields.flatMap(({ name, type: own }) => {
        const member = sqlTypeOf(own);
        return member === undefined ? [] : [{ name, type: member }];
      });
      return fields.length < type.fields.length ? undefined : { kind: 'struct', fields };
    }
  }
}

/** The Spark types of a schema's columns by their names; none without a schema. */
export function sqlTypesOf(schema: Schema | null): ReadonlyMap<string, SqlType> {
  const types = (schema?.fields ?? []).flatMap(({ name, type }): [string, SqlType][] => {
    const own = sqlTypeOf(type);
    return own === undefined ? [] : [[name, own]];
  });
  return new Map(types);
}

const tableTypes: Readonly<Record<ScalarType, string>> = {
  void: 'unknown',
  boolean: 'boolean',
  tinyint: 'int',
  smallint: 'int',
  int: 'int',
  bigint: 'long',
  float: 'float',
  double: 'double',
  string: 'string',
  binary: 'binary',
  date: 'date',
  timestamp: 'timestamptz',
  timestamp_ntz: 'timestamp',
  timestamp_ns: 'timestamp_ns',
  timestamptz_ns: 'timestamptz_ns',
  interval: 'interval',
};

/**
 * The type of a table's column that holds the values of a type of Spark SQL, as Spark makes it; all in it is optional
 * and has the field id 0. NULL's own type is `unknown`; `interval` is none of Iceberg's.
 */
export function tableType(type: SqlType): Type {
  if (typeof type === 'string') return tableTypes[type];
  switch (type.kind) {
    case 'decimal':
      return `decimal(${type.precision}, ${type.scale})`;
    case 'array':
      return {
        type: 'list',
        'element-id': 0,
        'element-required': false,
        element: tableType(type.element),
      };
    case 'map':
      return {
        type: 'map',
        'key-id': 0,
        key: tableType(type.key),
        'value-id': 0,
        'value-required': false,
        value: tableType(type.value),
      };
    case 'struct': {
      const fields = type.fields.map((field): NestedField => {
        return { id: 0, name: field.name, required: false, type: tableType(field.type) };
      });
      return { type: 'struct', fields };
    }
  }
}
