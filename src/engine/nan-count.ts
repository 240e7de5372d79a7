import { type Data, DataType, type Field, RecordBatchReader } from 'apache-arrow';
import { fieldId } from './arrow-type.ts';

/**
 * How many values of each `float` and `double` column of a stream are NaN, by field id; Parquet's statistics leave them
 * out. Columns inside lists and maps have no counts (Java's `ParquetMetrics`).
 */
export function countNans(stream: Uint8Array): Map<number, number> {
  const counts = new Map<number, number>();
  const count = (field: Field, data: Data | undefined) => {
    if (!data) return;
    if (DataType.isStruct(data.type)) {
      data.type.children.forEach((child, index) => count(child, data.children[index]));
    } else if (DataType.isFloat(data.type)) {
      const id = fieldId(field) ?? -1;
      counts.set(id, (counts.get(id) ?? 0) + nansIn(data));
    }
  };
  const reader = RecordBatchReader.from(stream).open();
  const { fields } = reader.schema;
  for (const batch of reader) {
    fields.forEach((field, index) => count(field, batch.data.children[index]));
  }
  return counts;
}

function nansIn(data: Data): number {
  const values = data.values as Float64Array;
  let nans = 0;
  for (let row = 0; row < data.length; row += 1) {
    if (Number.isNaN(values[row]) && data.getValid(row)) nans += 1;
  }
  return nans;
}
