import { IcejamError } from '../error.ts';
import { assignFieldIds, childrenOf } from '../iceberg/schema.ts';
import type {
  NestedField,
  PrimitiveType,
  Schema,
  StructType,
  Type,
} from '../iceberg/table-metadata.ts';
import { isGeospatial, isPrimitive, parseDecimal, parseFixed } from '../iceberg/type.ts';

/** A column of a relation in DuckDB; `type` as `DESCRIBE` prints it. */
export interface Column {
  name: string;
  type: string;
}

/** DuckDB's scalar types and the Iceberg type that holds all their values. */
const icebergTypes: Record<string, string> = {
  BOOLEAN: 'boolean',
  TINYINT: 'int',
  SMALLINT: 'int',
  INTEGER: 'int',
  BIGINT: 'long',
  HUGEINT: 'decimal(38, 0)',
  UTINYINT: 'int',
  USMALLINT: 'int',
  UINTEGER: 'long',
  UBIGINT: 'decimal(20, 0)',
  FLOAT: 'float',
  DOUBLE: 'double',
  DATE: 'date',
  TIME: 'time',
  // An instant is kept as a naive TIMESTAMP in UTC, because DuckDB computes with time zones only with its ICU extension.
  TIMESTAMP: 'timestamptz',
  TIMESTAMP_S: 'timestamptz',
  TIMESTAMP_MS: 'timestamptz',
  TIMESTAMP_NS: 'timestamptz',
  'TIMESTAMP WITH TIME ZONE': 'timestamptz',
  VARCHAR: 'string',
  UUID: 'uuid',
  BLOB: 'binary',
};

/** Iceberg's primitive types and the DuckDB type that a column of them has here. */
const duckdbTypes: Record<string, string> = {
  boolean: 'BOOLEAN',
  int: 'INTEGER',
  long: 'BIGINT',
  float: 'FLOAT',
  double: 'DOUBLE',
  date: 'DATE',
  time: 'TIME',
  timestamp: 'TIMESTAMP',
  timestamptz: 'TIMESTAMP',
  timestamp_ns: 'TIMESTAMP_NS',
  timestamptz_ns: 'TIMESTAMP_NS',
  string: 'VARCHAR',
  uuid: 'UUID',
  binary: 'BLOB',
  // Null in every row; DuckDB too takes columns of NULL for this type.
  unknown: 'INTEGER',
};

/** A name as a quoted identifier of DuckDB. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A text as a literal of DuckDB. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** The DuckDB type of an Iceberg type. Throws `Unsupported` for a type that DuckDB cannot hold here. */
export function duckdbType(type: Type): string {
  if (isPrimitive(type)) {
    const name = scalarType(type);
    if (name !== undefined) return name;
    throw new IcejamError('Unsupported', `Columns of the type ${type} are not supported`);
  }
  switch (type.type) {
    case 'struct': {
      const members = type.fields.map((field) => `${quoted(field.name)} ${duckdbType(field.type)}`);
      return `STRUCT(${members.join(', ')})`;
    }
    case 'list':
      return `${duckdbType(type.element)}[]`;
    case 'map':
      return `MAP(${duckdbType(type.key)}, ${duckdbType(type.value)})`;
  }
}

function scalarType(type: PrimitiveType): string | undefined {
  const decimal = parseDecimal(type);
  if (decimal) return `DECIMAL(${decimal.precision},${decimal.scale})`;
  return isGeospatial(type) || parseFixed(type) !== null ? 'BLOB' : duckdbTypes[type];
}

/** Whether DuckDB can hold the values of an Iceberg type here; `variant` and types that are newer it cannot. */
export function isReadable(type: Type): boolean {
  if (isPrimitive(type)) return scalarType(type) !== undefined;
  return childrenOf(type).every((child) => isReadable(child.type));
}

/**
 * The schema of a new table for these columns, all optional, with field ids as Java assigns them to a new table.
 * `typeOf`: the types of those that are known better than DuckDB tells.
 * Throws `SqlInvalid` for a type that Iceberg has not.
 */
export function schemaOf<C extends Column>(
  columns: readonly C[],
  typeOf: (column: C) => Type | undefined = () => undefined,
): Schema {
  const fields = columns.map((column): NestedField => {
    const { name, type } = column;
    try {
      return { id: 0, name, required: false, type: typeOf(column) ?? icebergType(type) };
    } catch (thrown) {
      const error = IcejamError.from(thrown);
      throw new IcejamError(error.kind, `Column ${name}: ${error.message}`, {
        context: { column: name, type },
        remedy: 'Cast the column to a type that an Iceberg table can hold.',
      });
    }
  });
  return assignFieldIds({ type: 'struct', 'schema-id': 0, fields }).schema;
}

/**
 * The Iceberg type that holds every value of a DuckDB type; nested fields are numbered from 1.
 * Throws `SqlInvalid` for a type that Iceberg has not.
 */
export function icebergType(type: string): Type {
  return new TypeParser(type, counter()).whole();
}

function counter(): () => number {
  let last = 0;
  return () => (last += 1);
}

/** Reads a type as `DESCRIBE` prints it, such as `STRUCT(a INTEGER, "b c" VARCHAR[])`. */
class TypeParser {
  readonly #text: string;
  readonly #nextId: () => number;
  #at = 0;

  constructor(text: string, nextId: () => number) {
    this.#text = text;
    this.#nextId = nextId;
  }

  /** The type of the whole text. */
  whole(): Type {
    const type = this.#type();
    if (this.#at < this.#text.length) throw this.#noCounterpart();
    return type;
  }

  #type(): Type {
    let type = this.#scalarOrNested();
    while (this.#take(/\[\d*\]/y)) {
      type = {
        type: 'list',
        'element-id': this.#nextId(),
        'element-required': false,
        element: type,
      };
    }
    return type;
  }

  #scalarOrNested(): Type {
    if (this.#take(/STRUCT\(/y)) return this.#struct();
    if (this.#take(/MAP\(/y)) {
      const ids = { 'key-id': this.#nextId(), 'value-id': this.#nextId() };
      const key = this.#type();
      this.#expect(/, /y);
      const value = this.#type();
      this.#expect(/\)/y);
      return { type: 'map', ...ids, 'value-required': false, key, value };
    }
    const decimal = this.#take(/DECIMAL\((\d+),(\d+)\)/y);
    if (decimal) return `decimal(${decimal[1]}, ${decimal[2]})`;
    if (this.#take(/ENUM\((?:'(?:[^']|'')*'(?:, )?)*\)/y)) return 'string';
    const name = this.#expect(/[A-Z_]+(?: WITH TIME ZONE)?/y)[0];
    const scalar = icebergTypes[name];
    if (!scalar) throw this.#noCounterpart();
    return scalar;
  }

  #struct(): StructType {
    const fields: NestedField[] = [];
    do {
      const name = this.#expect(/"((?:[^"]|"")*)"|[^\s"]+/y);
      this.#expect(/ /y);
      fields.push({
        id: this.#nextId(),
        name: name[1]?.replaceAll('""', '"') ?? name[0],
        required: false,
        type: this.#type(),
      });
    } while (this.#take(/, /y));
    this.#expect(/\)/y);
    return { type: 'struct', fields };
  }

  #take(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text);
    if (match) this.#at = pattern.lastIndex;
    return match;
  }

  #expect(pattern: RegExp): RegExpExecArray {
    const match = this.#take(pattern);
    if (!match) throw this.#noCounterpart();
    return match;
  }

  #noCounterpart(): IcejamError {
    return new IcejamError('SqlInvalid', `The type ${this.#text} has no counterpart in Iceberg`);
  }
}
