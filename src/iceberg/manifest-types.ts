/**
 * A single value of an Iceberg primitive type: boolean; `int`, `date` (days), `float`, `double` as number; `long`, `time`,
 * `timestamp*` (µs, or ns) as bigint; `decimal` as its unscaled bigint; `string`, `uuid` (dashed text) as string;
 * `fixed`, `binary` as bytes; `null`.
 */
export type Value = null | boolean | number | bigint | string | Uint8Array;

/** What a manifest entry's file holds (spec, field 134). */
export const content = { data: 0, positionDeletes: 1, equalityDeletes: 2 } as const;

/** 0 data, 1 position deletes, 2 equality deletes. */
export type Content = (typeof content)[keyof typeof content];

/** A data or delete file (spec, `data_file`). Partition values stand in the order of the spec's fields. */
export interface DataFile {
  content: Content;
  file_path: string;
  file_format: string;
  partition: Value[];
  record_count: number;
  file_size_in_bytes: number;
  column_sizes?: Map<number, number>;
  value_counts?: Map<number, number>;
  null_value_counts?: Map<number, number>;
  nan_value_counts?: Map<number, number>;
  /** Single values as the spec's binary (Appendix D), by field id. */
  lower_bounds?: Map<number, Uint8Array>;
  upper_bounds?: Map<number, Uint8Array>;
  key_metadata?: Uint8Array;
  split_offsets?: number[];
  equality_ids?: number[];
  sort_order_id?: number;
  first_row_id?: number;
  referenced_data_file?: string;
  content_offset?: number;
  content_size_in_bytes?: number;
}

/** Whether an entry's file was there before, added or deleted by the entry's snapshot (spec, field 0). */
export const status = { existing: 0, added: 1, deleted: 2 } as const;

/** 0 existing, 1 added, 2 deleted. */
export type Status = (typeof status)[keyof typeof status];

/** One entry of a manifest as stored: `null` means inherited from the manifest list. */
export interface StoredEntry {
  status: Status;
  snapshot_id: bigint | null;
  sequence_number: number | null;
  file_sequence_number: number | null;
  data_file: DataFile;
}

/** One entry of a manifest with everything inherited filled in. */
export interface ManifestEntry extends StoredEntry {
  snapshot_id: bigint;
  sequence_number: number;
  file_sequence_number: number;
  spec_id: number;
}

/** The bounds of one partition field over a manifest (spec, `field_summary`). */
export interface FieldSummary {
  contains_null: boolean;
  contains_nan: boolean | null;
  lower_bound: Uint8Array | null;
  upper_bound: Uint8Array | null;
}

/** One record of a manifest list (spec, `manifest_file`). */
export interface ManifestFile {
  manifest_path: string;
  manifest_length: number;
  partition_spec_id: number;
  /** 0 data, 1 deletes. */
  content: 0 | 1;
  sequence_number: number;
  min_sequence_number: number;
  added_snapshot_id: bigint;
  added_files_count: number;
  existing_files_count: number;
  deleted_files_count: number;
  added_rows_count: number;
  existing_rows_count: number;
  deleted_rows_count: number;
  partitions: FieldSummary[] | null;
  key_metadata?: Uint8Array;
  first_row_id?: number;
}
