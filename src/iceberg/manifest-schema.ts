import type { FormatVersion, NestedField, StructType, Type } from './table-metadata.ts';

function required(id: number, name: string, type: Type, doc?: string): NestedField {
  return { id, name, required: true, type, ...(doc !== undefined && { doc }) };
}

function optional(id: number, name: string, type: Type, doc?: string): NestedField {
  return { ...required(id, name, type, doc), required: false };
}

function list(elementId: number, element: Type): Type {
  return { type: 'list', 'element-id': elementId, element, 'element-required': true };
}

function map(keyId: number, valueId: number, value: Type): Type {
  return {
    type: 'map',
    'key-id': keyId,
    key: 'int',
    'value-id': valueId,
    value,
    'value-required': true,
  };
}

const location = 'Location URI with FS scheme';

const fieldSummary: StructType = {
  type: 'struct',
  fields: [
    required(509, 'contains_null', 'boolean', 'True if any file has a null partition value'),
    optional(518, 'contains_nan', 'boolean', 'True if any file has a nan partition value'),
    optional(510, 'lower_bound', 'binary', 'Partition lower bound for all files'),
    optional(511, 'upper_bound', 'binary', 'Partition upper bound for all files'),
  ],
};

const partitions = optional(
  507,
  'partitions',
  list(508, fieldSummary),
  'Summary for each partition',
);
const keyMetadata = 'Encryption key metadata blob';

const head = [
  required(500, 'manifest_path', 'string', location),
  required(501, 'manifest_length', 'long', 'Total file size in bytes'),
  required(502, 'partition_spec_id', 'int', 'Spec ID used to write'),
];
const sequence = [
  required(517, 'content', 'int', 'Contents of the manifest: 0=data, 1=deletes'),
  required(515, 'sequence_number', 'long', 'Sequence number when the manifest was added'),
  required(516, 'min_sequence_number', 'long', 'Lowest sequence number in the manifest'),
];
const snapshot = required(503, 'added_snapshot_id', 'long', 'Snapshot ID that added the manifest');
const fileCounts = [
  required(504, 'added_files_count', 'int', 'Added entry count'),
  required(505, 'existing_files_count', 'int', 'Existing entry count'),
  required(506, 'deleted_files_count', 'int', 'Deleted entry count'),
];
const rowCounts = [
  required(512, 'added_rows_count', 'long', 'Added rows count'),
  required(513, 'existing_rows_count', 'long', 'Existing rows count'),
  required(514, 'deleted_rows_count', 'long', 'Deleted rows count'),
];
const listKey = optional(519, 'key_metadata', 'binary', keyMetadata);
const listFirstRow = optional(
  520,
  'first_row_id',
  'long',
  'Starting row ID to assign to new rows in ADDED data files',
);

function relaxed(fields: NestedField[]): NestedField[] {
  return fields.map((field) => ({ ...field, required: false }));
}

/** The record of a manifest list as Java writes it (`V1Metadata` to `V3Metadata`). */
export function manifestFileStruct(version: FormatVersion): StructType {
  const later = [...head, ...sequence, snapshot, ...fileCounts, ...rowCounts, partitions, listKey];
  const fields = {
    1: [...head, snapshot, ...relaxed(fileCounts), partitions, ...relaxed(rowCounts), listKey],
    2: later,
    3: [...later, listFirstRow],
  };
  return { type: 'struct', fields: fields[version] };
}

/** The record of a manifest list as it is read: all that v3 has, nothing that v1 lacks is required. */
export const readableManifestFile: StructType = {
  type: 'struct',
  fields: [
    ...head,
    ...relaxed(sequence),
    ...relaxed([snapshot, ...fileCounts, ...rowCounts]),
    partitions,
    listKey,
    listFirstRow,
  ],
};

const content = required(
  134,
  'content',
  'int',
  'Contents of the file: 0=data, 1=position deletes, 2=equality deletes',
);
const filePath = required(100, 'file_path', 'string', location);
const fileFormat = required(
  101,
  'file_format',
  'string',
  'File format name: avro, orc, or parquet',
);
const fileSizes = [
  required(103, 'record_count', 'long', 'Number of records in the file'),
  required(104, 'file_size_in_bytes', 'long', 'Total file size in bytes'),
];
const blockSize = required(105, 'block_size_in_bytes', 'long');
const metrics = [
  optional(108, 'column_sizes', map(117, 118, 'long'), 'Map of column id to total size on disk'),
  optional(
    109,
    'value_counts',
    map(119, 120, 'long'),
    'Map of column id to total count, including null and NaN',
  ),
  optional(110, 'null_value_counts', map(121, 122, 'long'), 'Map of column id to null value count'),
  optional(
    137,
    'nan_value_counts',
    map(138, 139, 'long'),
    'Map of column id to number of NaN values in the column',
  ),
  optional(125, 'lower_bounds', map(126, 127, 'binary'), 'Map of column id to lower bound'),
  optional(128, 'upper_bounds', map(129, 130, 'binary'), 'Map of column id to upper bound'),
  optional(131, 'key_metadata', 'binary', keyMetadata),
  optional(132, 'split_offsets', list(133, 'long'), 'Splittable offsets'),
];
const equalityIds = optional(
  135,
  'equality_ids',
  list(136, 'int'),
  'Equality comparison field IDs',
);
const sortOrder = optional(140, 'sort_order_id', 'int', 'Sort order ID');
const firstRow = optional(
  142,
  'first_row_id',
  'long',
  'The first row ID assigned to the first row in the data file',
);
const referencedFile = optional(
  143,
  'referenced_data_file',
  'string',
  'Fully qualified location (URI with FS scheme) of a data file that all deletes reference',
);
const blob = [
  optional(144, 'content_offset', 'long', 'The offset in the file where the content starts'),
  optional(
    145,
    'content_size_in_bytes',
    'long',
    'The length of referenced content stored in the file',
  ),
];

function partitionField(partition: StructType, version: FormatVersion): NestedField {
  const doc = 'Partition data tuple, schema based on the partition spec';
  return required(102, 'partition', partition, version === 1 ? undefined : doc);
}

function dataFileFields(version: FormatVersion, partition: StructType): NestedField[] {
  const place = [filePath, fileFormat, partitionField(partition, version), ...fileSizes];
  const described = [content, ...place, ...metrics, equalityIds, sortOrder];
  return {
    1: [...place, blockSize, ...metrics, sortOrder],
    2: [...described, referencedFile],
    3: [...described, firstRow, referencedFile, ...blob],
  }[version];
}

function entryStruct(version: FormatVersion, dataFile: NestedField[]): StructType {
  const sequenceNumbers = [
    optional(3, 'sequence_number', 'long'),
    optional(4, 'file_sequence_number', 'long'),
  ];
  return {
    type: 'struct',
    fields: [
      required(0, 'status', 'int'),
      optional(1, 'snapshot_id', 'long'),
      ...(version === 1 ? [] : sequenceNumbers),
      required(2, 'data_file', { type: 'struct', fields: dataFile }),
    ],
  };
}

/** The record of a manifest as Java writes it, for the partition tuples of its spec. */
export function manifestEntryStruct(version: FormatVersion, partition: StructType): StructType {
  return entryStruct(version, dataFileFields(version, partition));
}

/** The record of a manifest as it is read: all that v3 has, nothing that v1 lacks is required. */
export function readableManifestEntry(partition: StructType): StructType {
  const fields = dataFileFields(3, partition);
  return entryStruct(
    3,
    fields.map((field) => (field === content ? { ...field, required: false } : field)),
  );
}
