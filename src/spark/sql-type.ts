/** A type of Spark SQL. Scalars are their names. */
export type SqlType =
  | ScalarType
  | { kind: 'decimal'; precision: number; scale: number }
  | { kind: 'array'; element: SqlType }
  | { kind: 'map'; key: SqlType; value: SqlType }
  | { kind: 'struct'; fields: { name: string; type: SqlType }[] };

/**
 * The scalar types; `void` is the type of NULL. A `timestamp` is an instant, `timestamp_ntz` has no zone. Iceberg's
 * two in nanoseconds are unknown to Spark.
 */
export type ScalarType =
  | 'void'
  | 'boolean'
  | 'tinyint'
  | 'smallint'
  | 'int'
  | 'bigint'
  | 'float'
  | 'double'
  | 'string'
  | 'binary'
  | 'date'
  | 'timestamp'
  | 'timestamp_ntz'
  | 'timestamp_ns'
  | 'timestamptz_ns'
  | 'interval';

const integers: readonly SqlType[] = ['tinyint', 'smallint', 'int', 'bigint'];
const fractions: readonly SqlType[] = ['float', 'double'];

/** Whether a type is a whole number. */
export function isInteger(type: SqlType | undefined): boolean {
  return type !== undefined && integers.includes(type);
}

/** Whether a type is a number. */
export function isNumeric(type: SqlType | undefined): boolean {
  if (typeof type === 'object') return type.kind === 'decimal';
  return type !== undefined && (integers.includes(type) || fractions.includes(type));
}

/** Whether a type is a decimal. */
export function isDecimal(
  type: SqlType | undefined,
): type is Extract<SqlType, { kind: 'decimal' }> {
  return typeof type === 'object' && type.kind === 'decimal';
}

/** Whether a type is a point in time, with a zone or without. */
export function isTimestamp(type: SqlType | undefined): boolean {
  return typeof type === 'string' && type.startsWith('timestamp');
}

/** The type as Spark prints it, such as `array<string>`. */
export function sparkText(type: SqlType): string {
  if (typeof type === 'string') return type;
  switch (type.kind) {
    case 'decimal':
      return `decimal(${String(type.precision)},${String(type.scale)})`;
    case 'array':
      return `array<${sparkText(type.element)}>`;
    case 'map':
      return `map<${sparkText(type.key)},${sparkText(type.value)}>`;
    case 'struct':
      return `struct<${type.fields.map((f) => `${f.name}:${sparkText(f.type)}`).join(',')}>`;
  }
}

/** The type as SQL writes it (Spark's `DataType.sql`), such as `ARRAY<STRING>`. */
export function sqlText(type: SqlType): string {
  if (typeof type === 'string') return type.toUpperCase();
  switch (type.kind) {
    case 'decimal':
      return `DECIMAL(${String(type.precision)},${String(type.scale)})`;
    case 'array':
      return `ARRAY<${sqlText(type.element)}>`;
    case 'map':
      return `MAP<${sqlText(type.key)}, ${sqlText(type.value)}>`;
    case 'struct':
      return `STRUCT<${type.fields.map((f) => `${f.name}: ${sqlText(f.type)}`).join(', ')}>`;
  }
}

const duckdbNames: Readonly<Record<ScalarType, string>> = {
  void: 'VARCHAR',
  boolean: 'BOOLEAN',
  tinyint: 'TINYINT',
  smallint: 'SMALLINT',
  int: 'INTEGER',
  bigint: 'BIGINT',
  float: 'FLOAT',
  double: 'DOUBLE',
  string: 'VARCHAR',
  binary: 'BLOB',
  date: 'DATE',
  // Instants are kept as naive timestamps in UTC: without ICU, DuckDB computes nothing with zones.
  timestamp: 'TIMESTAMP',
  timestamp_ntz: 'TIMESTAMP',
  timestamp_ns: 'TIMESTAMP_NS',
  timestamptz_ns: 'TIMESTAMP_NS',
  interval: 'INTERVAL',
};

/** The DuckDB type that values of a type have here. */
export function duckdbText(type: SqlType): string {
  if (typeof type === 'string') return duckdbNames[type];
  switch (type.kind) {
    case 'decimal':
      return `DECIMAL(${String(type.precision)}, ${String(type.scale)})`;
    case 'array':
      return `${duckdbText(type.element)}[]`;
    case 'map':
      return `MAP(${duckdbText(type.key)}, ${duckdbText(type.value)})`;
    case 'struct': {
      const fields = type.fields.map(
        (f) => `"${f.name.replaceAll('"', '""')}" ${duckdbText(f.type)}`,
      );
      return `STRUCT(${fields.join(', ')})`;
    }
  }
}

