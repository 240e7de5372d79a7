import { quoteName } from './compile/sql.ts';
import { duckdbText, typeOfDuckdb } from './sql-type.ts';
import type { SqlType } from './sql-type.ts';
import type { Translation } from './translate.ts';

/** Types of DuckDB that no result of Spark has. */
const foreign =
  /\b(?:U?HUGEINT|U(?:TINY|SMALL|BIG)INT|UINTEGER|TIME|TIMESTAMP_N?M?S|UUID)\b|WITH TIME ZONE/;

/**
 * The translated statement with the result types that Spark has: `described` is what DESCRIBE says of
 * `translation.sql`. DuckDB differs in sums (HUGEINT), decimals, times with zones and texts made of NULL. The same
 * SQL if all agree.
 */
export function fixTypes(
  { sql, columns }: Pick<Translation, 'sql' | 'columns'>,
  described: readonly { name: string; type: string }[],
): string {
  const wanted = described.map(({ type }, index) => wantedType(type, columns?.[index]?.type));
  if (wanted.every((type) => type === null)) return sql;
  const list = described.map(({ name }, index) => {
    const type = wanted[index] ?? null;
    const column = `c${String(index)}`;
    return `${type === null ? column : `CAST(${column} AS ${type})`} AS ${quoteName(name)}`;
  });
  const names = described.map((_, index) => `c${String(index)}`);
  return `SELECT ${list.join(', ')} FROM (${sql}) AS result(${names.join(', ')})`;
}

/** The types that the columns of {@link fixTypes} have in Spark; `undefined` where there is none. */
export function resultTypes(
  { columns }: Pick<Translation, 'columns'>,
  described: readonly { type: string }[],
): (SqlType | undefined)[] {
  return described.map(({ type }, index) => columns?.[index]?.type ?? typeOfDuckdb(type));
}

/** The DuckDB type to cast a column to; `null` if it has the right one. */
function wantedType(duckdb: string, inferred: SqlType | null | undefined): string | null {
  const given = typeOfDuckdb(duckdb);
  const unknown = inferred === null || inferred === undefined || inferred === 'void';
  const type = unknown ? given : inferred;
  if (type === undefined) return null;
  const same = given !== undefined && duckdbText(given) === duckdbText(type);
  return same && !foreign.test(duckdb) ? null : duckdbText(type);
}
