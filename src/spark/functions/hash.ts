import type { CallSite } from '../compile/call-site.ts';
import { joinSql, quoteName, quoteText } from '../compile/sql.ts';
import type { Sql } from '../compile/sql.ts';
import type { SqlType } from '../sql-type.ts';
import { atLeast, rewrite } from './rule.ts';
import type { Functions } from './rule.ts';

/** Spark hashes a decimal of up to 18 digits as a long, and a wider one as bytes (`InterpretedHashFunction`). */
const longDigits = 18;

/**
 * The values of a value for hashing, as tokens divided by commas: a letter that says how they are hashed, and the value.
 * A null has none.
 */
function tokens(site: CallSite, value: Sql, type: SqlType, depth = 0): Sql {
  const { sql } = site;
  const each = quoteName(`item${String(depth)}`);
  const inner = (item: Sql, of: SqlType) => tokens(site, item, of, depth + 1);
  const joined = (parts: Sql[]) => sql`array_to_string([${joinSql(parts, ', ', site.call)}], ',')`;
  if (typeof type === 'string') return scalarToken(site, value, type);
  switch (type.kind) {
    case 'decimal': {
      const letter = type.precision <= longDigits ? 'l' : 'w';
      return sql`(${quoteText(letter)} || replace(CAST(${value} AS VARCHAR), '.', ''))`;
    }
    case 'array': {
      const items = sql`list_transform(${value}, lambda ${each}: ${inner(sql`${each}`, type.element)})`;
      return sql`array_to_string(${items}, ',')`;
    }
    case 'map': {
      const entry = joined([
        inner(sql`${each}.key`, type.key),
        inner(sql`${each}.value`, type.value),
      ]);
      return sql`array_to_string(list_transform(map_entries(${value}), lambda ${each}: ${entry}), ',')`;
    }
    case 'struct': {
      const fields = type.fields.map((field) =>
        inner(sql`struct_extract(${each}, ${quoteText(field.name)})`, field.type),
      );
      return sql`list_transform([${value}], lambda ${each}: ${joined(fields)})[1]`;
    }
  }
}

function scalarToken(site: CallSite, value: Sql, type: SqlType): Sql {
  const { sql } = site;
  switch (type) {
    case 'boolean':
      return sql`('i' || CAST(CAST(${value} AS INTEGER) AS VARCHAR))`;
    case 'tinyint':
    case 'smallint':
    case 'int':
      return sql`('i' || CAST(${value} AS VARCHAR))`;
    case 'date':
      return sql`('i' || CAST(${value} - DATE '1970-01-01' AS VARCHAR))`;
    case 'bigint':
      return sql`('l' || CAST(${value} AS VARCHAR))`;
    case 'timestamp':
    case 'timestamp_ntz':
    case 'timestamp_ns':
    case 'timestamptz_ns':
      return sql`('l' || CAST(epoch_us(${value}) AS VARCHAR))`;
    case 'float':
      return sql`('f' || CAST(${value} AS VARCHAR))`;
    case 'double':
      return sql`('d' || CAST(${value} AS VARCHAR))`;
    case 'string':
    case 'binary':
      return sql`('s' || hex(${value}))`;
    case 'void':
      return sql`CAST(NULL AS VARCHAR)`;
    default:
      return unknown(site);
  }
}

function unknown(site: CallSite): Sql {
  return site.unknownType(
    'UNSUPPORTED_FEATURE',
    `The type of an argument of ${site.call.name} is not known here.`,
    'Cast it to the type that it should have.',
  );
}

/** The tokens of all arguments. */
function allTokens(site: CallSite): Sql {
  const parts = site.values.map(({ sql, type }) =>
    type === undefined ? unknown(site) : tokens(site, sql, type),
  );
  return site.sql`array_to_string([${joinSql(parts, ', ', site.call)}], ',')`;
}

/** Functions that hash as Spark does. */
export const hashes: Functions = {
  crc32: rewrite(
    1,
    'bigint',
    (site) => site.sql`CAST(sp_crc32(hex(sp_as_bytes(${site.value(0).sql}))) AS BIGINT)`,
  ),
  hash: rewrite(atLeast(1), 'int', (site) => site.sql`sp_murmur3(${allTokens(site)})`),
  xxhash64: rewrite(
    atLeast(1),
    'bigint',
    (site) => site.sql`CAST(sp_xxhash64(${allTokens(site)}) AS BIGINT)`,
  ),
};
