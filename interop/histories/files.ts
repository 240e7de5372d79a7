import { content, type Value } from '../../src/iceberg/manifest-types.ts';
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
export function partitionRequest({ column, transform }: SpecField): PartitionRequest {
  switch (transform) {
    case 'identity':
      return { type: transform, column };
    case 'bucket':
      return { type: transform, column, numBuckets: 4 };
    case 'truncate':
      return { type: transform, column, width: 10 };
  }
}

/** A data file under the default spec of a table, with metrics and without bytes. */
export function dataFile({ metadata }: Table, file: File): ChangedFile {
  const specId = metadata['default-spec-id'];
  const partition = specById(metadata, specId).fields.map((field): Value => {
    const isId = field['source-id'] === 1;
    const value = isId ? BigInt(file.id) : file.p;
    return applyTransform(parseTransform(field.transform), isId ? 'long' : 'string', value);
  });
  const bounds = (id: number) => {
    const known: [number, Uint8Array][] = [[1, encodeValue('long', BigInt(id))]];
    if (file.p !== null) known.push([3, encodeValue('string', file.p)]);
    return new Map(known);
  };
  return {
    spec_id: specId,
    data_file: {
      content: content.data,
      file_path: pathOf(file.name),
      file_format: 'PARQUET',
      partition,
      record_count: file.records,
      file_size_in_bytes: file.bytes,
      value_counts: new Map([1, 3].map((id) => [id, file.records])),
      null_value_counts: new Map([
        [1, 0],
        [3, file.p === null ? file.records : 0],
      ]),
      lower_bounds: bounds(file.id),
      upper_bounds: bounds(file.id + file.records - 1),
    },
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
