import type { CallSite } from '../compile/call-site.ts';
import { asText } from '../compile/cast.ts';
import { joinSql, quoteName, quoteText } from '../compile/sql.ts';
import type { Sql } from '../compile/sql.ts';
import { parseSchema } from '../parser/type-name.ts';
import { duckdbText } from '../sql-type.ts';
import type { SqlType } from '../sql-type.ts';
import { arrayOf, rewrite } from './rule.ts';
import type { Functions } from './rule.ts';

const text = (site: CallSite, index: number) => asText(site.value(index));

/** The type that the second argument of `from_json` names; it must be a literal. */
function schema(site: CallSite): SqlType {
  const ddl = site.text(1);
  if (ddl !== null) return parseSchema(ddl);
  return site.fail(
    'INVALID_SCHEMA.NON_STRING_LITERAL',
    'The schema of from_json must be a literal.',
    "Write it in quotes, such as from_json(js, 'a INT, b DOUBLE').",
    site.argument(1),
  );
}

/** A value of a known type as JSON text; SQL `NULL` for null. `depth` keeps the names of lambdas apart. */
function jsonOf(site: CallSite, value: Sql, type: SqlType, depth = 0): Sql {
  const { sql } = site;
  const each = quoteName(`item${String(depth)}`);
  const inner = (item: Sql, of: SqlType) => jsonOf(site, item, of, depth + 1);
  const orNull = (item: Sql, of: SqlType) => sql`coalesce(${inner(item, of)}, 'null')`;
  if (typeof type === 'string') return scalarJson(site, value, type);
  switch (type.kind) {
    case 'decimal':
      return sql`CAST(${value} AS VARCHAR)`;
    case 'array': {
      const items = sql`list_transform(${value}, lambda ${each}: ${orNull(sql`${each}`, type.element)})`;
      return sql`('[' || array_to_string(${items}, ',') || ']')`;
    }
    case 'map': {
      const key = sql`sp_json_quote(CAST(${each}.key AS VARCHAR))`;
      const entry = sql`${key} || ':' || ${orNull(sql`${each}.value`, type.value)}`;
      return sql`('{' || array_to_string(list_transform(map_entries(${value}), lambda ${each}: ${entry}), ',') || '}')`;
    }
    case 'struct': {
      // A field that is null is left out, and the value is bound once for all its fields.
      const fields = type.fields.map((field) => {
        const member = sql`struct_extract(${each}, ${quoteText(field.name)})`;
        return sql`${quoteText(`${JSON.stringify(field.name)}:`)} || ${inner(member, field.type)}`;
      });
      const all = sql`'{' || array_to_string([${joinSql(fields, ', ', site.call)}], ',') || '}'`;
      return sql`list_transform([${value}], lambda ${each}: CASE WHEN ${each} IS NOT NULL THEN ${all} END)[1]`;
    }
  }
}

function scalarJson({ sql }: CallSite, value: Sql, type: SqlType): Sql {
  switch (type) {
    case 'string':
      return sql`sp_json_quote(${value})`;
    case 'binary':
      return sql`('"' || base64(${value}) || '"')`;
    case 'date':
      return sql`('"' || CAST(${value} AS VARCHAR) || '"')`;
    case 'timestamp':
      return sql`('"' || strftime(${value}, '%Y-%m-%dT%H:%M:%S.%g') || 'Z"')`;
    case 'timestamp_ntz':
      return sql`('"' || strftime(${value}, '%Y-%m-%dT%H:%M:%S.%g') || '"')`;
    case 'float':
    case 'double':
      return sql`CASE WHEN isfinite(${value}) THEN sp_cast_string(${value}) ELSE '"' || sp_cast_string(${value}) || '"' END`;
    default:
      return sql`CAST(${value} AS VARCHAR)`;
  }
}

/** Functions of JSON. */
export const json: Functions = {
  from_json: rewrite([2, 3], schema, (site) => {
    const type = schema(site);
    const literal = site.sql`sp_json_literal(${text(site, 0)}, ${quoteText(JSON.stringify(type))})`;
    return site.sql`TRY_CAST(${literal} AS ${duckdbText(type)})`;
  }),
  get_json_object: rewrite(
    2,
    'string',
    (site) => site.sql`sp_get_json_object(${text(site, 0)}, ${text(site, 1)})`,
  ),
  json_array_length: rewrite(
    1,
    'int',
    (site) => site.sql`CAST(sp_json_array_length(${text(site, 0)}) AS INTEGER)`,
  ),
  json_object_keys: rewrite(
    1,
    arrayOf('string'),
    (site) => site.sql`CAST(sp_json_object_keys(${text(site, 0)}) AS VARCHAR[])`,
  ),
  to_json: rewrite([1, 2], 'string', (site) => {
    const { sql, type } = site.value(0);
    if (typeof type === 'object' && type.kind !== 'decimal') return jsonOf(site, sql, type);
    return site.unknownType(
      'DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE',
      'to_json needs a struct, an array or a map whose type is known here.',
      "Write to_json(named_struct('a', a, 'b', b)).",
    );
  }),
};
