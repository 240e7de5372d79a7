import { content, type DataFile, type Value } from '../../src/iceberg/manifest-types.ts';
import type { PartitionRequest } from '../../src/iceberg/partition-spec.ts';
import type { ChangedFile } from '../../src/iceberg/snapshot-summary.ts';
import { specById, type Table } from '../../src/iceberg/table.ts';
import { applyTransform, parseTransform } from '../../src/iceberg/transform.ts';
import { encodeValue } from '../../src/iceberg/value.ts';
import type { Deletes, File, SpecField } from './history.ts';

const folder = 'mem:///w/test/t/data/';

/** The path of a data file. */
export const pathOf = (name: string): string => `${folder}${name}.parquet`;

/** A partition field as the builder of specs wants it. */
export function partitionRequest({ column, transform, name }: SpecField): PartitionRequest {
  const request = { type: transform, column, name };
  switch (transform) {
    case 'bucket':
      return { ...request, numBuckets: 4 };
    case 'truncate':
      return { ...request, width: 10 };
    default:
      return request;
  }
}

const columns = {
  1: { type: 'long', of: (file: File): Value => BigInt(file.id) },
  2: { type: 'string', of: (file: File): Value => file.data },
  3: { type: 'string', of: (file: File): Value => file.p },
  4: {
    type: 'timestamptz',
    of: ({ at }: File): Value => (at === null ? null : BigInt(at) * 3_600_000_000n),
  },
} as const;

function columnOf(id: number) {
  const column = (columns as Record<number, (typeof columns)[1 | 2 | 3 | 4]>)[id];
  if (column === undefined) throw new Error(`There is no column ${id}`);
  return column;
}

/** A data file under a spec of a table, without bytes. */
export function dataFile({ metadata }: Table, file: File): ChangedFile {
  const specs = metadata['partition-specs'];
  const specId =
    file.spec === undefined
      ? metadata['default-spec-id']
      : (specs[file.spec % specs.length]?.['spec-id'] ?? 0);
  const partition = specById(metadata, specId).fields.map((field): Value => {
    const { type, of } = columnOf(field['source-id']);
    return applyTransform(parseTransform(field.transform), type, of(file));
  });
  return {
    spec_id: specId,
    data_file: {
      content: content.data,
      file_path: pathOf(file.name),
      file_format: 'PARQUET',
      partition,
      record_count: file.records,
      file_size_in_bytes: file.bytes,
      ...(file.bare === true ? {} : metricsOf(file)),
    },
  };
}

function metricsOf(file: File): Partial<DataFile> {
  const ids = Object.keys(columns).map(Number);
  const bounds = (end: File) =>
    new Map(
      ids.flatMap((id): [number, Uint8Array][] => {
        const { type, of } = columnOf(id);
        const value = of(end);
        return value === null ? [] : [[id, encodeValue(type, value)]];
      }),
    );
  return {
    value_counts: new Map(ids.map((id) => [id, file.records])),
    null_value_counts: new Map(
      ids.map((id) => [id, columnOf(id).of(file) === null ? file.records : 0]),
    ),
    lower_bounds: bounds(file),
    upper_bounds: bounds({ ...file, id: file.id + file.records - 1 }),
  };
}

/** A delete file for a data file, beside it. */
export function deleteFile(target: ChangedFile, file: Deletes): ChangedFile {
  const { file_path: path, partition } = target.data_file;
  const base = { partition, record_count: 1, file_size_in_bytes: file.bytes };
  return { spec_id: target.spec_id, data_file: { ...base, ...kindOf(file, path) } };
}

function kindOf({ name, kind }: Deletes, target: string) {
  const common = { file_path: pathOf(name), file_format: 'PARQUET' };
  const isOf = { content: content.positionDeletes, referenced_data_file: target };
  switch (kind) {
    case 'equality':
      return { ...common, content: content.equalityDeletes, equality_ids: [1] };
    case 'position':
      return { ...common, ...isOf };
    case 'nameless':
      return { ...common, content: content.positionDeletes };
    case 'vector':
      return {
        ...isOf,
        file_path: `${folder}${name}.puffin`,
        file_format: 'PUFFIN',
        content_offset: 4,
        content_size_in_bytes: 6,
      };
  }
}
