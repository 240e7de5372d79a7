import { schemaOf } from '../engine/types.ts';
import { IcejamError } from '../error.ts';
import type { Sink } from '../flare/workflow.ts';
import { fieldsOf } from '../iceberg/schema.ts';
import type { Schema } from '../iceberg/table-metadata.ts';
import type { KnownColumn } from '../spark/translate.ts';
import { tableType } from '../sql/table-type.ts';

/**
 * The schema of the table that a sink's columns would make, as Spark makes it. Columns of NULL alone go only to those in
 * `unknown`: the columns of that type that the table has, in lower case.
 * Throws `SqlInvalid` at the sink for a column without a name and for one of a type that no table can hold.
 */
export function sinkSchema(
  columns: readonly KnownColumn[],
  sink: Sink,
  unknown: ReadonlySet<string> = new Set(),
): Schema {
  const schema = schemaOf(columns, ({ sqlType }) => sqlType && tableType(sqlType));
  for (const { field, path } of fieldsOf(schema)) {
    if (path.trim() === '') {
      refuse(sink, 'A column has no name', 'Give it one, such as: select 1 as one.', path);
    }
    if (field.type === 'unknown' && !unknown.has(path.toLowerCase())) {
      refuse(
        sink,
        `Column ${path} has the type VOID, as it is NULL in every row: no table can hold it`,
        `Say which type its values have, such as: cast(null as string) as ${field.name}.`,
        path,
      );
    }
    if (field.type === 'interval') {
      refuse(
        sink,
        `Column ${path} has the type INTERVAL: no table can hold it`,
        'Make it a number or text, such as: cast(span as string) as span.',
        path,
      );
    }
  }
  return schema;
}

function refuse({ view, range }: Sink, what: string, remedy: string, column: string): never {
  throw new IcejamError('SqlInvalid', `The sink of ${view} cannot be written. ${what}.`, {
    context: { errorClass: 'UNSUPPORTED_DATATYPE', column },
    range,
    remedy,
  });
}
