import type { CallSite } from '../compile/call-site.ts';
import { asNumber, castTo } from '../compile/cast.ts';
import { joinSql } from '../compile/sql.ts';
import type { Value } from '../compile/value.ts';
import { duckdbText, isDecimal, isInteger } from '../sql-type.ts';
import type { SqlType } from '../sql-type.ts';
import { aggregate, arrayOf, atLeast, rewrite, rule, sameAggregate, typeOf } from './rule.ts';
import type { FunctionRule, Functions } from './rule.ts';

/** An argument as a number; text is made one. */
function number(site: CallSite, index: number): Value {
  return asNumber(site.value(index), site.call, site.scope.context);
}

/** The type of a sum (Spark's `Sum`): BIGINT, DOUBLE, or a decimal with ten digits more. */
function sumType(site: CallSite): SqlType | undefined {
  const { type } = number(site, 0);
  if (type === undefined) return undefined;
  if (isDecimal(type)) return { ...type, precision: Math.min(38, type.precision + 10) };
  if (type === 'interval') return type;
  return isInteger(type) ? 'bigint' : 'double';
}

const sum = aggregate(1, sumType, (site) => {
  const type = sumType(site);
  const sum = site.aggregate('sum', number(site, 0).sql);
  // DuckDB sums whole numbers as HUGEINT and every decimal with 38 digits.
  return type === 'bigint' || isDecimal(type) ? site.sql`CAST(${sum} AS ${duckdbText(type)})` : sum;
});

function averageType(site: CallSite): SqlType | undefined {
  const { type } = number(site, 0);
  if (!isDecimal(type)) return type === 'interval' ? type : 'double';
  return {
    kind: 'decimal',
    precision: Math.min(38, type.precision + 4),
    scale: Math.min(38, type.scale + 4),
  };
}

const average = aggregate(1, averageType, (site) => {
  const type = averageType(site);
  const average = site.aggregate('avg', number(site, 0).sql);
  return isDecimal(type) ? site.sql`CAST(${average} AS ${duckdbText(type)})` : average;
});

const count = aggregate(atLeast(0), 'bigint', (site) => {
  if (site.count === 0 || site.call.arguments[0]?.kind === 'star')
    return site.aggregate('count', site.sql`*`);
  const values = site.values.map(({ sql }) => sql);
  if (values.length === 1) return site.aggregate('count', ...values);
  const present = joinSql(
    values.map((value) => site.sql`${value} IS NOT NULL`),
    ' AND ',
    site.call,
  );
  const row = joinSql(values, ', ', site.call);
  return site.aggregate('count', site.sql`CASE WHEN ${present} THEN (${row}) END`);
});

/** A statistic of numbers: a DOUBLE. */
function statistic(count: number, name?: string): FunctionRule {
  return aggregate(count, 'double', (site) =>
    site.aggregate(
      name ?? site.call.name,
      ...site.values.map((_, index) => castTo(number(site, index), 'double').sql),
    ),
  );
}

/** The first or last value; with `true` or IGNORE NULLS, the first or last that is not NULL. */
function endValue(name: 'first' | 'last' | 'any_value'): FunctionRule {
  return rule('aggregate', [1, 2], typeOf(0), (site) => {
    const flag = site.count === 2 ? site.argument(1) : null;
    const ignore = site.call.ignoreNulls || (flag?.kind === 'boolean' && flag.value);
    const value = site.value(0).sql;
    const side = name === 'last' ? 'last' : 'first';
    if (site.call.over !== null) {
      return site.sql`${side}_value(${value}${ignore ? ' IGNORE NULLS' : ''})${site.modifiers}`;
    }
    if (!ignore) return site.aggregate(side, value);
    if (site.call.filter === null)
      return site.sql`${side}(${value}) FILTER (WHERE ${value} IS NOT NULL)`;
    return site.fail(
      'UNSUPPORTED_FEATURE',
      'IGNORE NULLS and FILTER do not go together here.',
      'Leave one of them out.',
    );
  });
}

/** The values of a group as an array, without NULLs. */
function collected(distinct: boolean): FunctionRule {
  return aggregate(
    1,
    (site) => arrayOf(site.value(0).type),
    (site) => {
      const value = site.value(0).sql;
      const unique = distinct || site.call.distinct ? 'DISTINCT ' : '';
      if (site.call.filter !== null) {
        const list = site.sql`list(${unique}${value})${site.modifiers}`;
        return site.sql`coalesce(list_filter(${list}, lambda element: element IS NOT NULL), [])`;
      }
      const over = site.call.over === null ? [] : site.modifiers;
      return site.sql`coalesce(list(${unique}${value}) FILTER (WHERE ${value} IS NOT NULL)${over}, [])`;
    },
  );
}

function percentile(name: string, keepsType: boolean): FunctionRule {
  const type = (site: CallSite): SqlType | undefined => {
    const one = keepsType ? site.value(0).type : 'double';
    const wanted = site.argument(1);
    return wanted.kind === 'call' && wanted.name === 'array' ? arrayOf(one) : one;
  };
  return aggregate([2, 3], type, (site) => {
    const value = keepsType ? site.value(0).sql : castTo(number(site, 0), 'double').sql;
    return site.aggregate(name, value, site.value(1).sql);
  });
}

