import { IcejamError } from '../error.ts';
import { withoutNot } from './expression.ts';
import type { Comparison, Expression } from './expression.ts';
import type { DataFile, Value } from './manifest-types.ts';
import { findFieldByName } from './schema.ts';
import type { NestedField, PartitionSpec, PrimitiveType, Schema } from './table-metadata.ts';
import { applyTransform, parseTransform, type Transform } from './transform.ts';
import { isPrimitive, typeText } from './type.ts';
import { compareValues, decodeValue, representationOf } from './value.ts';

/** How many of a file's rows a filter matches, as far as its partition and its bounds tell. */
export type Match = 'all' | 'some' | 'none';

/**
 * How many rows of a file match a filter: `some` also stands for "cannot tell". Decided as Java does with the
 * partition's residual and the inclusive and strict metrics evaluators.
 * Throws `Validation` for a column that the schema does not have.
 */
export function matchFile(
  expression: Expression,
  file: DataFile,
  spec: PartitionSpec,
  schema: Schema,
): Match {
  return match(withoutNot(expression), { file, spec, schema });
}

interface Evidence {
  file: DataFile;
  spec: PartitionSpec;
  schema: Schema;
}

type Predicate = Extract<Expression, { column: string }>;

function match(expression: Expression, evidence: Evidence): Match {
  switch (expression.op) {
    case 'true':
      return 'all';
    case 'false':
      return 'none';
    case 'not':
      throw new Error('not is rewritten before a filter is matched');
    case 'and': {
      const [left, right] = [match(expression.left, evidence), match(expression.right, evidence)];
      if (left === 'none' || right === 'none') return 'none';
      return left === 'all' && right === 'all' ? 'all' : 'some';
    }
    case 'or': {
      const [left, right] = [match(expression.left, evidence), match(expression.right, evidence)];
      if (left === 'all' || right === 'all') return 'all';
      return left === 'none' && right === 'none' ? 'none' : 'some';
    }
    default:
      return matchPredicate(expression, evidence);
  }
}

function matchPredicate(predicate: Predicate, { file, spec, schema }: Evidence): Match {
  const field = findFieldByName(schema, predicate.column)?.field;
  if (field === undefined || !isPrimitive(field.type)) {
    throw new IcejamError(
      'Validation',
      `Cannot find field '${predicate.column}' in struct: ${typeText(schema)}`,
    );
  }
  const type = field.type;
  for (const [index, { transform, 'source-id': source }] of spec.fields.entries()) {
    if (source !== field.id) continue;
    const value = file.partition[index] ?? null;
    const found = matchPartition(predicate, parseTransform(transform), type, value);
    if (found !== 'some') return found;
  }
  return matchBounds(predicate, field, type, file);
}

function matchPartition(
  predicate: Predicate,
  transform: Transform,
  type: PrimitiveType,
  partition: Value,
): Match {
  if (transform.name === 'void' || transform.name === 'unknown') return 'some';
  if (partition === null) return matchNulls(predicate);
  switch (predicate.op) {
    case 'is_null':
      return 'none';
    case 'not_null':
      return 'all';
    case 'in':
    case 'not in':
      return matchList(predicate.op, predicate.values, (value) =>
        comparePartition('==', transform, type, partition, value),
      );
    default:
      return comparePartition(predicate.op, transform, type, partition, predicate.value);
  }
}

/** How a predicate fares where every value is null. */
function matchNulls(predicate: Predicate): Match {
  return predicate.op === 'is_null' || predicate.op === '!=' || predicate.op === 'not in'
    ? 'all'
    : 'none';
}

function matchList(
  op: 'in' | 'not in',
  values: readonly Value[],
  equals: (value: Value) => Match,
): Match {
  const matches = values.map(equals);
  const found = matches.includes('all') ? 'all' : matches.includes('some') ? 'some' : 'none';
  return op === 'in' ? found : opposite(found);
}

function opposite(found: Match): Match {
  return found === 'some' ? 'some' : found === 'all' ? 'none' : 'all';
}

