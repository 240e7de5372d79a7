import { describe, expect, it } from 'vitest';
import { findCurrentMetadata } from '../../src/iceberg/current-metadata.ts';
import { golden, goldenText } from './golden.ts';
import { Files } from './relocated.ts';

const root = 'mem:///table';

/** The current one among metadata files of these names, with a hint if there is one. */
function currentOf(names: readonly string[], hint?: string): Promise<string | null> {
  const io = new Files();
  const paths = names.map((name) => `metadata/${name}`);
  if (hint !== undefined) {
    paths.push('metadata/version-hint.text');
    io.files.set(`${root}/metadata/version-hint.text`, new TextEncoder().encode(hint));
  }
  return findCurrentMetadata(io, root, paths);
}

const hadoop = ['v1.metadata.json', 'v10.gz.metadata.json', 'v9.metadata.json'];
const hive = ['00000-a.metadata.json', '00002-c.metadata.json', '00010-b.gz.metadata.json'];

describe('the current metadata file is', () => {
  it.each([
    ['the one of the highest version', hadoop, undefined, 'v10.gz.metadata.json'],
    ['also among names of other catalogs', hive, undefined, '00010-b.gz.metadata.json'],
    ['the one whose number the hint says', hadoop, '1\n', 'v1.metadata.json'],
    ['one behind the hint, which may lag', hadoop, '9', 'v10.gz.metadata.json'],
    ['only what the hint says under other catalogs', hive, '2', '00002-c.metadata.json'],
    ['the one that the hint names', hive, '00002-c.metadata.json', '00002-c.metadata.json'],
    ['the one that the hint names without its end', hive, '00000-a', '00000-a.metadata.json'],
    ['the highest when the hint names none', hadoop, '77', 'v10.gz.metadata.json'],
    ['the highest when the hint is empty', hadoop, '', 'v10.gz.metadata.json'],
    [
      'also with the ending of gzip at the end',
      ['v1.metadata.json.gz'],
      '1',
      'v1.metadata.json.gz',
    ],
    [
      'no hidden file of another program',
      ['v1.metadata.json', '._v2.metadata.json', '.v3.metadata.json.crc'],
      undefined,
      'v1.metadata.json',
    ],
  ])('%s', async (_, names, hint, expected) => {
    expect(await currentOf(names, hint)).toBe(`metadata/${expected}`);
  });

  it('of two of one version the one that was updated last', async () => {
    const io = Files.under(root, 'tables/impala_iceberg_partitioned');
    const other = 'metadata/v2-leaving.metadata.json';
    const source = 'tables/impala_iceberg_partitioned/metadata/v1.metadata.json';
    io.files.set(`${root}/${other}`, golden(source));
    for (const paths of [io.paths(root), io.paths(root).reverse()]) {
      const found = await findCurrentMetadata(io, root, paths);
      expect(found).toBe('metadata/v2.metadata.json');
    }
  });

  it('the last that another catalog wrote on', async () => {
    const io = Files.under(root, 'tables/impala_iceberg_partitioned');
    const encode = (text: string) => new TextEncoder().encode(text);
    const current = goldenText('tables/impala_iceberg_partitioned/metadata/v2.metadata.json');
    const after = (previous: string) => {
      const log = [{ 'timestamp-ms': 1, 'metadata-file': `s3://elsewhere/metadata/${previous}` }];
      return encode(JSON.stringify({ ...JSON.parse(current), 'metadata-log': log }));
    };
    io.files.set(`${root}/metadata/00000-b.metadata.json`, after('v2.metadata.json'));
    io.files.set(`${root}/metadata/00001-a.metadata.json`, after('00000-b.metadata.json'));
    io.files.set(`${root}/metadata/00002-c.metadata.json`, after('v1.metadata.json'));
    const found = await findCurrentMetadata(io, root, io.paths(root));
    expect(found).toBe('metadata/00001-a.metadata.json');

    // It has come past the number that the hint says.
    io.files.set(`${root}/metadata/00002-d.metadata.json`, after('00001-a.metadata.json'));
    io.files.set(`${root}/metadata/00003-e.metadata.json`, after('00002-d.metadata.json'));
    for (const paths of [io.paths(root), io.paths(root).reverse()]) {
      expect(await findCurrentMetadata(io, root, paths)).toBe('metadata/00003-e.metadata.json');
    }
  });

  it('none where there is none', async () => {
    expect(await findCurrentMetadata(new Files(), root, ['data/x.parquet'])).toBeNull();
  });
});
