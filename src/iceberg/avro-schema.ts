import { IcejamError } from '../error.ts';
import type { NestedField, PrimitiveType, StructType, Type } from './table-metadata.ts';
import { decimalBytes, isPrimitive, parseDecimal, parseFixed } from './type.ts';

/** A schema of Avro 1.12: a name, a union, or an object; unknown attributes are kept. */
export type AvroSchema = string | AvroSchema[] | AvroObject;

/** A schema in its object form. */
export interface AvroObject {
  type: AvroSchema;
  name?: string;
  namespace?: string;
  fields?: AvroField[];
  items?: AvroSchema;
  values?: AvroSchema;
  symbols?: string[];
  size?: number;
  logicalType?: string;
  precision?: number;
  scale?: number;
  'adjust-to-utc'?: boolean;
  'element-id'?: number;
  'key-id'?: number;
  'value-id'?: number;
}

/** A field of a record. */
export interface AvroField {
  name: string;
  type: AvroSchema;
  doc?: string | undefined;
  default?: null;
  'iceberg-field-name'?: string;
  'field-id'?: number;
}

const logicalTypes: Record<string, AvroSchema> = {
  boolean: 'boolean',
  int: 'int',
  long: 'long',
  float: 'float',
  double: 'double',
  string: 'string',
  binary: 'bytes',
  date: { type: 'int', logicalType: 'date' },
  time: { type: 'long', logicalType: 'time-micros' },
  timestamp: { type: 'long', logicalType: 'timestamp-micros', 'adjust-to-utc': false },
  timestamptz: { type: 'long', logicalType: 'timestamp-micros', 'adjust-to-utc': true },
  timestamp_ns: { type: 'long', logicalType: 'timestamp-nanos', 'adjust-to-utc': false },
  timestamptz_ns: { type: 'long', logicalType: 'timestamp-nanos', 'adjust-to-utc': true },
};

/**
 * The Avro schema of a struct as Java Iceberg writes it (`TypeToSchema`; spec, Appendix A): field ids on everything,
 * null first in unions, maps with other than text keys as arrays of pairs, invalid names sanitised.
 * Throws `Unsupported` for a type that has no Avro form here.
 */
export function toAvroSchema(struct: StructType, name: string): AvroSchema {
  const defined = new Set<string>();

  function record(type: StructType, recordName: string): AvroSchema {
    return { type: 'record', name: recordName, fields: type.fields.map(fieldOf) };
  }

  function fieldOf(field: NestedField): AvroField {
    const avroName = sanitize(field.name);
    return {
      name: avroName,
      type: optional(!field.required, schemaOf(field.type, field.id)),
      doc: field.doc,
      ...(field.required ? {} : { default: null }),
      ...(avroName === field.name ? {} : { 'iceberg-field-name': field.name }),
      'field-id': field.id,
    };
  }

  function schemaOf(type: Type, id: number): AvroSchema {
    if (isPrimitive(type)) return primitive(type);
    if (type.type === 'struct') return record(type, `r${id}`);
    if (type.type === 'list') {
      const element = schemaOf(type.element, type['element-id']);
      return {
        type: 'array',
        items: optional(!type['element-required'], element),
        'element-id': type['element-id'],
      };
    }
    const value = optional(!type['value-required'], schemaOf(type.value, type['value-id']));
    const ids = { 'key-id': type['key-id'], 'value-id': type['value-id'] };
    if (type.key === 'string') return { type: 'map', values: value, ...ids };
    const pair: AvroField[] = [
      { name: 'key', type: schemaOf(type.key, type['key-id']), 'field-id': type['key-id'] },
      { name: 'value', type: value, 'field-id': type['value-id'] },
    ];
    const pairName = `k${type['key-id']}_v${type['value-id']}`;
    const items: AvroSchema = { type: 'record', name: pairName, fields: pair };
    return { type: 'array', items, logicalType: 'map' };
  }

  function primitive(type: PrimitiveType): AvroSchema {
    const decimal = parseDecimal(type);
    if (decimal) {
      const { precision, scale } = decimal;
      return once({
        type: 'fixed',
        name: `decimal_${precision}_${scale}`,
        size: decimalBytes(precision),
        logicalType: 'decimal',
        precision,
        scale,
      });
    }
    const length = parseFixed(type);
    if (length !== null) return once({ type: 'fixed', name: `fixed_${length}`, size: length });
    if (type === 'uuid') {
      return once({ type: 'fixed', name: 'uuid_fixed', size: 16, logicalType: 'uuid' });
    }
    const schema = logicalTypes[type];
    if (schema === undefined) {
      throw new IcejamError('Unsupported', `Values of the type ${type} are not supported`);
    }
    return schema;
  }

  /** Avro lets a named type be defined only once: after that its name stands for it. */
  function once(schema: AvroObject & { name: string }): AvroSchema {
    if (defined.has(schema.name)) return schema.name;
    defined.add(schema.name);
    return schema;
  }

  return record(struct, name);
}

function optional(isOptional: boolean, schema: AvroSchema): AvroSchema {
  return isOptional ? ['null', schema] : schema;
}

/** A name that Avro accepts (Java's `AvroSchemaUtil.makeCompatibleName`): `a.b` becomes `a_x2Eb`, `1st` `_1st`. */
export function sanitize(name: string): string {
  // By UTF-16 unit, as Java does it.
  return name
    .split('')
    .map((char, index) => {
      if (/[\p{L}_]/u.test(char) || (index > 0 && /\p{Nd}/u.test(char))) return char;
      if (/\p{Nd}/u.test(char)) return `_${char}`;
      return `_x${char.charCodeAt(0).toString(16).toUpperCase()}`;
    })
    .join('');
}
