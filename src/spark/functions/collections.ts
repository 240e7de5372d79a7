import type { CallSite } from '../compile/call-site.ts';
import { asInteger, asText, castTo, unified } from '../compile/cast.ts';
import { joinSql, quoteName, quoteText } from '../compile/sql.ts';
import type { Sql } from '../compile/sql.ts';
import { isTimestamp, widerType } from '../sql-type.ts';
import type { SqlType } from '../sql-type.ts';
import {
  arrayOf,
  atLeast,
  elementOf,
  entryOf,
  macro,
  rewrite,
  same,
  typeOf,
  widestOf,
} from './rule.ts';
import type { FunctionRule, Functions } from './rule.ts';

/** A lambda in DuckDB's syntax. */
function lambda(site: CallSite, names: string[], body: Sql): Sql {
  return site.sql`lambda ${names.map(quoteName).join(', ')}: ${body}`;
}

const element = (site: CallSite) => elementOf(site.value(0).type);

function mapType(key: SqlType | undefined, value: SqlType | undefined): SqlType | undefined {
  return key === undefined || value === undefined ? undefined : { kind: 'map', key, value };
}

const size = rewrite(1, 'int', (site) => site.sql`coalesce(CAST(${count(site)} AS INTEGER), -1)`);

/** How many elements an array or a map has. */
function count(site: CallSite): Sql {
  const { type, sql } = site.value(0);
  const map = typeof type === 'object' && type.kind === 'map';
  return map ? site.sql`cardinality(${sql})` : site.sql`len(${sql})`;
}

const array = rewrite(
  atLeast(0),
  (site) => (site.count === 0 ? arrayOf('void') : arrayOf(widestOf()(site))),
  (site) => {
    return site.sql`[${joinSql(unified(site.values), ', ', site.call)}]`;
  },
);

const namedStruct = rewrite(
  atLeast(2),
  (site) => {
    const fields = site.values.flatMap((value, index) => {
      const name = site.text(index - 1);
      return index % 2 === 1 && name !== null && value.type !== undefined
        ? [{ name, type: value.type }]
        : [];
    });
    return fields.length === site.count / 2 ? { kind: 'struct', fields } : undefined;
  },
  (site) => {
    const fields = site.values.flatMap((value, index): Sql[] =>
      index % 2 === 1 ? [site.sql`${quoteText(site.text(index - 1) ?? '')}: ${value.sql}`] : [],
    );
    return site.sql`{${joinSql(fields, ', ', site.call)}}`;
  },
);

/** The even or odd arguments of `map`. */
function alternate(site: CallSite, start: 0 | 1): SqlType | undefined {
  return site.values
    .filter((_, index) => index % 2 === start)
    .map(({ type }) => type)
    .reduce(widerType, 'void');
}

const map = rewrite(
  atLeast(0),
  (site) => mapType(alternate(site, 0), alternate(site, 1)),
  (site) => {
    const sqls = site.values.map(({ sql }) => sql);
    const entries = sqls.flatMap((key, index): Sql[] =>
      index % 2 === 0 ? [site.sql`${key}: ${sqls[index + 1] ?? []}`] : [],
    );
    return site.sql`MAP {${joinSql(entries, ', ', site.call)}}`;
  },
);

const elementAt = rewrite(
  2,
  (site) => element(site) ?? entryOf(site.value(0).type).value,
  (site) => site.sql`${site.value(0).sql}[${site.value(1).sql}]`,
);

/** A lambda over the elements of an array. Spark counts the index that it may take from 0, DuckDB from 1. */
function overElements(site: CallSite): { lambda: Sql; type: SqlType | undefined } {
  const { names, body } = site.lambda(1, [element(site), 'int']);
  const [item = 'x', index] = names;
  if (index === undefined) return { lambda: lambda(site, [item], body.sql), type: body.type };
  const shifted = site.sql`list_transform([CAST(${quoteName(index)} - 1 AS INTEGER)], ${lambda(site, [index], body.sql)})[1]`;
  return { lambda: lambda(site, [item, index], shifted), type: body.type };
}

const transform = rewrite(
  2,
  (site) => arrayOf(overElements(site).type),
  (site) => site.sql`list_transform(${site.value(0).sql}, ${overElements(site).lambda})`,
);

