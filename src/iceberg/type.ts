import type {
  ListType,
  MapType,
  NestedField,
  PrimitiveType,
  Schema,
  StructType,
  Type,
} from './table-metadata.ts';

/** Precision and scale of a decimal type. */
export interface DecimalType {
  precision: number;
  scale: number;
}

/** Whether a type is a primitive one. */
export function isPrimitive(type: Type): type is PrimitiveType {
  return typeof type === 'string';
}

/** Precision and scale of `decimal(P, S)`; `null` for any other type. */
export function parseDecimal(type: Type): DecimalType | null {
  const match = isPrimitive(type) && /^decimal\(\s*(\d+)\s*,\s*(\d+)\s*\)$/.exec(type);
  return match ? { precision: Number(match[1]), scale: Number(match[2]) } : null;
}

/** The length in bytes of `fixed[L]`; `null` for any other type. */
export function parseFixed(type: Type): number | null {
  const match = isPrimitive(type) && /^fixed\[\s*(\d+)\s*\]$/.exec(type);
  return match ? Number(match[1]) : null;
}

/** Whether a type is `geometry` or `geography`, whatever its coordinates: their values are WKB (spec, Appendix G). */
export function isGeospatial(type: Type): boolean {
  return isPrimitive(type) && /^geo(metry|graphy)\b/.test(type);
}

/** The bytes that a decimal of this precision needs at most, in two's complement (Java's `TypeUtil.decimalRequiredBytes`). */
export function decimalBytes(precision: number): number {
  let bytes = 1;
  for (const limit = 10n ** BigInt(precision); 1n << BigInt(8 * bytes - 1) < limit;) bytes += 1;
  return bytes;
}

const promotions: Record<string, readonly PrimitiveType[]> = {
  int: ['long'],
  float: ['double'],
  date: ['timestamp', 'timestamp_ns'],
};

/** Whether values of a type can be read as another's: the same, or one that a column may be promoted to (spec, "Schema Evolution"). */
export function isPromotion(from: PrimitiveType, to: PrimitiveType): boolean {
  if (from === 'unknown' || typeEquals(from, to)) return true;
  const [narrow, wide] = [parseDecimal(from), parseDecimal(to)];
  if (narrow && wide) return narrow.scale === wide.scale && narrow.precision <= wide.precision;
  return promotions[from]?.includes(to) ?? false;
}

/** A type as Java prints it, such as `struct<8: zone: optional int>`. */
export function typeText(type: Type): string {
  if (isPrimitive(type)) return canonical(type);
  if (type.type === 'list') return `list<${typeText(type.element)}>`;
  if (type.type === 'map') return `map<${typeText(type.key)}, ${typeText(type.value)}>`;
  return `struct<${type.fields.map(fieldText).join(', ')}>`;
}

function fieldText({ id, name, required, type, doc }: NestedField): string {
  const field = `${id}: ${name}: ${required ? 'required' : 'optional'} ${typeText(type)}`;
  return doc === undefined ? field : `${field} (${doc})`;
}

/** A schema as Java prints it: a line for each column, with a word on those that identify a row. */
export function schemaText({ fields, 'identifier-field-ids': identifiers = [] }: Schema): string {
  const lines = fields.map(
    (field) => `  ${fieldText(field)}${identifiers.includes(field.id) ? ' (id)' : ''}`,
  );
  return `table {\n${lines.join('\n')}\n}`;
}

/** Whether two types are the same, field ids, names, nullability and docs included. */
export function typeEquals(a: Type, b: Type): boolean {
  if (isPrimitive(a) || isPrimitive(b)) {
    return isPrimitive(a) && isPrimitive(b) && canonical(a) === canonical(b);
  }
  if (a.type === 'struct') return b.type === 'struct' && structEquals(a, b);
  if (a.type === 'list') return b.type === 'list' && listEquals(a, b);
  return b.type === 'map' && mapEquals(a, b);
}

/** A primitive type's name with the spec's spacing. */
function canonical(type: PrimitiveType): string {
  const decimal = parseDecimal(type);
  return decimal ? `decimal(${decimal.precision}, ${decimal.scale})` : type.replaceAll(' ', '');
}

function structEquals(a: StructType, b: StructType): boolean {
  return (
    a.fields.length === b.fields.length &&
    a.fields.every((field, index) => {
      const other = b.fields[index];
      return (
        other?.id === field.id &&
        field.name === other.name &&
        field.required === other.required &&
        field.doc === other.doc &&
        typeEquals(field.type, other.type)
      );
    })
  );
}

function listEquals(a: ListType, b: ListType): boolean {
  return (
    a['element-id'] === b['element-id'] &&
    a['element-required'] === b['element-required'] &&
    typeEquals(a.element, b.element)
  );
}

function mapEquals(a: MapType, b: MapType): boolean {
  return (
    a['key-id'] === b['key-id'] &&
    a['value-id'] === b['value-id'] &&
    a['value-required'] === b['value-required'] &&
    typeEquals(a.key, b.key) &&
    typeEquals(a.value, b.value)
  );
}
