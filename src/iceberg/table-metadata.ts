/** A primitive type's name as the spec spells it, such as `long`, `decimal(9, 2)`, `fixed[16]`. */
export type PrimitiveType = string;

/** A type in the spec's JSON form (spec, Appendix C). */
export type Type = PrimitiveType | StructType | ListType | MapType;

/** A named column or struct member. */
export interface NestedField {
  id: number;
  name: string;
  required: boolean;
  type: Type;
  doc?: string;
  'initial-default'?: unknown;
  'write-default'?: unknown;
}

/** A struct type. */
export interface StructType {
  type: 'struct';
  fields: NestedField[];
}

/** A list type. */
export interface ListType {
  type: 'list';
  'element-id': number;
  'element-required': boolean;
  element: Type;
}

/** A map type. */
export interface MapType {
  type: 'map';
  'key-id': number;
  key: Type;
  'value-id': number;
  'value-required': boolean;
  value: Type;
}

/** A table schema. */
export interface Schema extends StructType {
  'schema-id': number;
  'identifier-field-ids'?: number[];
}

/** One field of a partition spec; `transform` is text such as `month` or `bucket[16]`. */
export interface PartitionField {
  name: string;
  transform: string;
  'source-id': number;
  'field-id': number;
}

/** A partition spec; no fields: unpartitioned. */
export interface PartitionSpec {
  'spec-id': number;
  fields: PartitionField[];
}

/** One field of a sort order. */
export interface SortField {
  transform: string;
  'source-id': number;
  direction: 'asc' | 'desc';
  'null-order': 'nulls-first' | 'nulls-last';
}

/** A sort order; order 0 is unsorted. */
export interface SortOrder {
  'order-id': number;
  fields: SortField[];
}

/** What a snapshot's commit did. */
export type SnapshotOperation = 'append' | 'replace' | 'overwrite' | 'delete';

/** A snapshot's summary: text to text, `operation` first. */
export type SnapshotSummary = { operation: SnapshotOperation } & Record<string, string>;

/** A snapshot of the table. Ids are 63-bit. */
export interface Snapshot {
  'sequence-number': number;
  'snapshot-id': bigint;
  'parent-snapshot-id'?: bigint;
  'timestamp-ms': number;
  summary: SnapshotSummary;
  'manifest-list': string;
  'schema-id'?: number;
  'first-row-id'?: number;
  'added-rows'?: number;
  /** v3, passed on unread: the key that encrypts the manifest list's own key. */
  'key-id'?: string;
}

/** A branch or tag. */
export interface SnapshotRef {
  'snapshot-id': bigint;
  type: 'branch' | 'tag';
  'min-snapshots-to-keep'?: number;
  'max-snapshot-age-ms'?: number;
  'max-ref-age-ms'?: number;
}

/** The format versions that are read and written. */
export const formatVersions = [1, 2, 3] as const;

/** A format version of tables and of the manifests in them. */
export type FormatVersion = (typeof formatVersions)[number];

/** The last one of {@link formatVersions}. */
export const newestFormat = 3 satisfies FormatVersion;

/**
 * A table's metadata, normalised on reading: v1's `schema` and `partition-spec` are lifted into their lists,
 * `current-snapshot-id` is `null` when there is none (files write -1, null or nothing), refs always name main when
 * there is a current snapshot. Keys are the spec's own (spec, "Table Metadata Fields").
 */
export interface TableMetadata {
  'format-version': FormatVersion;
  'table-uuid': string;
  location: string;
  'last-sequence-number': number;
  'last-updated-ms': number;
  'last-column-id': number;
  'current-schema-id': number;
  schemas: Schema[];
  'default-spec-id': number;
  'partition-specs': PartitionSpec[];
  'last-partition-id': number;
  'default-sort-order-id': number;
  'sort-orders': SortOrder[];
  properties: Record<string, string>;
  'current-snapshot-id': bigint | null;
  'next-row-id'?: number;
  /** v3, passed on unread. */
  'encryption-keys'?: unknown[];
  refs: Record<string, SnapshotRef>;
  snapshots: Snapshot[];
  statistics: unknown[];
  'partition-statistics': unknown[];
  'snapshot-log': { 'timestamp-ms': number; 'snapshot-id': bigint }[];
  'metadata-log': { 'timestamp-ms': number; 'metadata-file': string }[];
}