/** `grouping_id()`: the bits of the columns given, or of all columns of GROUP BY. */
const groupingId = rewrite(atLeast(0), 'bigint', (site) => {
  if (site.count > 0) {
    return site.sql`grouping(${joinSql(
      site.values.map(({ sql }) => sql),
      ', ',
      site.call,
    )})`;
  }
  const bits = site.scope.grouped.map(({ value, kept }, index, all) => {
    const bit = kept ? site.sql`grouping(${value.sql})` : site.sql`1`;
    return site.sql`(${bit} << ${String(all.length - 1 - index)})`;
  });
  return site.sql`CAST(${joinSql(bits, ' + ', site.call)} AS BIGINT)`;
});

const skewness = aggregate(1, 'double', (site) => {
  const value = castTo(number(site, 0), 'double').sql;
  const n = site.aggregate('count', value);
  // DuckDB corrects the skewness for the size of the sample; Spark does not.
  return site.sql`(${site.aggregate('skewness', value)} * (${n} - 2) / sqrt(CAST(${n} AS DOUBLE) * (${n} - 1)))`;
});

/** Functions that aggregate. */
export const aggregates: Functions = {
  any_value: endValue('any_value'),
  approx_count_distinct: aggregate([1, 2], 'bigint', (site) =>
    site.aggregate('approx_count_distinct', site.value(0).sql),
  ),
  avg: average,
  bit_and: sameAggregate(1, typeOf(0)),
  bit_or: sameAggregate(1, typeOf(0)),
  bit_xor: sameAggregate(1, typeOf(0)),
  bool_and: sameAggregate(1, 'boolean'),
  bool_or: sameAggregate(1, 'boolean'),
  collect_list: collected(false),
  collect_set: collected(true),
  corr: statistic(2),
  count,
  count_if: aggregate(1, 'bigint', (site) =>
    site.aggregate('count', site.sql`CASE WHEN ${site.value(0).sql} THEN 1 END`),
  ),
  covar_pop: statistic(2),
  covar_samp: statistic(2),
  first: endValue('first'),
  first_value: endValue('first'),
  grouping: rewrite(
    1,
    'tinyint',
    (site) => site.sql`CAST(grouping(${site.value(0).sql}) AS TINYINT)`,
  ),
  grouping_id: groupingId,
  kurtosis: statistic(1, 'kurtosis_pop'),
  last: endValue('last'),
  last_value: endValue('last'),
  max: sameAggregate(1, typeOf(0)),
  max_by: sameAggregate(2, typeOf(0)),
  median: statistic(1),
  min: sameAggregate(1, typeOf(0)),
  min_by: sameAggregate(2, typeOf(0)),
  mode: sameAggregate(1, typeOf(0)),
  percentile: percentile('quantile_cont', false),
  percentile_approx: percentile('quantile_disc', true),
  percentile_cont: sameAggregate(1, 'double'),
  percentile_disc: sameAggregate(1, undefined),
  regr_avgx: statistic(2),
  regr_avgy: statistic(2),
  regr_count: sameAggregate(2, 'bigint'),
  regr_intercept: statistic(2),
  regr_r2: statistic(2),
  regr_slope: statistic(2),
  regr_sxx: statistic(2),
  regr_sxy: statistic(2),
  regr_syy: statistic(2),
  skewness,
  stddev: statistic(1, 'stddev_samp'),
  stddev_pop: statistic(1),
  stddev_samp: statistic(1),
  sum,
  try_avg: average,
  try_sum: sum,
  var_pop: statistic(1),
  var_samp: statistic(1),
  variance: statistic(1, 'var_samp'),
};

/** A window function without arguments. */
function ranked(type: SqlType): FunctionRule {
  return rule(
    'window',
    0,
    type,
    (site) => site.sql`CAST(${site.aggregate(site.call.name)} AS ${duckdbText(type)})`,
  );
}

/** `lag`, `lead`, `nth_value`. */
function neighbour(type: (site: CallSite) => SqlType | undefined): FunctionRule {
  return rule('window', [1, 3], type, (site) => {
    const args = joinSql(
      site.values.map(({ sql }) => sql),
      ', ',
      site.call,
    );
    const ignore = site.call.ignoreNulls ? ' IGNORE NULLS' : '';
    return site.sql`${site.call.name}(${args}${ignore})${site.modifiers}`;
  });
}

/** Functions of windows. */
export const windows: Functions = {
  cume_dist: ranked('double'),
  dense_rank: ranked('int'),
  lag: neighbour(typeOf(0)),
  lead: neighbour(typeOf(0)),
  nth_value: neighbour(typeOf(0)),
  ntile: rule(
    'window',
    1,
    'int',
    (site) => site.sql`CAST(${site.aggregate('ntile', site.value(0).sql)} AS INTEGER)`,
  ),
  percent_rank: ranked('double'),
  rank: ranked('int'),
  row_number: ranked('int'),
};
