import { IcejamError } from '../error.ts';
import type { AvroInput } from './avro-binary.ts';
import type { AvroField, AvroObject, AvroSchema } from './avro-schema.ts';
import { childrenOf } from './schema.ts';
import type { MapType, NestedField, PrimitiveType, StructType, Type } from './table-metadata.ts';
import { isPrimitive } from './type.ts';
import { decodeUnscaled, decodeUuid, representationOf } from './value.ts';

/** Reads one value. */
export type Decoder = (input: AvroInput) => unknown;

/**
 * The decoder for the values of a file's schema as an Iceberg struct. Fields are found by id, or by name where a
 * file has no ids; those of the file that are not asked for are skipped, optional ones that it lacks are null, and
 * `int` and `float` are widened. A struct becomes an object by field name, a list an array, a map a `Map`, a long a
 * bigint; a primitive that is expected as `unknown` keeps the type it has in the file.
 * Throws `Corrupt` for a missing required field or a type that does not fit; so do the decoders for a missing value.
 */
export function decoderOf(schema: AvroSchema, expected: StructType): Decoder {
  return new Resolution().decoder(schema, expected);
}

/** Named types of one schema: a later use of a name stands for its definition. */
class Resolution {
  readonly #named = new Map<string, AvroObject>();

  /** Without an expected type the value is read only to get past it. */
  decoder(schema: AvroSchema, expected?: Type): Decoder {
    if (Array.isArray(schema)) return this.#union(schema, expected);
    const object = this.#object(schema);
    if (Array.isArray(object.type)) return this.#union(object.type, expected);
    if (typeof object.type === 'object') return this.decoder(object.type, expected);
    switch (object.type) {
      case 'record':
        return this.#record(object, expected);
      case 'array':
        return this.#array(object, expected);
      case 'map':
        return this.#map(object, expected);
      default:
        if (expected !== undefined && !isPrimitive(expected)) throw unreadable(object, expected);
        return primitiveDecoder(object, expected);
    }
  }

  #object(schema: string | AvroObject): AvroObject {
    if (typeof schema === 'string') return this.#named.get(schema) ?? { type: schema };
    if (schema.name !== undefined) {
      this.#named.set(schema.name, schema);
      if (schema.namespace) this.#named.set(`${schema.namespace}.${schema.name}`, schema);
    }
    return schema;
  }

  #union(branches: AvroSchema[], expected?: Type): Decoder {
    const decoders = branches.map((branch) =>
      branch === 'null' ? () => null : this.decoder(branch, expected),
    );
    return (input) => {
      const index = input.int();
      const decoder = decoders[index];
      if (!decoder) throw new IcejamError('Corrupt', `An Avro union has no branch ${index}`);
      return decoder(input);
    };
  }

  #record(schema: AvroObject, expected?: Type): Decoder {
    if (expected !== undefined && (isPrimitive(expected) || expected.type !== 'struct')) {
      throw unreadable(schema, expected);
    }
    const wanted = expected?.fields ?? [];
    const found = new Set<NestedField>();
    const steps = (schema.fields ?? []).map((field) => {
      const target = wanted.find((candidate) => isSame(field, candidate));
      if (target) found.add(target);
      return { target, decode: this.decoder(field.type, target?.type) };
    });
    for (const field of wanted) {
      if (field.required && !found.has(field)) {
        throw new IcejamError('Corrupt', `Missing required field: ${field.name}`);
      }
    }
    const absent = wanted.filter((field) => !found.has(field));
    return (input) => {
      const record: Record<string, unknown> = {};
      for (const field of absent) record[field.name] = null;
      for (const { target, decode } of steps) {
        const value = decode(input);
        if (!target) continue;
        if (value === null && target.required) {
          throw new IcejamError('Corrupt', `Required field is null: ${target.name}`);
        }
        record[target.name] = value;
      }
      return record;
    };
  }

  #array(schema: AvroObject, expected?: Type): Decoder {
    const items = schema.items ?? 'null';
    if (expected !== undefined && !isPrimitive(expected) && expected.type === 'map') {
      return this.#pairs(items, expected);
    }
    if (expected !== undefined && (isPrimitive(expected) || expected.type !== 'list')) {
      throw unreadable(schema, expected);
    }
    const decode = this.decoder(items, expected?.element);
    return (input) => {
      const list: unknown[] = [];
      input.blocks(() => list.push(decode(input)));
      return list;
    };
  }

  /** A map whose keys are not text is an array of pairs (spec, Appendix A). */
  #pairs(items: AvroSchema, expected: MapType): Decoder {
    const decode = this.decoder(items, { type: 'struct', fields: childrenOf(expected) });
    return (input) => {
      const map = new Map<unknown, unknown>();
      input.blocks(() => {
        const { key, value } = decode(input) as { key: unknown; value: unknown };
        map.set(key, value);
      });
      return map;
    };
  }

  #map(schema: AvroObject, expected?: Type): Decoder {
    if (expected !== undefined && (isPrimitive(expected) || expected.type !== 'map')) {
      throw unreadable(schema, expected);
    }
    const decode = this.decoder(schema.values ?? 'null', expected?.value);
    return (input) => {
      const map = new Map<string, unknown>();
      input.blocks(() => {
        const key = input.string();
        map.set(key, decode(input));
      });
      return map;
    };
  }
}

function isSame(field: AvroField, expected: NestedField): boolean {
  if (field['field-id'] !== undefined) return field['field-id'] === expected.id;
  return (field['iceberg-field-name'] ?? field.name) === expected.name;
}

function primitiveDecoder(schema: AvroObject, expected?: PrimitiveType): Decoder {
  const wanted = expected === undefined ? undefined : representationOf(expected);
  const fits = (...representations: unknown[]): void => {
    if (wanted !== undefined && !representations.includes(wanted))
      throw unreadable(schema, expected);
  };
  switch (schema.type) {
    case 'null':
      return () => null;
    case 'boolean':
      fits('boolean');
      return (input) => input.byte() !== 0;
    case 'int':
      fits('int', 'long');
      return wanted === 'long' ? (input) => input.long() : (input) => input.int();
    case 'long':
      fits('int', 'long');
      return wanted === 'int' ? (input) => input.int() : (input) => input.long();
    case 'float':
      fits('float', 'double');
      return (input) => input.float();
    case 'double':
      fits('double');
      return (input) => input.double();
    case 'string':
      fits('string', 'uuid');
      return (input) => input.string();
    case 'bytes':
      fits('bytes', 'decimal');
      return bytesDecoder(schema, wanted, (input) => input.bytes());
    case 'fixed': {
      fits('bytes', 'decimal', 'uuid');
      const size = schema.size ?? 0;
      return bytesDecoder(schema, wanted, (input) => input.raw(size));
    }
    case 'enum':
      fits('string');
      return (input) => schema.symbols?.[input.int()] ?? null;
    default:
      throw new IcejamError('Corrupt', `Unknown Avro type: ${JSON.stringify(schema.type)}`);
  }
}

function bytesDecoder(
  schema: AvroObject,
  wanted: unknown,
  read: (input: AvroInput) => Uint8Array,
): Decoder {
  const kind = wanted ?? schema.logicalType;
  if (kind === 'decimal') return (input) => decodeUnscaled(read(input));
  if (kind === 'uuid') return (input) => decodeUuid(read(input));
  return read;
}

function unreadable(schema: AvroObject, expected: Type | undefined): IcejamError {
  const wanted = JSON.stringify(expected);
  return new IcejamError(
    'Corrupt',
    `Avro ${JSON.stringify(schema.type)} cannot be read as ${wanted}`,
  );
}
