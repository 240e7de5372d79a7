import { truncateLower, truncateUpper } from './bounds.ts';
import type { DataFile, Value } from './manifest-types.ts';
import { integerProperty } from './property.ts';
import { childrenOf, fieldsOf, type FieldPlace } from './schema.ts';
import type {
  NestedField,
  PrimitiveType,
  Schema,
  SortField,
  SortOrder,
  Type,
} from './table-metadata.ts';
import { keepsOrder, parseTransform } from './transform.ts';
import { isPrimitive } from './type.ts';
import { encodeValue, representationOf } from './value.ts';

/** What a Parquet footer tells of one leaf column, summed over its row groups. */
export interface ColumnStats {
  fieldId: number;
  /** The compressed size of its chunks. */
  compressedBytes: number;
  /** Values, nulls and NaN included. */
  valueCount: number;
  /** `null`: the footer does not say. */
  nullCount: number | null;
  /** For `float` and `double`, where it is known. */
  nanCount?: number;
  /** The least and the greatest value; `undefined` where there is none or the footer does not say. */
  min: Value | undefined;
  max: Value | undefined;
}

/** The prefix of properties that say how much is kept of a column, by its full name. */
export const columnMetricsPrefix = 'write.metadata.metrics.column.';

/** How much is kept of a column (Java's `MetricsModes`); `truncate` limits text and bytes to a length. */
type MetricsMode = { mode: 'none' | 'counts' | 'full' } | { mode: 'truncate'; length: number };

/** The metrics of a data file, by field id. */
export type Metrics = Required<
  Pick<
    DataFile,
    | 'column_sizes'
    | 'value_counts'
    | 'null_value_counts'
    | 'nan_value_counts'
    | 'lower_bounds'
    | 'upper_bounds'
  >
>;

const defaultProperty = 'write.metadata.metrics.default';
const limitProperty = 'write.metadata.metrics.max-inferred-column-defaults';
const defaultLimit = 100;
const defaultMode: MetricsMode = { mode: 'truncate', length: 16 };
const none: MetricsMode = { mode: 'none' };

/**
 * The metrics that a data file's manifest entry keeps, by the table's `write.metadata.metrics.*` properties and what its
 * rows are sorted by (Java's `ParquetMetrics`). Columns inside lists and maps have sizes only; a NaN is no bound, and
 * zeros get the sign that covers both.
 */
export function buildMetrics(
  schema: Schema,
  properties: Record<string, string>,
  columns: readonly ColumnStats[],
  sortOrder?: SortOrder,
): Metrics {
  const modes = metricsModes(schema, properties, sortOrder);
  const places = new Map(Array.from(fieldsOf(schema), (place) => [place.field.id, place]));
  const metrics: Metrics = {
    column_sizes: new Map(),
    value_counts: new Map(),
    null_value_counts: new Map(),
    nan_value_counts: new Map(),
    lower_bounds: new Map(),
    upper_bounds: new Map(),
  };
  for (const column of columns) {
    const id = column.fieldId;
    const place = places.get(id);
    const mode = modes.get(id) ?? none;
    if (!place || mode.mode === 'none') continue;
    metrics.column_sizes.set(id, column.compressedBytes);
    if (place.repeated) continue;
    metrics.value_counts.set(id, column.valueCount);
    if (column.nullCount !== null) metrics.null_value_counts.set(id, column.nullCount);
    if (column.nanCount !== undefined) metrics.nan_value_counts.set(id, column.nanCount);
    if (mode.mode !== 'counts') addBounds(metrics, place, mode, column);
  }
  return metrics;
}

function addBounds(
  metrics: Metrics,
  { field }: FieldPlace,
  mode: MetricsMode,
  { min = null, max = null }: ColumnStats,
): void {
  if (!isPrimitive(field.type) || representationOf(field.type) === undefined) return;
  if (Number.isNaN(min) || Number.isNaN(max)) return;
  const width = mode.mode === 'truncate' && isTruncated(field.type) ? mode.length : Infinity;
  const lower = truncateLower(min === 0 ? -0 : min, width);
  const upper = truncateUpper(max === 0 ? 0 : max, width);
  if (lower !== null) metrics.lower_bounds.set(field.id, encodeValue(field.type, lower));
  if (upper !== null) metrics.upper_bounds.set(field.id, encodeValue(field.type, upper));
}

function isTruncated(type: PrimitiveType): boolean {
  const representation = representationOf(type);
  return representation === 'string' || representation === 'bytes';
}

/**
 * The mode of every leaf column by field id (Java's `MetricsConfig`): the column's own property, else the default, but
 * never less than truncated to 16 for a column that the rows are sorted by. Without a default, the first hundred columns
 * are truncated to 16 and the others have none. A mode that does not exist counts as not given.
 */
function metricsModes(
  schema: Schema,
  properties: Record<string, string>,
  sortOrder: SortOrder | undefined,
): Map<number, MetricsMode> {
  const configured = properties[defaultProperty];
  const inferred = configured === undefined ? inferredColumns(schema, properties) : null;
  const usual = inferred === null ? (parseMode(configured) ?? defaultMode) : none;
  const modeOf = ({ field: { id }, path }: FieldPlace) => {
    const own = properties[columnMetricsPrefix + path];
    if (own !== undefined) return parseMode(own) ?? usual;
    const isSorted = sortOrder?.fields.some((item) => sortsBy(item, id)) === true;
    if (isSorted && (usual.mode === 'none' || usual.mode === 'counts')) return defaultMode;
    return inferred?.has(id) === true ? defaultMode : usual;
  };
  const leaves = Array.from(fieldsOf(schema)).filter(({ field }) => isPrimitive(field.type));
  return new Map(leaves.map((place) => [place.field.id, modeOf(place)]));
}

/** Whether rows in an order are also in that of a column. */
function sortsBy({ 'source-id': sourceId, transform }: SortField, id: number): boolean {
  return sourceId === id && keepsOrder(parseTransform(transform));
}

/** The columns with metrics where the table says nothing of any; `null`: all, as they are few enough. */
function inferredColumns(
  schema: Schema,
  properties: Record<string, string>,
): ReadonlySet<number> | null {
  const stated = integerProperty(properties, limitProperty, defaultLimit);
  const limit = stated < 0 ? defaultLimit : stated;
  const counted = Array.from(fieldsOf(schema)).filter(
    ({ field: { type } }) => isPrimitive(type) || type.type === 'struct',
  );
  if (counted.length <= limit) return null;
  return new Set(Array.from(leavesByLevel(schema), ({ id }) => id).slice(0, limit));
}

/** The leaf columns, those of a struct before those of the structs in it. */
function* leavesByLevel(type: Exclude<Type, string>): Generator<NestedField> {
  const children = childrenOf(type);
  yield* children.filter((child) => isPrimitive(child.type));
  for (const { type: inner } of children) if (!isPrimitive(inner)) yield* leavesByLevel(inner);
}

function parseMode(text = ''): MetricsMode | null {
  const lower = text.toLowerCase();
  if (lower === 'none' || lower === 'counts' || lower === 'full') return { mode: lower };
  const length = Number(/^truncate\((\d+)\)$/.exec(lower)?.[1] ?? 0);
  return length > 0 ? { mode: 'truncate', length } : null;
}