function filtered(site: CallSite): Sql {
  return site.sql`list_filter(${site.value(0).sql}, ${overElements(site).lambda})`;
}

const exists = rewrite(2, 'boolean', (site) => site.sql`(len(${filtered(site)}) > 0)`);
const forall = rewrite(
  2,
  'boolean',
  (site) => site.sql`(len(${filtered(site)}) = len(${site.value(0).sql}))`,
);

const reduce = rewrite([3, 4], typeOf(1), (site) => {
  const start = site.value(1);
  const { names, body } = site.lambda(2, [start.type, element(site)]);
  const reduced = site.sql`list_reduce(${site.value(0).sql}, ${lambda(site, names, body.sql)}, ${start.sql})`;
  if (site.count === 3) return reduced;
  const finish = site.lambda(3, [body.type]);
  return site.sql`list_transform([${reduced}], ${lambda(site, finish.names, finish.body.sql)})[1]`;
});

/** `map_filter`, `transform_keys`, `transform_values`: a map made of the changed entries. */
function overEntries(
  write: (site: CallSite, entries: Sql, made: Sql) => Sql,
  changed: 'key' | 'value' | 'none',
): FunctionRule {
  const types = (site: CallSite) => {
    const { key, value } = entryOf(site.value(0).type);
    const { names, body } = site.lambda(1, [key, value]);
    return { key, value, names, body };
  };
  return rewrite(
    2,
    (site) => {
      const { key, value, body } = types(site);
      return mapType(changed === 'key' ? body.type : key, changed === 'value' ? body.type : value);
    },
    (site) => {
      const { names, body } = types(site);
      const [key = 'k', value = 'v'] = names;
      // DuckDB gives a lambda one element: both names are bound by lambdas of their own.
      const inner = (made: Sql) =>
        site.sql`list_transform([entry.key], ${lambda(site, [key], site.sql`list_transform([entry.value], ${lambda(site, [value], made)})[1]`)})[1]`;
      return write(site, site.value(0).sql, inner(body.sql));
    },
  );
}

const sequence = rewrite(
  [2, 3],
  (site) => arrayOf(site.value(0).type),
  (site) => {
    const [start, stop] = [site.value(0), site.value(1)];
    const step = site.optional(2);
    if (start.type === 'date') {
      const days = step?.sql ?? site.sql`INTERVAL 1 DAY`;
      return site.sql`CAST(generate_series(${start.sql}, ${castTo(stop, 'date').sql}, ${days}) AS DATE[])`;
    }
    if (isTimestamp(start.type)) {
      const days = step?.sql ?? site.sql`INTERVAL 1 DAY`;
      return site.sql`generate_series(${start.sql}, ${castTo(stop, 'timestamp').sql}, ${days})`;
    }
    const by = step?.sql ?? site.sql`CASE WHEN ${start.sql} <= ${stop.sql} THEN 1 ELSE -1 END`;
    const series = site.sql`generate_series(${start.sql}, ${stop.sql}, ${by})`;
    return start.type === 'int' ? site.sql`CAST(${series} AS INTEGER[])` : series;
  },
);

const sortArray = rewrite([1, 2], typeOf(0), (site) => {
  const flag = site.count === 2 ? site.argument(1) : null;
  const descending = flag?.kind === 'boolean' && !flag.value;
  return site.sql`list_sort(${site.value(0).sql}, ${descending ? "'DESC', 'NULLS LAST'" : "'ASC', 'NULLS FIRST'"})`;
});

const arraySort = rewrite(
  1,
  typeOf(0),
  (site) => site.sql`list_sort(${site.value(0).sql}, 'ASC', 'NULLS LAST')`,
);

const flatten = rewrite(
  1,
  (site) => element(site),
  (site) => site.sql`flatten(${site.value(0).sql})`,
);

