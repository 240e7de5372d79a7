import { asInteger, asText, castTo } from '../compile/cast.ts';
import type { CallSite } from '../compile/call-site.ts';
import { concatenate } from '../compile/operator.ts';
import { joinSql, quoteText } from '../compile/sql.ts';
import type { Sql } from '../compile/sql.ts';
import { sparkText } from '../sql-type.ts';
import { arrayOf, atLeast, rewrite, typeOf, widestOf } from './rule.ts';
import type { FunctionRule, Functions, ResultType } from './rule.ts';

/** An argument as text. */
function text(site: CallSite, index: number): Sql {
  return asText(site.value(index));
}

/** An argument as a whole number, or what stands for it if it is missing. */
function integer(site: CallSite, index: number, missing: string): Sql {
  const value = site.optional(index);
  return value === null ? site.sql`${missing}` : asInteger(value);
}

/** A function of texts: all arguments are made texts. */
function ofTexts(count: number, type: ResultType, name?: string): FunctionRule {
  return rewrite(count, type, (site) => {
    const args = site.values.map(asText);
    return site.sql`${name ?? site.call.name}(${joinSql(args, ', ', site.call)})`;
  });
}

/** With two arguments, the characters stand before the text; `btrim` has them behind it. */
function trimmed(name: string, textAt: 0 | 1): FunctionRule {
  return rewrite([1, 2], 'string', (site) => {
    if (site.count === 1) return site.sql`${name}(${text(site, 0)}, ' ')`;
    return site.sql`${name}(${text(site, textAt)}, ${text(site, 1 - textAt)})`;
  });
}

function padded(name: string): FunctionRule {
  return rewrite([2, 3], 'string', (site) => {
    const pad = site.count === 3 ? text(site, 2) : site.sql`' '`;
    return site.sql`${name}(${text(site, 0)}, ${integer(site, 1, '0')}, ${pad})`;
  });
}

const substring = rewrite([2, 3], 'string', (site) => {
  const [start, length] = [site.integer(1), site.integer(2)];
  const plain =
    start !== null && start > 0 && (site.count === 2 || (length !== null && length >= 0));
  if (plain) {
    const rest = site.count === 2 ? [] : site.sql`, ${String(length)}`;
    return site.sql`substring(${text(site, 0)}, ${String(start)}${rest})`;
  }
  return site.sql`sp_substring(${text(site, 0)}, ${integer(site, 1, '1')}, ${integer(site, 2, '2147483647')})`;
});

const matches = rewrite(
  2,
  'boolean',
  (site) => site.sql`regexp_matches(${text(site, 0)}, ${text(site, 1)})`,
);

function located(needle: number, haystack: number, type: ResultType): FunctionRule {
  return rewrite([2, 3], type, (site) => {
    const args = site.sql`${text(site, needle)}, ${text(site, haystack)}`;
    if (site.count === 3) return site.sql`sp_locate(${args}, ${integer(site, 2, '1')})`;
    return site.sql`CAST(strpos(${text(site, haystack)}, ${text(site, needle)}) AS INTEGER)`;
  });
}

/** Java's `%s` takes anything, DuckDB's text only; and Java rounds the digits that it prints half up. */
const printf = rewrite(atLeast(1), 'string', (site) => {
  const conversions = [
    ...(site.text(0) ?? '').replaceAll('%%', '').matchAll(/%[^a-zA-Z]*[a-zA-Z]/g),
  ];
  const args = site.values.slice(1).map((value, index): Sql => {
    const [conversion = ''] = conversions[index] ?? [];
    if (conversion.endsWith('s')) return castTo(value, 'string').sql;
    const digits = /\.(\d+)f$/.exec(conversion)?.[1];
    if (digits === undefined || value.type !== 'double') return value.sql;
    return site.sql`CAST(CAST(CAST(${value.sql} AS VARCHAR) AS DECIMAL(38, ${digits})) AS DOUBLE)`;
  });
  return site.sql`printf(${joinSql([text(site, 0), ...args], ', ', site.call)})`;
});

const concatWs = rewrite(atLeast(1), 'string', (site) => {
  const lists = site.values.slice(1).map((value) => site.sql`sp_texts(${value.sql})`);
  const all = joinSql(lists, ', ', site.call);
  const separator = text(site, 0);
  return site.sql`CASE WHEN ${separator} IS NOT NULL THEN coalesce(array_to_string(flatten([${all}]), ${separator}), '') END`;
});

