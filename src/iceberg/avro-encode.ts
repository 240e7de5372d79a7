import { IcejamError } from '../error.ts';
import type { AvroOutput } from './avro-binary.ts';
import type { NestedField, PrimitiveType, Type } from './table-metadata.ts';
import { decimalBytes, isPrimitive, parseDecimal } from './type.ts';
import { encodeUnscaled, encodeUuid, representationOf } from './value.ts';

/** Writes one value of a type. Throws `IllegalArgument` where a required value is missing. */
export type Encoder = (output: AvroOutput, value: unknown) => void;

/**
 * The encoder for values of an Iceberg type under the schema that `toAvroSchema` makes of it. A struct is an object
 * by field name or an array by position, a list an array, a map a `Map`; numbers may stand for longs.
 */
export function encoderOf(type: Type): Encoder {
  if (isPrimitive(type)) return primitiveEncoder(type);
  switch (type.type) {
    case 'struct':
      return structEncoder(type.fields);
    case 'list': {
      const element = optional(!type['element-required'], 'element', encoderOf(type.element));
      return blockEncoder(Array.from, element);
    }
    case 'map': {
      const key = encoderOf(type.key);
      const value = optional(!type['value-required'], 'value', encoderOf(type.value));
      return blockEncoder(
        (map) => Array.from(map as Map<unknown, unknown>),
        (output, pair) => {
          const [left, right] = pair as [unknown, unknown];
          key(output, left);
          value(output, right);
        },
      );
    }
  }
}

function structEncoder(fields: readonly NestedField[]): Encoder {
  const encoders = fields.map((field) =>
    optional(!field.required, field.name, encoderOf(field.type)),
  );
  return (output, value) => {
    for (const [index, field] of fields.entries()) {
      const member = Array.isArray(value)
        ? (value[index] as unknown)
        : (value as Record<string, unknown>)[field.name];
      encoders[index]?.(output, member);
    }
  };
}

function optional(isOptional: boolean, name: string, encoder: Encoder): Encoder {
  if (isOptional) {
    return (output, value) => {
      const present = value !== null && value !== undefined;
      output.long(Number(present));
      if (present) encoder(output, value);
    };
  }
  return (output, value) => {
    if (value === null || value === undefined) {
      throw new IcejamError('IllegalArgument', `Missing required value: ${name}`);
    }
    encoder(output, value);
  };
}

function blockEncoder(itemsOf: (value: Iterable<unknown>) => unknown[], item: Encoder): Encoder {
  return (output, value) => {
    const items = itemsOf(value as Iterable<unknown>);
    if (items.length > 0) output.long(items.length);
    for (const one of items) item(output, one);
    output.long(0);
  };
}

function primitiveEncoder(type: PrimitiveType): Encoder {
  switch (representationOf(type)) {
    case 'boolean':
      return (output, value) => output.byte(Number(value));
    case 'int':
    case 'long':
      return (output, value) => output.long(value as number | bigint);
    case 'float':
      return (output, value) => output.float(value as number);
    case 'double':
      return (output, value) => output.double(value as number);
    case 'string':
      return (output, value) => output.string(value as string);
    case 'uuid':
      return (output, value) => output.raw(encodeUuid(value as string));
    case 'decimal': {
      const size = decimalBytes(parseDecimal(type)?.precision ?? 0);
      return (output, value) => output.raw(signExtend(encodeUnscaled(value as bigint), size));
    }
    case 'bytes':
      return type === 'binary'
        ? (output, value) => output.bytes(value as Uint8Array)
        : (output, value) => output.raw(value as Uint8Array);
    case undefined:
      throw new IcejamError('Unsupported', `Values of the type ${type} are not supported`);
  }
}

function signExtend(bytes: Uint8Array, size: number): Uint8Array {
  const extended = new Uint8Array(size).fill((bytes[0] ?? 0) > 0x7f ? 0xff : 0);
  extended.set(bytes, size - bytes.length);
  return extended;
}
