/**
 * Casts of values whose type is known only to DuckDB. They ask `typeof(x)`, which folds to a constant when a statement
 * is bound: typed overloads cannot be resolved when the argument holds an aggregate or a window function (DuckDB 1.4.3).
 * TRY_CAST stands in every arm, because each arm is bound for every type.
 */
export const castMacros = String.raw`
CREATE OR REPLACE MACRO sp_text_timestamp(s) AS
  CASE WHEN regexp_full_match(s, '\s*\d{4,6}-\d{1,2}-\d{1,2}([T ]([01]?\d|2[0-3]):\d{1,2}(:\d{1,2}(\.\d{0,9})?)?)?(Z|\s?UTC|[+-]\d{2}(:?\d{2})?)?\s*')
      THEN CAST(TRY_CAST(trim(s) AS TIMESTAMPTZ) AS TIMESTAMP)
    WHEN regexp_full_match(s, '\s*\d{4,6}(-\d{1,2})?\s*')
      THEN TRY_CAST(trim(s) || CASE WHEN contains(s, '-') THEN '-01' ELSE '-01-01' END AS TIMESTAMP)
    WHEN regexp_full_match(s, '\s*\d{4,6}-\d{1,2}-\d{1,2}[T ]\d{1,2}\s*')
      THEN TRY_CAST(trim(s) || ':00' AS TIMESTAMP)
    WHEN regexp_full_match(s, '\s*\d{4,6}-\d{1,2}-\d{1,2}([T ].*)?\s(GMT)?[+-]\d{1,2}(:?\d{2})?\s*')
      THEN CAST(TRY_CAST(regexp_replace(trim(s), '\s(GMT)?([+-])(\d)?(\d)(:?\d{2})?$', '\2' || CASE WHEN regexp_matches(trim(s), '[+-]\d(:\d{2})?$') THEN '0' ELSE '' END || '\3\4\5') AS TIMESTAMPTZ) AS TIMESTAMP)
    WHEN lower(trim(s)) = 'epoch' THEN TIMESTAMP '1970-01-01'
  END;
CREATE OR REPLACE MACRO sp_text_date(s) AS
  CASE WHEN regexp_full_match(s, '\s*\d{4,7}-\d{1,2}-\d{1,2}([T ](?s:.)*)?\s*')
      THEN TRY_CAST(regexp_extract(s, '\d{4,7}-\d{1,2}-\d{1,2}') AS DATE)
    WHEN regexp_full_match(s, '\s*\d{4,7}(-\d{1,2})?\s*')
      THEN TRY_CAST(trim(s) || CASE WHEN contains(s, '-') THEN '-01' ELSE '-01-01' END AS DATE)
  END;
CREATE OR REPLACE MACRO sp_text_long(s) AS
  TRY_CAST(CASE WHEN regexp_full_match(s, '\s*[+-]?\.\d+\s*') THEN '0' ELSE regexp_extract(s, '^\s*([+-]?\d+)(?:\.\d*)?\s*$', 1) END AS BIGINT);
CREATE OR REPLACE MACRO sp_text_double(s) AS
  CASE WHEN contains(s, '_') THEN NULL ELSE TRY_CAST(regexp_replace(s, '([0-9.])[fFdD]\s*$', '\1') AS DOUBLE) END;
CREATE OR REPLACE MACRO sp_text_boolean(s) AS
  CASE WHEN lower(trim(s)) IN ('t', 'true', 'y', 'yes', '1') THEN true
    WHEN lower(trim(s)) IN ('f', 'false', 'n', 'no', '0') THEN false END;

CREATE OR REPLACE MACRO sp_to_timestamp(x) AS
  CASE WHEN typeof(x) = 'VARCHAR' THEN sp_text_timestamp(CAST(x AS VARCHAR))
    WHEN typeof(x) = 'DATE' OR typeof(x) LIKE 'TIMESTAMP%' THEN TRY_CAST(x AS TIMESTAMP)
    WHEN typeof(x) LIKE '%INT' OR typeof(x) = 'INTEGER' THEN make_timestamp(TRY_CAST(x AS BIGINT) * 1000000)
    WHEN typeof(x) = 'BOOLEAN' THEN make_timestamp(TRY_CAST(x AS BIGINT))
    ELSE make_timestamp(TRY_CAST(trunc(TRY_CAST(x AS DOUBLE) * 1e6) AS BIGINT)) END;
CREATE OR REPLACE MACRO sp_to_date(x) AS
  CASE WHEN typeof(x) = 'VARCHAR' THEN sp_text_date(CAST(x AS VARCHAR))
    WHEN typeof(x) LIKE 'TIMESTAMP%' THEN CAST(TRY_CAST(x AS TIMESTAMP) AS DATE)
    ELSE TRY_CAST(x AS DATE) END;

CREATE OR REPLACE MACRO sp_wrap(v, bits) AS
  (v + (1::HUGEINT << (bits - 1))) - ((v + (1::HUGEINT << (bits - 1))) >> bits << bits) - (1::HUGEINT << (bits - 1));
CREATE OR REPLACE MACRO sp_cast_integer(x, bits) AS
  CASE WHEN typeof(x) = 'VARCHAR' THEN CASE WHEN sp_text_long(CAST(x AS VARCHAR)) BETWEEN -(1::HUGEINT << (bits - 1)) AND (1::HUGEINT << (bits - 1)) - 1 THEN sp_text_long(CAST(x AS VARCHAR)) END
    WHEN typeof(x) LIKE 'TIMESTAMP%' THEN TRY_CAST(floor(epoch_us(TRY_CAST(x AS TIMESTAMP)) / 1000000) AS BIGINT)
    WHEN typeof(x) IN ('DOUBLE', 'FLOAT') THEN CASE WHEN isnan(TRY_CAST(x AS DOUBLE)) THEN 0
      WHEN TRY_CAST(x AS DOUBLE) >= (1::HUGEINT << (greatest(bits, 32) - 1)) THEN sp_wrap((1::HUGEINT << (greatest(bits, 32) - 1)) - 1, bits)
      WHEN TRY_CAST(x AS DOUBLE) <= -(1::HUGEINT << (greatest(bits, 32) - 1)) THEN sp_wrap(-(1::HUGEINT << (greatest(bits, 32) - 1)), bits)
      ELSE sp_wrap(TRY_CAST(trunc(TRY_CAST(x AS DOUBLE)) AS HUGEINT), bits) END
    WHEN typeof(x) LIKE 'DECIMAL%' THEN sp_wrap(TRY_CAST(trunc(TRY_CAST(x AS DECIMAL(38, 9))) AS HUGEINT), bits)
    WHEN typeof(x) = 'DATE' THEN NULL
    ELSE sp_wrap(TRY_CAST(x AS HUGEINT), bits) END;
CREATE OR REPLACE MACRO sp_cast_bigint(x) AS CAST(sp_cast_integer(x, 64) AS BIGINT);
CREATE OR REPLACE MACRO sp_cast_int(x) AS CAST(sp_cast_integer(x, 32) AS INTEGER);
CREATE OR REPLACE MACRO sp_cast_smallint(x) AS CAST(sp_cast_integer(x, 16) AS SMALLINT);
CREATE OR REPLACE MACRO sp_cast_tinyint(x) AS CAST(sp_cast_integer(x, 8) AS TINYINT);
CREATE OR REPLACE MACRO sp_cast_double(x) AS
  CASE WHEN typeof(x) = 'VARCHAR' THEN sp_text_double(CAST(x AS VARCHAR))
    WHEN typeof(x) LIKE 'TIMESTAMP%' THEN epoch_us(TRY_CAST(x AS TIMESTAMP)) / 1e6
    ELSE TRY_CAST(x AS DOUBLE) END;
CREATE OR REPLACE MACRO sp_cast_float(x) AS CAST(sp_cast_double(x) AS FLOAT);
CREATE OR REPLACE MACRO sp_cast_boolean(x) AS
  CASE WHEN typeof(x) = 'VARCHAR' THEN sp_text_boolean(CAST(x AS VARCHAR))
    WHEN typeof(x) LIKE 'TIMESTAMP%' THEN epoch_us(TRY_CAST(x AS TIMESTAMP)) <> 0
    ELSE TRY_CAST(x AS BOOLEAN) END;
CREATE OR REPLACE MACRO sp_cast_binary(x) AS
  CASE WHEN typeof(x) = 'BLOB' THEN TRY_CAST(x AS BLOB) ELSE encode(CAST(x AS VARCHAR)) END;

CREATE OR REPLACE MACRO sp_double_text(d) AS
  CASE WHEN isnan(d) THEN 'NaN' WHEN isinf(d) THEN CASE WHEN d > 0 THEN 'Infinity' ELSE '-Infinity' END
    WHEN d = 0 OR (abs(d) >= 1e-3 AND abs(d) < 1e7)
      THEN CASE WHEN contains(CAST(d AS VARCHAR), '.') THEN CAST(d AS VARCHAR) ELSE CAST(d AS VARCHAR) || '.0' END
    ELSE sp_scientific(CAST(d AS VARCHAR)) END;
CREATE OR REPLACE MACRO sp_scientific(t) AS
  CASE WHEN contains(t, 'e')
    THEN regexp_replace(regexp_replace(t, '^(-?\d+)e', '\1.0e'), 'e([+]|(-))0?', 'E\2')
    ELSE regexp_replace(sp_digits_text(regexp_extract(t, '-?'), regexp_replace(regexp_extract(t, '\d+'), '^0+', ''), regexp_replace(regexp_extract(t, '\.(\d+)', 1), '^0$', '')), '0+E', '0E') END;
CREATE OR REPLACE MACRO sp_digits_text(sign, whole, fraction) AS
  sign || left(whole || ltrim(fraction, CASE WHEN whole = '' THEN '0' ELSE '' END), 1) || '.'
    || coalesce(nullif(rtrim((whole || ltrim(fraction, CASE WHEN whole = '' THEN '0' ELSE '' END))[2:], '0'), ''), '0') || 'E'
    || CASE WHEN whole = '' THEN length(ltrim(fraction, '0')) - length(fraction) - 1 ELSE length(whole) - 1 END;
CREATE OR REPLACE MACRO sp_cast_string(x) AS
  CASE WHEN typeof(x) LIKE 'TIMESTAMP%' THEN rtrim(rtrim(strftime(TRY_CAST(x AS TIMESTAMP), '%Y-%m-%d %H:%M:%S.%f'), '0'), '.')
    WHEN typeof(x) = 'DOUBLE' THEN sp_double_text(TRY_CAST(x AS DOUBLE))
    WHEN typeof(x) = 'FLOAT' THEN sp_double_text(TRY_CAST(CAST(x AS VARCHAR) AS DOUBLE))
    WHEN typeof(x) = 'BLOB' THEN decode(TRY_CAST(x AS BLOB))
    ELSE CAST(x AS VARCHAR) END;

CREATE OR REPLACE MACRO sp_ansi_cast(x, done, given, wanted, place) AS
  CASE WHEN x IS NOT NULL AND done IS NULL
    THEN error('[CAST_INVALID_INPUT] @' || place || ' The value ''' || CAST(x AS VARCHAR) || ''' of the type "' || given || '" cannot be cast to "' || wanted || '" because it is malformed. Correct the value as per the syntax, or change its target type. Use try_cast to tolerate malformed input and return NULL instead.')
    ELSE done END;
`;
