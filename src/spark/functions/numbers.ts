import type { CallSite } from '../compile/call-site.ts';
import { asInteger, asNumber, castTo, unified } from '../compile/cast.ts';
import { joinSql } from '../compile/sql.ts';
import type { Sql } from '../compile/sql.ts';
import type { Value } from '../compile/value.ts';
import { isDecimal, isInteger } from '../sql-type.ts';
import type { SqlType } from '../sql-type.ts';
import { atLeast, rewrite, typeOf, widestOf } from './rule.ts';
import type { FunctionRule, Functions } from './rule.ts';

/** An argument as a number; text is made one. */
function number(site: CallSite, index: number): Value {
  return asNumber(site.value(index), site.call, site.scope.context);
}

/** A function of doubles that DuckDB has. */
function ofDoubles(count: number, name?: string): FunctionRule {
  return rewrite(count, 'double', (site) => {
    const args = site.values.map((_, index) => castTo(number(site, index), 'double').sql);
    return site.sql`${name ?? site.call.name}(${joinSql(args, ', ', site.call)})`;
  });
}

/** A logarithm: NULL where Spark has none, and DuckDB an error. */
function logarithm(name: string): FunctionRule {
  return rewrite(1, 'double', (site) => {
    const x = castTo(number(site, 0), 'double').sql;
    return site.sql`CASE WHEN ${x} > 0 THEN ${name}(${x}) END`;
  });
}

const log = rewrite([1, 2], 'double', (site) => {
  const x = castTo(number(site, site.count - 1), 'double').sql;
  if (site.count === 1) return site.sql`CASE WHEN ${x} > 0 THEN ln(${x}) END`;
  const base = castTo(number(site, 0), 'double').sql;
  return site.sql`CASE WHEN ${x} > 0 AND ${base} > 0 THEN ln(${x}) / ln(${base}) END`;
});

/** `ceil` and `floor`: a BIGINT, of decimals a decimal without fraction. */
function whole(name: string): FunctionRule {
  const type = (site: CallSite): SqlType | undefined => {
    const given = site.value(0).type;
    if (!isDecimal(given)) return given === undefined ? undefined : 'bigint';
    return { kind: 'decimal', precision: given.precision - given.scale + 1, scale: 0 };
  };
  return rewrite(1, type, (site) => {
    const value = number(site, 0);
    if (isInteger(value.type)) return castTo(value, 'bigint').sql;
    if (isDecimal(value.type)) return site.sql`${name}(${value.sql})`;
    return site.sql`sp_to_bigint(${name}(${value.sql}))`;
  });
}

function rounded(name: string): FunctionRule {
  const type = (site: CallSite): SqlType | undefined => {
    const given = number(site, 0).type;
    const digits = site.count === 1 ? 0 : site.integer(1);
    if (!isDecimal(given)) return given;
    if (digits === null) return undefined;
    const scale = Math.min(given.scale, Math.max(0, digits));
    return { kind: 'decimal', precision: given.precision - given.scale + 1 + scale, scale };
  };
  return rewrite([1, 2], type, (site) => {
    const value = number(site, 0);
    const digits: Sql = site.count === 1 ? site.sql`0` : asInteger(site.value(1));
    const result = site.sql`${name}(${value.sql}, ${digits})`;
    const places = site.count === 1 ? 0 : (site.integer(1) ?? 0);
    if (name === 'round' && value.type === 'double' && places > 0 && places < 16) {
      // Spark rounds the digits that are printed: 1.005 becomes 1.01, though its double is a little less.
      const printed = site.sql`TRY_CAST(CAST(${value.sql} AS VARCHAR) AS DECIMAL(38, ${String(places)}))`;
      return site.sql`coalesce(CAST(${printed} AS DOUBLE), ${result})`;
    }
    // `round_even` gives a DOUBLE whatever it gets.
    if (name !== 'round_even' || value.type === undefined || value.type === 'double') return result;
    return castTo({ ...value, sql: result, type: 'double' }, value.type).sql;
  });
}

/** Functions that keep the type of their number. */
function keeping(name: string): FunctionRule {
  return rewrite(
    1,
    (site) => number(site, 0).type,
    (site) => site.sql`${name}(${number(site, 0).sql})`,
  );
}

function shifted(operator: string): FunctionRule {
  return rewrite(2, typeOf(0), (site) => {
    const { sql, type } = site.value(0);
    const bits = type === 'bigint' ? '63' : '31';
    return site.sql`(${sql} ${operator} (${asInteger(site.value(1))} & ${bits}))`;
  });
}

function extreme(): FunctionRule {
  return rewrite(atLeast(2), widestOf(), (site) => {
    return site.sql`${site.call.name}(${joinSql(unified(site.values), ', ', site.call)})`;
  });
}

