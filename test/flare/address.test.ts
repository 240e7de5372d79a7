import { describe, expect, test } from 'vitest';
import {
  formatAddress,
  parseAddress,
  parseCollection,
  sqlName,
  tableName,
} from '../../src/flare/address.ts';

describe('an address', () => {
  test('is read and written back', () => {
    const address = parseAddress('dataos://icebase:raw01/ny_taxi_04?acl=rw');
    expect(address).toEqual({
      depot: 'icebase',
      collection: 'raw01',
      dataset: 'ny_taxi_04',
      acl: 'rw',
    });
    expect(formatAddress(address)).toBe('dataos://icebase:raw01/ny_taxi_04?acl=rw');
    expect(tableName(address)).toBe('icebase:raw01/ny_taxi_04');
    expect(sqlName(address)).toBe('icebase.raw01.ny_taxi_04');
  });

  test('is read-only unless it says acl=rw', () => {
    expect(parseAddress('dataos://a:b/c').acl).toBe('r');
    expect(parseAddress('dataos://a:b/c?acl=r').acl).toBe('r');
    expect(formatAddress(parseAddress('dataos://a:b/c?acl=r'))).toBe('dataos://a:b/c');
  });

  test('may lead to a file', () => {
    const address = parseAddress('dataos://thirdparty01:none/ny-taxi-data/010100.json?acl=r');
    expect(address.dataset).toBe('ny-taxi-data/010100.json');
  });

  test('quotes what is no plain SQL name', () => {
    expect(sqlName(parseAddress('dataos://third-party:none/ny-taxi'))).toBe(
      '`third-party`.none.`ny-taxi`',
    );
  });

  test.each([
    ['icebase:raw01/t', 'does not begin with dataos://'],
    ['dataos:////thirdparty01:analytics/t', '"" is no depot'],
    ['dataos://ice_base:raw01/t', '"ice_base" is no depot'],
    ['dataos://icebase/t', '"" is no collection'],
    ['dataos://icebase:raw-01/t', '"raw-01" is no collection'],
    ['dataos://icebase:raw01:x/t', '"raw01:x" is no collection'],
    ['dataos://icebase:raw01', 'the dataset is missing'],
    ['dataos://icebase:raw01/', 'the dataset is missing'],
    ['dataos://icebase:raw01/../secret', '".." is no name'],
    ['dataos://icebase:raw01/a//b', '"" is no name'],
    ['dataos://icebase:raw01/t?acl=w', '"?acl=w" is neither'],
    ['dataos://icebase:raw01/t?mode=rw', '"?mode=rw" is neither'],
  ])('%s is refused: %s', (text, why) => {
    expect(() => parseAddress(text)).toThrow(why);
    expect(() => parseAddress(text)).toThrow(
      expect.objectContaining({ kind: 'WorkflowInvalid', context: { address: text } }),
    );
  });

  test('of an output with sinks holds no dataset', () => {
    expect(parseCollection('dataos://icebase:raw01?acl=rw')).toEqual({
      depot: 'icebase',
      collection: 'raw01',
      acl: 'rw',
    });
    expect(() => parseCollection('dataos://icebase:raw01/t')).toThrow('does not belong here');
  });
});