/** Functions of arrays, maps and structs. */
export const collections: Functions = {
  aggregate: reduce,
  array,
  array_append: rewrite(
    2,
    typeOf(0),
    (site) => site.sql`list_append(${site.value(0).sql}, ${site.value(1).sql})`,
  ),
  array_compact: rewrite(
    1,
    typeOf(0),
    (site) => site.sql`list_filter(${site.value(0).sql}, lambda element: element IS NOT NULL)`,
  ),
  array_contains: same(2, 'boolean', 'list_contains'),
  array_distinct: macro(1, typeOf(0)),
  array_except: macro(2, typeOf(0)),
  array_intersect: macro(2, typeOf(0)),
  array_join: rewrite([2, 3], 'string', (site) => {
    const texts = site.sql`CAST(${site.value(0).sql} AS VARCHAR[])`;
    if (site.count === 2) return site.sql`sp_array_join(${texts}, ${asText(site.value(1))})`;
    const filled = site.sql`list_transform(${texts}, lambda element: coalesce(element, ${asText(site.value(2))}))`;
    return site.sql`sp_array_join(${filled}, ${asText(site.value(1))})`;
  }),
  array_max: rewrite(1, element, (site) => site.sql`list_max(${site.value(0).sql})`),
  array_min: rewrite(1, element, (site) => site.sql`list_min(${site.value(0).sql})`),
  array_position: macro(2, 'bigint'),
  array_prepend: rewrite(
    2,
    typeOf(0),
    (site) => site.sql`list_prepend(${site.value(1).sql}, ${site.value(0).sql})`,
  ),
  array_remove: macro(2, typeOf(0)),
  array_repeat: macro(2, (site) => arrayOf(site.value(0).type)),
  array_size: rewrite(1, 'int', (site) => site.sql`CAST(len(${site.value(0).sql}) AS INTEGER)`),
  array_sort: arraySort,
  array_union: macro(2, typeOf(0)),
  arrays_overlap: same(2, 'boolean', 'list_has_any'),
  element_at: elementAt,
  exists,
  filter: rewrite(2, typeOf(0), filtered),
  flatten,
  forall,
  get: rewrite(
    2,
    element,
    (site) =>
      site.sql`CASE WHEN ${asInteger(site.value(1))} >= 0 THEN ${site.value(0).sql}[${asInteger(site.value(1))} + 1] END`,
  ),
  map,
  map_concat: rewrite(
    atLeast(1),
    typeOf(0),
    (site) =>
      site.sql`map_concat(${joinSql(
        site.values.map(({ sql }) => sql),
        ', ',
        site.call,
      )})`,
  ),
  map_contains_key: rewrite(
    2,
    'boolean',
    (site) => site.sql`map_contains(${site.value(0).sql}, ${site.value(1).sql})`,
  ),
  map_entries: same(1, undefined),
  map_filter: overEntries(
    (site, entries, kept) =>
      site.sql`map_from_entries(list_filter(map_entries(${entries}), lambda entry: ${kept}))`,
    'none',
  ),
  map_from_arrays: rewrite(
    2,
    (site) => mapType(elementOf(site.value(0).type), elementOf(site.value(1).type)),
    (site) => site.sql`map(${site.value(0).sql}, ${site.value(1).sql})`,
  ),
  map_from_entries: same(1, undefined),
  map_keys: rewrite(
    1,
    (site) => arrayOf(entryOf(site.value(0).type).key),
    (site) => site.sql`map_keys(${site.value(0).sql})`,
  ),
  map_values: rewrite(
    1,
    (site) => arrayOf(entryOf(site.value(0).type).value),
    (site) => site.sql`map_values(${site.value(0).sql})`,
  ),
  named_struct: namedStruct,
  sequence,
  size,
  slice: rewrite(
    3,
    typeOf(0),
    (site) =>
      site.sql`sp_slice(${site.value(0).sql}, ${asInteger(site.value(1))}, ${asInteger(site.value(2))})`,
  ),
  sort_array: sortArray,
  str_to_map: rewrite([1, 3], mapType('string', 'string'), (site) => {
    const pairs = site.count > 1 ? asText(site.value(1)) : site.sql`','`;
    const keys = site.count > 2 ? asText(site.value(2)) : site.sql`':'`;
    return site.sql`sp_str_to_map(${asText(site.value(0))}, ${pairs}, ${keys})`;
  }),
  transform,
  transform_keys: overEntries(
    (site, entries, made) =>
      site.sql`map_from_entries(list_transform(map_entries(${entries}), lambda entry: {'k': ${made}, 'v': entry.value}))`,
    'key',
  ),
  transform_values: overEntries(
    (site, entries, made) =>
      site.sql`map_from_entries(list_transform(map_entries(${entries}), lambda entry: {'k': entry.key, 'v': ${made}}))`,
    'value',
  ),
  try_element_at: elementAt,
};
