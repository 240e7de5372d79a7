/** What Spark's functions of arrays, maps and numbers do and DuckDB's do not. */
export const collectionMacros = String.raw`
CREATE OR REPLACE MACRO sp_array_position(a, x) AS CAST(coalesce(list_position(a, x), CASE WHEN a IS NOT NULL AND x IS NOT NULL THEN 0 END) AS BIGINT);
CREATE OR REPLACE MACRO sp_array_distinct(a) AS list_filter(a, lambda e, i: list_position(a, e) = i);
CREATE OR REPLACE MACRO sp_array_union(a, b) AS sp_array_distinct(CASE WHEN b IS NOT NULL AND a IS NOT NULL THEN list_concat(a, b) END);
CREATE OR REPLACE MACRO sp_array_intersect(a, b) AS list_filter(sp_array_distinct(a), lambda e: list_position(b, e) IS NOT NULL);
CREATE OR REPLACE MACRO sp_array_except(a, b) AS list_filter(sp_array_distinct(a), lambda e: list_position(b, e) IS NULL);
CREATE OR REPLACE MACRO sp_array_remove(a, x) AS CASE WHEN x IS NOT NULL THEN list_filter(a, lambda e: e IS NULL OR e <> x) END;
CREATE OR REPLACE MACRO sp_array_join(a, d) AS CASE WHEN a IS NOT NULL THEN array_to_string(a, d) END;
CREATE OR REPLACE MACRO sp_slice(a, s, n) AS
  CASE WHEN s > 0 THEN list_slice(a, s, s + n - 1) WHEN len(a) + s >= 0 THEN list_slice(a, len(a) + s + 1, len(a) + s + n) ELSE list_slice(a, 1, 0) END;
CREATE OR REPLACE MACRO sp_str_to_map(s, pairs, keys) AS
  map_from_entries(list_transform(string_split_regex(s, pairs), lambda e: {'k': split_part(e, keys, 1), 'v': CASE WHEN contains(e, keys) THEN e[length(split_part(e, keys, 1)) + length(keys) + 1:] END}));
CREATE OR REPLACE MACRO sp_array_repeat(x, n) AS list_transform(range(CAST(n AS BIGINT)), lambda i: x);
CREATE OR REPLACE MACRO sp_pmod(a, b) AS CASE WHEN a % b < 0 THEN (a % b + b) % b ELSE a % b END;
CREATE OR REPLACE MACRO sp_to_bigint(d) AS
  CAST(CASE WHEN isnan(CAST(d AS DOUBLE)) THEN 0 ELSE least(greatest(d, -9223372036854775808), 9223372036854775807) END AS BIGINT);
CREATE OR REPLACE MACRO sp_skewness(x) AS
  skewness(x) * (count(x) - 2) / sqrt(CAST(count(x) AS DOUBLE) * (count(x) - 1));
CREATE OR REPLACE MACRO sp_format_number(x, d) AS
  format('{:,.' || CAST(d AS VARCHAR) || 'f}', round_even(CAST(x AS DOUBLE), d));
`;
