import type { CallSite } from '../compile/call-site.ts';
import { asText, castOrFail, castTo, unified } from '../compile/cast.ts';
import { compare } from '../compile/operator.ts';
import { joinSql } from '../compile/sql.ts';
import type { SqlType } from '../sql-type.ts';
import { atLeast, rewrite, typeOf, widestOf } from './rule.ts';
import type { FunctionRule, Functions } from './rule.ts';

/** `int(x)` and the like. */
function cast(type: SqlType): FunctionRule {
  return rewrite(1, type, (site) => {
    const value = site.value(0);
    return (site.scope.context.ansi ? castOrFail(value, type, site.call) : castTo(value, type)).sql;
  });
}

const coalesce = rewrite(atLeast(1), widestOf(), (site) => {
  return site.sql`coalesce(${joinSql(unified(site.values), ', ', site.call)})`;
});

const isNull = (site: CallSite, negated: string) =>
  site.sql`(${site.value(0).sql} IS ${negated}NULL)`;

/** Functions of conditions and NULLs, casts that look like functions, and facts of the session. */
export const conditions: Functions = {
  coalesce,
  nvl: coalesce,
  ifnull: coalesce,
  nvl2: rewrite(3, widestOf(1), (site) => {
    const [present = [], absent = []] = unified([site.value(1), site.value(2)]);
    return site.sql`CASE WHEN ${site.value(0).sql} IS NOT NULL THEN ${present} ELSE ${absent} END`;
  }),
  nullif: rewrite(2, typeOf(0), (site) => {
    const equal = compare('=', site.value(0), site.value(1), site.call);
    return site.sql`CASE WHEN ${equal.sql} THEN NULL ELSE ${site.value(0).sql} END`;
  }),
  if: rewrite(3, widestOf(1), (site) => {
    const [then = [], otherwise = []] = unified([site.value(1), site.value(2)]);
    return site.sql`CASE WHEN ${site.value(0).sql} THEN ${then} ELSE ${otherwise} END`;
  }),
  isnull: rewrite(1, 'boolean', (site) => isNull(site, '')),
  isnotnull: rewrite(1, 'boolean', (site) => isNull(site, 'NOT ')),
  nanvl: rewrite(
    2,
    widestOf(),
    (site) =>
      site.sql`CASE WHEN isnan(CAST(${site.value(0).sql} AS DOUBLE)) THEN ${site.value(1).sql} ELSE ${site.value(0).sql} END`,
  ),
  equal_null: {
    kind: 'scalar',
    arity: [2, 2],
    compile: (site) => compare('IS NOT DISTINCT FROM', site.value(0), site.value(1), site.call),
  },
  raise_error: rewrite(
    1,
    'void',
    (site) => site.sql`error('[USER_RAISED_EXCEPTION] ' || ${asText(site.value(0))})`,
  ),
  assert_true: rewrite([1, 2], 'void', (site) => {
    const message =
      site.count === 2 ? asText(site.value(1)) : site.sql`'The condition is not true.'`;
    return site.sql`CASE WHEN ${site.value(0).sql} THEN NULL ELSE error('[USER_RAISED_EXCEPTION] ' || ${message}) END`;
  }),
  boolean: cast('boolean'),
  tinyint: cast('tinyint'),
  smallint: cast('smallint'),
  int: cast('int'),
  bigint: cast('bigint'),
  float: cast('float'),
  double: cast('double'),
  decimal: cast({ kind: 'decimal', precision: 10, scale: 0 }),
  string: cast('string'),
  binary: cast('binary'),
  date: cast('date'),
  timestamp: cast('timestamp'),
  monotonically_increasing_id: rewrite(0, 'bigint', (site) => site.sql`(row_number() OVER () - 1)`),
  spark_partition_id: rewrite(0, 'int', (site) => site.sql`0`),
  current_user: rewrite(0, 'string', (site) => site.sql`'icejam'`),
  current_catalog: rewrite(0, 'string', (site) => site.sql`'spark_catalog'`),
  current_database: rewrite(0, 'string', (site) => site.sql`'default'`),
};
