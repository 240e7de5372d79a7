import { expect, test } from 'vitest';
import { openingCommands, proposedLocation } from '../../src/lab/open-elsewhere.ts';

const commands = (location: string, metadata: string) =>
  Object.fromEntries(
    openingCommands(location, metadata).map(({ engine, command }) => [engine, command]),
  );

test('the proposed place is where a Hadoop catalog looks for the table', () => {
  expect(proposedLocation('icebase:raw01/ny_taxi_04')).toBe(
    'file:///tmp/warehouse/raw01/ny_taxi_04',
  );
});

test('each command names the newest metadata file, or the warehouse above the table', () => {
  const { PyIceberg, DuckDB, Spark } = commands(
    'file:///home/me/lake/raw01/trips/',
    'metadata/v3.metadata.json',
  );
  expect(PyIceberg).toContain(
    "from_metadata('/home/me/lake/raw01/trips/metadata/v3.metadata.json')",
  );
  expect(DuckDB).toContain("iceberg_scan('/home/me/lake/raw01/trips/metadata/v3.metadata.json')");
  expect(Spark).toContain('warehouse=/home/me/lake ');
  expect(Spark).toContain('from icebase.raw01.trips');
});

test('DuckDB is told that the metadata is compressed', () => {
  const { DuckDB } = commands('file:///x/c/d', 'metadata/v3.gz.metadata.json');
  expect(DuckDB).toContain("metadata_compression_codec = 'gzip'");
});
