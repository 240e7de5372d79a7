import { describe, expect, it } from 'vitest';
import { dataLocation } from '../../src/iceberg/data-location.ts';

const location = 'file:///lake/ns/t';
const place = (properties: Record<string, string>, partition = '', file = 'f.parquet') =>
  dataLocation({ location, properties }, partition, file);

// What Java's LocationProviders (iceberg-core 1.11) answers for these tables.
const spread = { 'write.object-storage.enabled': 'true' };
const flat = { ...spread, 'write.object-storage.partitioned-paths': 'false' };
const elsewhere = { 'write.data.path': 'file:///other/x/' };
const partition = 'a+b=x%2F%C3%A9';

describe('the place of a data file', () => {
  it('is below the data folder', () => {
    expect(place({})).toBe('file:///lake/ns/t/data/f.parquet');
    expect(place({}, partition)).toBe('file:///lake/ns/t/data/a+b=x%2F%C3%A9/f.parquet');
    expect(place(elsewhere)).toBe('file:///other/x/f.parquet');
  });

  it('has the hash of its name and partition before it in an object store', () => {
    expect(place(spread, '', 'a')).toBe('file:///lake/ns/t/data/0101/0110/1001/10110010/a');
    expect(place(spread)).toBe('file:///lake/ns/t/data/0111/1111/1110/11001100/f.parquet');
    expect(place(spread, partition)).toBe(
      'file:///lake/ns/t/data/0011/0011/0101/01011111/a+b=x%2F%C3%A9/f.parquet',
    );
  });

  it('has no folders of partitions where they are not wanted', () => {
    expect(place(flat, partition)).toBe('file:///lake/ns/t/data/0111/1111/1110/11001100-f.parquet');
  });

  it('names the table where the data folder lies outside of it', () => {
    expect(place({ ...spread, ...elsewhere }, partition)).toBe(
      'file:///other/x/0011/0011/0101/01011111/ns/t/a+b=x%2F%C3%A9/f.parquet',
    );
    expect(place({ ...flat, ...elsewhere }, partition)).toBe(
      'file:///other/x/0111/1111/1110/11001100/ns/t/f.parquet',
    );
  });
});