const scalarsOfDuckdb: Readonly<Record<string, ScalarType>> = {
  BOOLEAN: 'boolean',
  TINYINT: 'tinyint',
  SMALLINT: 'smallint',
  INTEGER: 'int',
  BIGINT: 'bigint',
  UTINYINT: 'smallint',
  USMALLINT: 'int',
  UINTEGER: 'bigint',
  UBIGINT: 'bigint',
  HUGEINT: 'bigint',
  UHUGEINT: 'bigint',
  FLOAT: 'float',
  DOUBLE: 'double',
  VARCHAR: 'string',
  UUID: 'string',
  TIME: 'string',
  BLOB: 'binary',
  DATE: 'date',
  TIMESTAMP: 'timestamp',
  TIMESTAMP_S: 'timestamp',
  TIMESTAMP_MS: 'timestamp',
  TIMESTAMP_NS: 'timestamp',
  'TIMESTAMP WITH TIME ZONE': 'timestamp',
  INTERVAL: 'interval',
  '"NULL"': 'void',
};

/** The Spark type of a column whose DuckDB type DESCRIBE prints; `undefined` where there is none. */
export function typeOfDuckdb(text: string): SqlType | undefined {
  const scalar = scalarsOfDuckdb[text];
  if (scalar !== undefined) return scalar;
  if (text.endsWith(']')) {
    const element = typeOfDuckdb(text.slice(0, text.lastIndexOf('[')));
    return element === undefined ? undefined : { kind: 'array', element };
  }
  const [, head, inner = ''] = /^([A-Z]+)\((.*)\)$/s.exec(text) ?? [];
  const parts = splitTopLevel(inner);
  if (head === 'DECIMAL') {
    return { kind: 'decimal', precision: Number(parts[0]), scale: Number(parts[1]) };
  }
  if (head === 'ENUM') return 'string';
  if (head === 'MAP') {
    const [key, value] = parts.map(typeOfDuckdb);
    return key === undefined || value === undefined ? undefined : { kind: 'map', key, value };
  }
  if (head !== 'STRUCT') return undefined;
  const fields = parts.map((part) => {
    const [, quoted, plain, rest = ''] = /^(?:"((?:[^"]|"")*)"|(\S+)) (.*)$/s.exec(part) ?? [];
    return { name: quoted?.replaceAll('""', '"') ?? plain ?? '', type: typeOfDuckdb(rest) };
  });
  const known = fields.flatMap(({ name, type }) => (type === undefined ? [] : [{ name, type }]));
  return known.length < fields.length ? undefined : { kind: 'struct', fields: known };
}

/** Splits at the commas that stand in no bracket and no quotes. */
function splitTopLevel(text: string): string[] {
  const parts = [''];
  let depth = 0;
  let quoted = false;
  for (const character of text) {
    if (character === '"') quoted = !quoted;
    if (!quoted && '(['.includes(character)) depth += 1;
    if (!quoted && ')]'.includes(character)) depth -= 1;
    if (character === ',' && depth === 0 && !quoted) parts.push('');
    else parts.push((parts.pop() ?? '') + character);
  }
  return parts.map((part) => part.trim());
}

/**
 * The type to which two types are brought when they must be one, as Spark's `TypeCoercion.findWiderTypeForTwo` does
 * for numbers, dates and text; `undefined` if it is not known.
 */
export function widerType(a: SqlType | undefined, b: SqlType | undefined): SqlType | undefined {
  if (a === undefined || b === undefined) return undefined;
  if (a === 'void') return b;
  if (b === 'void') return a;
  if (sparkText(a) === sparkText(b)) return a;
  if (isNumeric(a) && isNumeric(b)) return widerNumber(a, b);
  if (a === 'date' && isTimestamp(b)) return b;
  if (isTimestamp(a) && b === 'date') return a;
  if (isTimestamp(a) && isTimestamp(b)) return 'timestamp';
  return a === 'string' || b === 'string' ? 'string' : undefined;
}

const digitsOf: Readonly<Record<string, number>> = { tinyint: 3, smallint: 5, int: 10, bigint: 20 };

function widerNumber(a: SqlType, b: SqlType): SqlType {
  if (isDecimal(a) || isDecimal(b)) {
    if (fractions.includes(a) || fractions.includes(b)) return 'double';
    const [one, other] = [asDecimal(a), asDecimal(b)];
    const scale = Math.max(one.scale, other.scale);
    const whole = Math.max(one.precision - one.scale, other.precision - other.scale);
    return { kind: 'decimal', precision: Math.min(38, whole + scale), scale };
  }
  if (fractions.includes(a) || fractions.includes(b)) {
    return a === 'double' || b === 'double' ? 'double' : 'float';
  }
  return integers.indexOf(a) > integers.indexOf(b) ? a : b;
}

/** The decimal that holds every value of a whole number's type (Spark's `DecimalType.forType`). */
export function asDecimal(type: SqlType): Extract<SqlType, { kind: 'decimal' }> {
  if (isDecimal(type)) return type;
  const precision = typeof type === 'string' ? (digitsOf[type] ?? 38) : 38;
  return { kind: 'decimal', precision, scale: 0 };
}