function tolerant(operator: string): FunctionRule {
  const type = (site: CallSite) => (operator === '/' ? 'double' : widestOf()(site));
  return rewrite(
    2,
    type,
    (site) => site.sql`TRY(${number(site, 0).sql} ${operator} ${number(site, 1).sql})`,
  );
}

const random = rewrite([0, 1], 'double', (site) => site.sql`random()`);

/** Functions of numbers. */
export const numbers: Functions = {
  abs: keeping('abs'),
  acos: ofDoubles(1),
  acosh: ofDoubles(1),
  asin: ofDoubles(1),
  asinh: ofDoubles(1),
  atan: ofDoubles(1),
  atan2: ofDoubles(2),
  atanh: ofDoubles(1),
  bit_count: rewrite(
    1,
    'int',
    (site) => site.sql`CAST(bit_count(${castTo(site.value(0), 'bigint').sql}) AS INTEGER)`,
  ),
  bround: rounded('round_even'),
  cbrt: ofDoubles(1),
  ceil: whole('ceil'),
  cos: ofDoubles(1),
  cosh: ofDoubles(1),
  cot: ofDoubles(1),
  degrees: ofDoubles(1),
  e: rewrite(0, 'double', (site) => site.sql`exp(CAST(1 AS DOUBLE))`),
  exp: ofDoubles(1),
  expm1: rewrite(
    1,
    'double',
    (site) => site.sql`(exp(${castTo(number(site, 0), 'double').sql}) - 1)`,
  ),
  factorial: rewrite(1, 'bigint', (site) => {
    const n = asInteger(site.value(0));
    return site.sql`CASE WHEN ${n} BETWEEN 0 AND 20 THEN CAST(factorial(${n}) AS BIGINT) END`;
  }),
  floor: whole('floor'),
  greatest: extreme(),
  hypot: rewrite(2, 'double', (site) => {
    const [x, y] = [number(site, 0), number(site, 1)].map((value) => castTo(value, 'double').sql);
    return site.sql`sqrt(pow(${x ?? []}, 2) + pow(${y ?? []}, 2))`;
  }),
  isnan: rewrite(
    1,
    'boolean',
    (site) => site.sql`coalesce(isnan(${castTo(site.value(0), 'double').sql}), false)`,
  ),
  least: extreme(),
  ln: logarithm('ln'),
  log,
  log10: logarithm('log10'),
  log1p: rewrite(1, 'double', (site) => {
    const x = castTo(number(site, 0), 'double').sql;
    return site.sql`CASE WHEN ${x} > -1 THEN ln(1 + ${x}) END`;
  }),
  log2: logarithm('log2'),
  mod: rewrite(
    2,
    widestOf(),
    (site) => site.sql`(${number(site, 0).sql} % ${number(site, 1).sql})`,
  ),
  negative: rewrite(
    1,
    (site) => number(site, 0).type,
    (site) => site.sql`(- ${number(site, 0).sql})`,
  ),
  pi: rewrite(0, 'double', (site) => site.sql`pi()`),
  pmod: rewrite(
    2,
    widestOf(),
    (site) => site.sql`sp_pmod(${number(site, 0).sql}, ${number(site, 1).sql})`,
  ),
  positive: rewrite(
    1,
    (site) => number(site, 0).type,
    (site) => number(site, 0).sql,
  ),
  pow: ofDoubles(2, 'pow'),
  radians: ofDoubles(1),
  rand: random,
  rint: rewrite(
    1,
    'double',
    (site) => site.sql`round_even(${castTo(number(site, 0), 'double').sql}, 0)`,
  ),
  round: rounded('round'),
  shiftleft: shifted('<<'),
  shiftright: shifted('>>'),
  sign: rewrite(
    1,
    'double',
    (site) => site.sql`CAST(sign(${castTo(number(site, 0), 'double').sql}) AS DOUBLE)`,
  ),
  sin: ofDoubles(1),
  sinh: rewrite(1, 'double', (site) => {
    const x = castTo(number(site, 0), 'double').sql;
    return site.sql`((exp(${x}) - exp(-${x})) / 2)`;
  }),
  sqrt: rewrite(1, 'double', (site) => {
    const x = castTo(number(site, 0), 'double').sql;
    return site.sql`CASE WHEN ${x} < 0 THEN CAST('NaN' AS DOUBLE) ELSE sqrt(${x}) END`;
  }),
  tan: ofDoubles(1),
  tanh: ofDoubles(1),
  try_add: tolerant('+'),
  try_divide: tolerant('/'),
  try_multiply: tolerant('*'),
  try_subtract: tolerant('-'),
};