const sha2 = rewrite(2, 'string', (site) => {
  const bits = site.integer(1);
  if (bits === 0 || bits === 256) return site.sql`sha256(sp_as_bytes(${site.value(0).sql}))`;
  return site.fail(
    'UNSUPPORTED_FEATURE',
    'sha2 is computed with 256 bits only here.',
    'Write sha2(x, 256).',
  );
});

/** `decode(value, search, result, …, default)`, or `decode(bytes, charset)`. */
const decode = rewrite(atLeast(2), widestOf(2), (site) => {
  if (site.count === 2) return site.sql`decode(sp_as_bytes(${site.value(0).sql}))`;
  const [value, ...rest] = site.values.map(({ sql }) => sql);
  const branches: Sql[] = [];
  for (let index = 0; index + 1 < rest.length; index += 2) {
    branches.push(
      site.sql` WHEN ${value ?? []} IS NOT DISTINCT FROM ${rest[index] ?? []} THEN ${rest[index + 1] ?? []}`,
    );
  }
  const otherwise = rest.length % 2 === 1 ? site.sql` ELSE ${rest.at(-1) ?? []}` : [];
  return site.sql`CASE${branches.flat()}${otherwise} END`;
});

/** Functions of text. */
export const strings: Functions = {
  ascii: ofTexts(1, 'int'),
  base64: rewrite(1, 'string', (site) => site.sql`base64(sp_as_bytes(${site.value(0).sql}))`),
  unbase64: ofTexts(1, 'binary', 'from_base64'),
  bin: rewrite(1, 'string', (site) => site.sql`bin(${castTo(site.value(0), 'bigint').sql})`),
  bit_length: ofTexts(1, 'int'),
  char: rewrite(1, 'string', (site) => site.sql`chr(CAST(${site.value(0).sql} % 256 AS INTEGER))`),
  concat: {
    kind: 'scalar',
    arity: [0, Number.POSITIVE_INFINITY],
    compile: (site) => concatenate(site.values, site.call),
  },
  concat_ws: concatWs,
  contains: ofTexts(2, 'boolean'),
  conv: rewrite(
    3,
    'string',
    (site) =>
      site.sql`sp_conv(${text(site, 0)}, ${integer(site, 1, '10')}, ${integer(site, 2, '10')})`,
  ),
  decode,
  elt: rewrite(atLeast(2), 'string', (site) => {
    const texts = joinSql(site.values.slice(1).map(asText), ', ', site.call);
    return site.sql`list_extract([${texts}], ${integer(site, 0, '1')})`;
  }),
  encode: rewrite(2, 'binary', (site) => site.sql`encode(${text(site, 0)})`),
  endswith: ofTexts(2, 'boolean', 'ends_with'),
  find_in_set: ofTexts(2, 'int', 'sp_find_in_set'),
  format_number: rewrite(
    2,
    'string',
    (site) => site.sql`sp_format_number(${site.value(0).sql}, ${site.value(1).sql})`,
  ),
  format_string: printf,
  hex: rewrite(1, 'string', (site) => site.sql`hex(${site.value(0).sql})`),
  initcap: ofTexts(1, 'string', 'sp_initcap'),
  instr: located(1, 0, 'int'),
  left: rewrite(
    2,
    'string',
    (site) => site.sql`left(${text(site, 0)}, greatest(${integer(site, 1, '0')}, 0))`,
  ),
  length: rewrite(1, 'int', (site) => site.sql`CAST(length(${text(site, 0)}) AS INTEGER)`),
  levenshtein: rewrite(
    2,
    'int',
    (site) => site.sql`CAST(levenshtein(${text(site, 0)}, ${text(site, 1)}) AS INTEGER)`,
  ),
  locate: located(0, 1, 'int'),
  lower: ofTexts(1, 'string'),
  lpad: padded('sp_lpad'),
  ltrim: trimmed('ltrim', 1),
  md5: rewrite(1, 'string', (site) => site.sql`md5(sp_as_bytes(${site.value(0).sql}))`),
  octet_length: rewrite(
    1,
    'int',
    (site) => site.sql`CAST(octet_length(sp_as_bytes(${site.value(0).sql})) AS INTEGER)`,
  ),
  overlay: rewrite(
    [3, 4],
    'string',
    (site) =>
      site.sql`sp_overlay(${text(site, 0)}, ${text(site, 1)}, ${integer(site, 2, '1')}, ${integer(site, 3, '-1')})`,
  ),
  parse_url: rewrite([2, 3], 'string', (site) =>
    site.count === 3
      ? site.sql`sp_parse_url_key(${text(site, 0)}, ${text(site, 2)})`
      : site.sql`sp_parse_url(${text(site, 0)}, ${text(site, 1)})`,
  ),
  printf,
  regexp_count: rewrite(
    2,
    'int',
    (site) =>
      site.sql`CAST(len(regexp_extract_all(${text(site, 0)}, ${text(site, 1)})) AS INTEGER)`,
  ),
  regexp_extract: rewrite(
    [2, 3],
    'string',
    (site) =>
      site.sql`regexp_extract(${text(site, 0)}, ${text(site, 1)}, ${integer(site, 2, '1')})`,
  ),
  regexp_extract_all: rewrite(
    [2, 3],
    arrayOf('string'),
    (site) =>
      site.sql`regexp_extract_all(${text(site, 0)}, ${text(site, 1)}, ${integer(site, 2, '1')})`,
  ),
  regexp_instr: rewrite(
    2,
    'int',
    (site) =>
      site.sql`CAST(CASE WHEN regexp_matches(${text(site, 0)}, ${text(site, 1)}) THEN strpos(${text(site, 0)}, regexp_extract(${text(site, 0)}, ${text(site, 1)})) ELSE 0 END AS INTEGER)`,
  ),
  regexp_like: matches,
  regexp_replace: rewrite(
    3,
    'string',
    (site) => site.sql`sp_regexp_replace(${text(site, 0)}, ${text(site, 1)}, ${text(site, 2)})`,
  ),
  regexp_substr: rewrite(
    2,
    'string',
    (site) => site.sql`nullif(regexp_extract(${text(site, 0)}, ${text(site, 1)}), '')`,
  ),
  repeat: rewrite(
    2,
    'string',
    (site) => site.sql`repeat(${text(site, 0)}, ${integer(site, 1, '0')})`,
  ),
  replace: rewrite(
    [2, 3],
    'string',
    (site) =>
      site.sql`replace(${text(site, 0)}, ${text(site, 1)}, ${site.count === 3 ? text(site, 2) : "''"})`,
  ),
  reverse: rewrite(1, typeOf(0), (site) => {
    const { type, sql } = site.value(0);
    const list = typeof type === 'object' && type.kind === 'array';
    return list ? site.sql`list_reverse(${sql})` : site.sql`reverse(${text(site, 0)})`;
  }),
  right: rewrite(
    2,
    'string',
    (site) => site.sql`right(${text(site, 0)}, greatest(${integer(site, 1, '0')}, 0))`,
  ),
  rlike: matches,
  rpad: padded('sp_rpad'),
  rtrim: trimmed('rtrim', 1),
  sha1: rewrite(1, 'string', (site) => site.sql`sha1(sp_as_bytes(${site.value(0).sql}))`),
  sha2,
  soundex: ofTexts(1, 'string', 'sp_soundex'),
  space: rewrite(1, 'string', (site) => site.sql`repeat(' ', ${integer(site, 0, '0')})`),
  split: rewrite([2, 3], arrayOf('string'), (site) =>
    site.count === 3
      ? site.sql`sp_split_limited(${text(site, 0)}, ${text(site, 1)}, ${integer(site, 2, '-1')})`
      : site.sql`sp_split(${text(site, 0)}, ${text(site, 1)})`,
  ),
  split_part: rewrite(
    3,
    'string',
    (site) => site.sql`split_part(${text(site, 0)}, ${text(site, 1)}, ${integer(site, 2, '1')})`,
  ),
  startswith: ofTexts(2, 'boolean', 'starts_with'),
  substring,
  substring_index: rewrite(
    3,
    'string',
    (site) =>
      site.sql`sp_substring_index(${text(site, 0)}, ${text(site, 1)}, ${integer(site, 2, '1')})`,
  ),
  translate: ofTexts(3, 'string'),
  trim: trimmed('trim', 1),
  btrim: trimmed('trim', 0),
  unhex: ofTexts(1, 'binary'),
  upper: ofTexts(1, 'string'),
  uuid: rewrite(0, 'string', (site) => site.sql`CAST(uuid() AS VARCHAR)`),
  url_encode: ofTexts(1, 'string'),
  url_decode: ofTexts(1, 'string'),
  typeof: rewrite(1, 'string', typeName),
};

function typeName(site: CallSite): Sql {
  const { type } = site.value(0);
  if (type !== undefined) return site.sql`${quoteText(sparkText(type))}`;
  return site.unknownType(
    'UNSUPPORTED_FEATURE',
    'The type of this expression is not known here.',
    'Leave typeof out.',
  );
}
