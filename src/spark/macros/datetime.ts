/** What Spark's functions of time do and DuckDB's do not. Every timestamp is a naive TIMESTAMP in UTC. */
export const datetimeMacros = String.raw`
CREATE OR REPLACE MACRO sp_now() AS CAST(now() AS TIMESTAMP);
CREATE OR REPLACE MACRO sp_current_date() AS CAST(CAST(now() AS TIMESTAMP) AS DATE);

CREATE OR REPLACE MACRO sp_read_timestamp(s, strict, lenient, format, place) AS
  CASE WHEN regexp_full_match(s, strict) THEN CAST(try_strptime(s, format) AS TIMESTAMP)
    WHEN try_strptime(regexp_extract(s, lenient), format) IS NOT NULL
      THEN error('[INCONSISTENT_BEHAVIOR_CROSS_VERSION.PARSE_DATETIME_BY_NEW_PARSER] @' || place || ' You may get a different result due to the upgrading to Spark >= 3.0: Fail to parse ''' || s || ''' in the new parser.') END;
CREATE OR REPLACE MACRO sp_read_zoned(s, strict, lenient, format, place) AS
  sp_read_timestamp(regexp_replace(s, 'Z$', '+00:00'), replace(strict, '(?:Z|', '(?:[+]00:00|'), lenient, format, place);
CREATE OR REPLACE MACRO sp_this_century(t) AS CASE WHEN year(t) < 2000 THEN t + INTERVAL 100 YEAR ELSE t END;

CREATE OR REPLACE MACRO sp_format_piece(t, p) AS CASE p
  WHEN 'yyyy' THEN strftime(t, '%Y') WHEN 'yy' THEN strftime(t, '%y') WHEN 'y' THEN CAST(year(t) AS VARCHAR)
  WHEN 'MM' THEN strftime(t, '%m') WHEN 'M' THEN strftime(t, '%-m') WHEN 'MMM' THEN strftime(t, '%b') WHEN 'MMMM' THEN strftime(t, '%B')
  WHEN 'dd' THEN strftime(t, '%d') WHEN 'd' THEN strftime(t, '%-d') WHEN 'DDD' THEN strftime(t, '%j') WHEN 'D' THEN strftime(t, '%-j')
  WHEN 'E' THEN strftime(t, '%a') WHEN 'EE' THEN strftime(t, '%a') WHEN 'EEE' THEN strftime(t, '%a') WHEN 'EEEE' THEN strftime(t, '%A')
  WHEN 'HH' THEN strftime(t, '%H') WHEN 'H' THEN strftime(t, '%-H') WHEN 'hh' THEN strftime(t, '%I') WHEN 'h' THEN strftime(t, '%-I') WHEN 'a' THEN strftime(t, '%p')
  WHEN 'mm' THEN strftime(t, '%M') WHEN 'm' THEN strftime(t, '%-M') WHEN 'ss' THEN strftime(t, '%S') WHEN 's' THEN strftime(t, '%-S')
  WHEN 'SSS' THEN strftime(t, '%g') WHEN 'SSSSSS' THEN strftime(t, '%f') WHEN 'Q' THEN CAST(quarter(t) AS VARCHAR)
  ELSE CASE WHEN regexp_matches(p, '^[A-Za-z]') THEN error('[UNSUPPORTED_FEATURE] The letters ' || p || ' need a datetime pattern that is a literal.')
    WHEN p = '''''' THEN '''' ELSE replace(trim(p, ''''), '''''', '''') END END;
CREATE OR REPLACE MACRO sp_format_dynamic(t, f) AS
  array_to_string(list_transform(regexp_extract_all(f, '''(?:[^'']|'''')*''|y+|M+|d+|D+|E+|H+|h+|a+|m+|s+|S+|Q+|[^A-Za-z'']|[A-Za-z]'), lambda p: sp_format_piece(t, p)), '');

CREATE OR REPLACE MACRO sp_epoch_seconds(t) AS CAST(floor(epoch_us(t) / 1000000) AS BIGINT);
CREATE OR REPLACE MACRO sp_unit(u) AS
  CASE lower(u) WHEN 'yyyy' THEN 'year' WHEN 'yy' THEN 'year' WHEN 'mon' THEN 'month' WHEN 'mm' THEN 'month' WHEN 'dd' THEN 'day' ELSE lower(u) END;
CREATE OR REPLACE MACRO sp_date_trunc(u, t) AS
  CASE WHEN sp_unit(u) IN ('year', 'quarter', 'month', 'week', 'day', 'hour', 'minute', 'second', 'millisecond', 'microsecond')
    THEN CAST(date_trunc(CASE WHEN sp_unit(u) IN ('year', 'quarter', 'month', 'week', 'day', 'hour', 'minute', 'second', 'millisecond', 'microsecond') THEN sp_unit(u) ELSE 'day' END, t) AS TIMESTAMP) END;
CREATE OR REPLACE MACRO sp_trunc(d, u) AS
  CASE WHEN sp_unit(u) IN ('year', 'quarter', 'month', 'week') THEN CAST(sp_date_trunc(u, CAST(d AS TIMESTAMP)) AS DATE) END;
CREATE OR REPLACE MACRO sp_add_months(d, n) AS CAST(d + to_months(CAST(n AS INTEGER)) AS DATE);
CREATE OR REPLACE MACRO sp_months_between(a, b) AS
  CASE WHEN day(a) = day(b) OR (CAST(a AS DATE) = last_day(a) AND CAST(b AS DATE) = last_day(b))
    THEN CAST((year(a) - year(b)) * 12 + month(a) - month(b) AS DOUBLE)
    ELSE (year(a) - year(b)) * 12 + month(a) - month(b)
      + ((day(a) - day(b)) * 86400 + epoch(CAST(a AS TIME)) - epoch(CAST(b AS TIME))) / 2678400.0 END;
CREATE OR REPLACE MACRO sp_next_day(d, name) AS
  d + CAST((list_position(['mo', 'tu', 'we', 'th', 'fr', 'sa', 'su'], CASE WHEN lower(name) IN
    ('mo', 'tu', 'we', 'th', 'fr', 'sa', 'su', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday')
    THEN lower(left(name, 2)) END) - isodow(d) + 6) % 7 + 1 AS INTEGER);
CREATE OR REPLACE MACRO sp_make_date(y, m, d) AS TRY(make_date(y, m, d));
CREATE OR REPLACE MACRO sp_make_timestamp(y, mo, d, h, mi, s) AS
  CASE WHEN s <= 60 THEN TRY(make_timestamp(y, mo, d, h, mi, 0)) + to_microseconds(CAST(round(s * 1000000) AS BIGINT)) END;
CREATE OR REPLACE MACRO sp_window(t, size, slide, shift) AS {
  'start': time_bucket(slide, t, TIMESTAMP '1970-01-01' + shift),
  'end': time_bucket(slide, t, TIMESTAMP '1970-01-01' + shift) + size };
`;