function comparePartition(
  op: Comparison,
  transform: Transform,
  type: PrimitiveType,
  partition: Value,
  value: Value,
): Match {
  if (transform.name === 'identity') {
    return holds(op, compareValues(type, partition, value)) ? 'all' : 'none';
  }
  const order = (to: Value) => compareValues(type, partition, applyTransform(transform, type, to));
  const orderAfter = (to: Value, latest: number) => {
    const ordinal = applyTransform(transform, type, to);
    const mayBeNext = isOnceMistaken(transform, type) && Number(ordinal) <= latest;
    return compareValues(type, partition, mayBeNext ? Number(ordinal) + 1 : ordinal);
  };
  if (op === '==' || op === '!=') {
    if (order(value) === 0 || orderAfter(value, -1) === 0) return 'some';
    return op === '==' ? 'none' : 'all';
  }
  if (transform.name === 'bucket') return 'some';
  // Over whole numbers `x < v` is `x <= v - 1`, which decides the partition that ends right before v.
  const step = stepOf(type, value);
  switch (op) {
    case '<':
      return between(orderAfter(step(-1), -1), order(value));
    case '<=':
      return between(orderAfter(value, -1), order(step(1)));
    case '>':
      return opposite(between(orderAfter(value, 0), order(step(1))));
    case '>=':
      return opposite(between(orderAfter(step(-1), 0), order(value)));
  }
}

/**
 * Whether Iceberg up to 0.10 made partitions of times before 1970 that are one too late, so that nobody trusts a partition
 * right behind a limit there (Java's `ProjectionUtil`); days of dates were always right.
 */
function isOnceMistaken({ name }: Transform, type: PrimitiveType): boolean {
  return name === 'day' ? type !== 'date' : name === 'year' || name === 'month' || name === 'hour';
}

/** A partition against the last value inside and the first value outside of an upper limit. */
function between(last: number, beyond: number): Match {
  if (beyond < 0) return 'all';
  return last > 0 ? 'none' : 'some';
}

/** The neighbours of a value, if its type has them; otherwise the value itself, which only decides less. */
function stepOf(type: PrimitiveType, value: Value): (by: 1 | -1) => Value {
  const representation = representationOf(type);
  if (typeof value === 'bigint') return (by) => value + BigInt(by);
  if (typeof value === 'number' && representation === 'int') return (by) => value + by;
  return () => value;
}

function holds(op: Comparison, order: number): boolean {
  switch (op) {
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    case '>=':
      return order >= 0;
    case '==':
      return order === 0;
    case '!=':
      return order !== 0;
  }
}

/** What the file's metrics say of a column; absent: unknown. */
interface Metrics {
  allNull: boolean;
  /** Whether every row has a value that compares: neither null nor NaN. */
  complete: boolean;
  lower: Value | undefined;
  upper: Value | undefined;
  type: PrimitiveType;
}

function metricsOf(field: NestedField, type: PrimitiveType, file: DataFile): Metrics {
  const nulls = file.null_value_counts?.get(field.id);
  const values = file.value_counts?.get(field.id);
  const canBeNaN = type === 'float' || type === 'double';
  // Bounds of geometry are corners of a box, not values that compare.
  const decode = (bytes: Uint8Array | undefined) =>
    bytes === undefined || representationOf(type) === undefined
      ? undefined
      : decodeValue(type, bytes);
  return {
    allNull: nulls !== undefined && nulls === values,
    complete: nulls === 0 && (!canBeNaN || file.nan_value_counts?.get(field.id) === 0),
    lower: decode(file.lower_bounds?.get(field.id)),
    upper: decode(file.upper_bounds?.get(field.id)),
    type,
  };
}

function matchBounds(
  predicate: Predicate,
  field: NestedField,
  type: PrimitiveType,
  file: DataFile,
): Match {
  const metrics = metricsOf(field, type, file);
  if (metrics.allNull) return matchNulls(predicate);
  switch (predicate.op) {
    case 'is_null':
    case 'not_null': {
      const noNull = field.required || file.null_value_counts?.get(field.id) === 0;
      if (!noNull) return 'some';
      return predicate.op === 'is_null' ? 'none' : 'all';
    }
    case 'in':
    case 'not in':
      return matchList(predicate.op, predicate.values, (value) =>
        compareBounds('==', metrics, value),
      );
    default:
      return compareBounds(predicate.op, metrics, predicate.value);
  }
}

function compareBounds(op: Comparison, metrics: Metrics, value: Value): Match {
  const { lower, upper, type, complete } = metrics;
  if (lower === undefined || upper === undefined) return 'some';
  const low = compareValues(type, lower, value);
  const high = compareValues(type, upper, value);
  if (op === '==' || op === '!=') {
    const outside = low > 0 || high < 0;
    if (outside) return op === '==' ? 'none' : 'all';
    if (low !== 0 || high !== 0 || !complete) return 'some';
    return op === '==' ? 'all' : 'none';
  }
  const [lowHolds, highHolds] = [holds(op, low), holds(op, high)];
  if (!lowHolds && !highHolds) return 'none';
  return lowHolds && highHolds && complete ? 'all' : 'some';
}
