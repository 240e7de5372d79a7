import { IcejamError, type SourceRange } from '../error.ts';
import type { PrimitiveType, Type } from '../iceberg/table-metadata.ts';

/** Names of types as DataOS and Spark spell them, where Iceberg spells them otherwise. */
const synonyms: Record<string, string> = {
  integer: 'int',
  bigint: 'long',
  timestamp_without_zone: 'timestamp',
  timestamp_with_zone: 'timestamptz',
};

const plainTypes =
  'boolean int long float double date time timestamp timestamptz timestamp_ns timestamptz_ns string uuid binary'.split(
    ' ',
  );

/** The flags of a command that name a type. */
export interface TypeFlags {
  type?: string;
  precision?: string;
  scale?: string;
  keyType?: string;
  valueType?: string;
}

/**
 * The type that a tool's flags name: a primitive one, `decimal` with its precision and scale, `list` with its
 * `valueType` or `map` with both sides. Field ids in it are 0. Throws `IllegalArgument` for what is none.
 */
export function columnType(flags: TypeFlags, range: SourceRange): Type {
  const { type = '', keyType, valueType } = flags;
  switch (type.toLowerCase()) {
    case 'list':
      return {
        type: 'list',
        'element-id': 0,
        'element-required': false,
        element: side('valueType', valueType, range),
      };
    case 'map':
      return {
        type: 'map',
        'key-id': 0,
        key: side('keyType', keyType, range),
        'value-id': 0,
        'value-required': false,
        value: side('valueType', valueType, range),
      };
    default:
      return primitiveType(flags, range);
  }
}

/** The primitive type that a tool's flags name. Throws `IllegalArgument` for what is none. */
export function primitiveType(
  { type = '', precision, scale = '1' }: TypeFlags,
  range: SourceRange,
): PrimitiveType {
  const lower = type.trim().toLowerCase();
  const name = synonyms[lower] ?? lower;
  if (plainTypes.includes(name) || /^fixed\[[1-9]\d*\]$/.test(name)) return name;
  const text =
    name === 'decimal' && precision !== undefined ? `decimal(${precision},${scale})` : name;
  const [, digits, fraction] = /^decimal\((\d+),\s*(\d+)\)$/.exec(text) ?? [];
  const isDecimal =
    Number(digits) >= 1 && Number(digits) <= 38 && Number(fraction) <= Number(digits);
  if (isDecimal) return `decimal(${digits ?? ''}, ${fraction ?? ''})`;
  throw new IcejamError('IllegalArgument', `Cannot parse type string to primitive: ${text}`, {
    range,
    remedy: `Use ${plainTypes.join(', ')}, fixed[16], or decimal with --precision and --scale.`,
  });
}

function side(flag: string, type: string | undefined, range: SourceRange): PrimitiveType {
  if (type !== undefined) return primitiveType({ type }, range);
  throw new IcejamError('IllegalArgument', `This type needs the flag --${flag}.`, {
    range,
    remedy: `Add --${flag} and a primitive type, such as string.`,
  });
}
