/** What Spark's functions of text do and DuckDB's do not. */
export const stringMacros = String.raw`
CREATE OR REPLACE MACRO sp_regexp_replace(s, p, r) AS
  regexp_replace(s, p, regexp_replace(replace(r, '\', '\\'), '\$(\d)', '\\\1', 'g'), 'g');
CREATE OR REPLACE MACRO sp_split(s, p) AS
  CASE WHEN p = '' THEN list_filter(regexp_split_to_array(s, ''), lambda e: e <> '') ELSE string_split_regex(s, p) END;
CREATE OR REPLACE MACRO sp_split_limited(s, p, n) AS
  CASE WHEN n <= 0 OR len(string_split_regex(s, p)) <= n THEN string_split_regex(s, p)
    ELSE list_append(string_split_regex(s, p)[1:n - 1], s[1 + len(array_to_string(string_split_regex(s, p)[1:n - 1], ''))
      + len(array_to_string(regexp_extract_all(s, p)[1:n - 1], '')):]) END;
CREATE OR REPLACE MACRO sp_substring_index(s, d, n) AS
  CASE WHEN n = 0 OR d = '' THEN CASE WHEN s IS NOT NULL THEN '' END
    WHEN n > 0 THEN array_to_string(string_split(s, d)[:n], d)
    ELSE array_to_string(string_split(s, d)[greatest(len(string_split(s, d)) + n + 1, 1):], d) END;
CREATE OR REPLACE MACRO sp_initcap(s) AS
  array_to_string(list_transform(string_split(lower(s), ' '), lambda w: upper(w[1]) || w[2:]), ' ');
CREATE OR REPLACE MACRO sp_lpad(s, n, p) AS CASE WHEN n <= 0 THEN left(s, 0) WHEN p = '' THEN left(s, n) ELSE lpad(s, n, p) END;
CREATE OR REPLACE MACRO sp_rpad(s, n, p) AS CASE WHEN n <= 0 THEN left(s, 0) WHEN p = '' THEN left(s, n) ELSE rpad(s, n, p) END;
CREATE OR REPLACE MACRO sp_locate(t, s, p) AS
  CAST(CASE WHEN p < 1 THEN 0 WHEN strpos(substring(s, p), t) = 0 THEN 0 ELSE strpos(substring(s, p), t) + p - 1 END AS INTEGER);
CREATE OR REPLACE MACRO sp_substring(s, p, n) AS
  CASE WHEN n <= 0 THEN left(s, 0)
    WHEN p > 0 THEN substring(s, p, n) WHEN p = 0 THEN left(s, n)
    WHEN length(s) + p >= 0 THEN substring(s, length(s) + p + 1, n) ELSE left(s, greatest(length(s) + p + n, 0)) END;
CREATE OR REPLACE MACRO sp_overlay(s, r, p, n) AS
  left(s, p - 1) || r || substring(s, CASE WHEN n < 0 THEN p + length(r) ELSE p + n END);
CREATE OR REPLACE MACRO sp_find_in_set(x, l) AS
  CAST(CASE WHEN contains(x, ',') THEN 0 ELSE coalesce(list_position(string_split(l, ','), x), 0) END AS INTEGER);
CREATE OR REPLACE MACRO sp_parse_url(u, p) AS CASE p
  WHEN 'HOST' THEN nullif(regexp_extract(u, '^[^:/]+://(?:[^/@]*@)?([^/:?#]+)', 1), '')
  WHEN 'PATH' THEN regexp_extract(u, '^[^:/]+://[^/?#]*([^?#]*)', 1)
  WHEN 'QUERY' THEN nullif(regexp_extract(u, '\?([^#]*)', 1), '')
  WHEN 'PROTOCOL' THEN nullif(regexp_extract(u, '^([^:/]+):', 1), '')
  WHEN 'REF' THEN nullif(regexp_extract(u, '#(.*)$', 1), '')
  WHEN 'AUTHORITY' THEN nullif(regexp_extract(u, '^[^:/]+://([^/?#]+)', 1), '')
  WHEN 'USERINFO' THEN nullif(regexp_extract(u, '^[^:/]+://([^/@]*)@', 1), '')
  WHEN 'FILE' THEN regexp_extract(u, '^[^:/]+://[^/?#]*([^#]*)', 1) END;
CREATE OR REPLACE MACRO sp_parse_url_key(u, k) AS nullif(regexp_extract(u, '[?&]' || k || '=([^&#]*)', 1), '');
CREATE OR REPLACE MACRO sp_digits_value(s, a) AS
  list_reduce(list_transform(string_split(upper(s), ''), lambda c: CAST(strpos('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ', c) - 1 AS HUGEINT)), lambda total, d: total * a + d);
CREATE OR REPLACE MACRO sp_conv(s, a, b) AS
  CASE WHEN b = 16 THEN printf('%X', CAST(sp_digits_value(s, a) AS BIGINT)) WHEN b = 2 THEN bin(CAST(sp_digits_value(s, a) AS BIGINT))
    WHEN b = 10 THEN CAST(sp_digits_value(s, a) AS VARCHAR) WHEN b = 8 THEN printf('%o', CAST(sp_digits_value(s, a) AS BIGINT)) END;
CREATE OR REPLACE MACRO sp_as_bytes(x) AS CASE WHEN typeof(x) = 'BLOB' THEN TRY_CAST(x AS BLOB) ELSE encode(CAST(x AS VARCHAR)) END;
CREATE OR REPLACE MACRO sp_texts(x) AS
  CASE WHEN typeof(x) LIKE '%[]' THEN TRY_CAST(x AS VARCHAR[]) ELSE [sp_cast_string(x)] END;
CREATE OR REPLACE MACRO sp_soundex_code(c) AS
  CASE WHEN c IN ('B', 'F', 'P', 'V') THEN '1' WHEN c IN ('C', 'G', 'J', 'K', 'Q', 'S', 'X', 'Z') THEN '2'
    WHEN c IN ('D', 'T') THEN '3' WHEN c = 'L' THEN '4' WHEN c IN ('M', 'N') THEN '5' WHEN c = 'R' THEN '6'
    WHEN c IN ('H', 'W') THEN '' ELSE '0' END;
CREATE OR REPLACE MACRO sp_runs(codes) AS
  list_reduce(list_transform(string_split(codes, ''), lambda c: c), lambda done, c: CASE WHEN right(done, 1) = c THEN done ELSE done || c END);
CREATE OR REPLACE MACRO sp_soundex(s) AS
  CASE WHEN regexp_matches(upper(s), '^[A-Z]')
    THEN rpad(left(upper(left(s, 1)) || replace(sp_runs(array_to_string(list_transform(string_split(upper(s), ''), lambda c: sp_soundex_code(c)), ''))
      [2 - CAST(sp_soundex_code(upper(left(s, 1))) = '' AS INTEGER):], '0', ''), 4), 4, '0') ELSE s END;
`;
