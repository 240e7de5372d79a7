import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sanitize, toAvroSchema } from '../../src/iceberg/avro-schema.ts';
import { openAvro, writeAvro } from '../../src/iceberg/avro.ts';
import { manifestEntryStruct, manifestFileStruct } from '../../src/iceberg/manifest-schema.ts';
import { partitionType } from '../../src/iceberg/partition-spec.ts';
import { parseTableMetadata } from '../../src/iceberg/table-metadata-file.ts';
import type { NestedField, StructType, Type } from '../../src/iceberg/table-metadata.ts';
import { avroHeader, golden, goldenFiles, goldenText } from './golden.ts';

const field = (id: number, name: string, type: Type, required = false): NestedField => ({
  id,
  name,
  required,
  type,
});
const struct = (...fields: NestedField[]): StructType => ({ type: 'struct', fields });

async function write(type: StructType, records: unknown[], codec?: 'deflate' | 'null') {
  return writeAvro({
    name: 'record',
    struct: type,
    metadata: {},
    records,
    ...(codec && { codec }),
  });
}

describe('the Avro schemas', () => {
  it.each([1, 2, 3] as const)('of v%d are those that Java writes', async (version) => {
    const path = goldenFiles('java/v2', '.metadata.json')[0] ?? '';
    const metadata = await parseTableMetadata(golden(path), path);
    const [spec] = metadata['partition-specs'];
    const [schema] = metadata.schemas;
    if (!spec || !schema) throw new Error('The golden metadata has a spec and a schema');
    const entry = toAvroSchema(
      manifestEntryStruct(version, partitionType(spec, schema)),
      'manifest_entry',
    );
    const list = toAvroSchema(manifestFileStruct(version), 'manifest_file');
    const ofJava = (name: string) =>
      JSON.stringify(JSON.parse(goldenText(`java/schema-${name}-v${version}.json`)));
    expect(JSON.stringify(entry)).toBe(ofJava('manifest_entry'));
    expect(JSON.stringify(list)).toBe(ofJava('manifest_file'));
  });

  it('define a named type once', () => {
    const twice = struct(
      field(1, 'a', 'decimal(9, 2)'),
      field(2, 'b', 'decimal(9,2)'),
      field(3, 'c', 'uuid'),
      field(4, 'd', 'uuid', true),
      field(5, 'e', 'fixed[3]'),
      field(6, 'f', 'fixed[3]'),
    );
    const types = (toAvroSchema(twice, 'r') as { fields: { type: unknown }[] }).fields.map(
      ({ type }) => type,
    );
    expect(types.filter((_, index) => index % 2 === 1)).toEqual([
      ['null', 'decimal_9_2'],
      'uuid_fixed',
      ['null', 'fixed_3'],
    ]);
    expect(types[4]).toEqual(['null', { type: 'fixed', name: 'fixed_3', size: 3 }]);
  });

  it('say of a time whether it is adjusted to UTC', () => {
    const times = struct(
      field(1, 'tz', 'timestamptz', true),
      field(2, 'ntz', 'timestamp', true),
      field(3, 'ns', 'timestamptz_ns', true),
      field(4, 't', 'time', true),
    );
    expect(toAvroSchema(times, 'r')).toMatchObject({
      fields: [
        { type: { type: 'long', logicalType: 'timestamp-micros', 'adjust-to-utc': true } },
        { type: { type: 'long', logicalType: 'timestamp-micros', 'adjust-to-utc': false } },
        { type: { type: 'long', logicalType: 'timestamp-nanos', 'adjust-to-utc': true } },
        { type: { type: 'long', logicalType: 'time-micros' } },
      ],
    });
  });

  it('sanitise names as Java does, and keep the original beside', () => {
    expect(['a.b', '1st', 'a1', 'é', '_x', 'a b', '9', '😀', 'a-ü/1'].map(sanitize)).toEqual([
      'a_x2Eb',
      '_1st',
      'a1',
      'é',
      '_x',
      'a_x20b',
      '_9',
      '_xD83D_xDE00',
      'a_x2Dü_x2F1',
    ]);
    expect(toAvroSchema(struct(field(1000, 'a.b', 'int')), 'r102')).toEqual({
      type: 'record',
      name: 'r102',
      fields: [
        {
          name: 'a_x2Eb',
          type: ['null', 'int'],
          doc: undefined,
          default: null,
          'iceberg-field-name': 'a.b',
          'field-id': 1000,
        },
      ],
    });
  });

  it('refuse a type that has no Avro form', () => {
    expect(() => toAvroSchema(struct(field(1, 'g', 'geometry(srid:4326)')), 'r')).toThrow(
      expect.objectContaining({ kind: 'Unsupported' }),
    );
  });
});

describe('an Avro file', () => {
  const everything = struct(
    field(1, 'boolean', 'boolean'),
    field(2, 'int', 'int', true),
    field(3, 'long', 'long'),
    field(4, 'float', 'float'),
    field(5, 'double', 'double', true),
    field(6, 'decimal', 'decimal(20, 3)'),
    field(7, 'string', 'string'),
    field(8, 'uuid', 'uuid'),
    field(9, 'fixed', 'fixed[2]'),
    field(10, 'binary', 'binary'),
    field(11, 'list', {
      type: 'list',
      'element-id': 12,
      element: 'int',
      'element-required': false,
    }),
    field(13, 'map', {
      type: 'map',
      'key-id': 14,
      key: 'int',
      'value-id': 15,
      value: 'binary',
      'value-required': true,
    }),
    field(16, 'texts', {
      type: 'map',
      'key-id': 17,
      key: 'string',
      'value-id': 18,
      value: 'long',
      'value-required': false,
    }),
    field(19, 'struct', struct(field(20, 'date', 'date'), field(21, 'again', 'decimal(20, 3)'))),
  );
  const decimal = fc.bigInt({ min: -(10n ** 20n) + 1n, max: 10n ** 20n - 1n });
  const long = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
  const record = fc.record(
    {
      boolean: fc.option(fc.boolean()),
      int: fc.integer(),
      long: fc.option(long),
      float: fc.option(fc.float()),
      double: fc.double(),
      decimal: fc.option(decimal),
      string: fc.option(fc.string({ unit: 'grapheme' })),
      uuid: fc.option(fc.uuid()),
      fixed: fc.option(fc.uint8Array({ minLength: 2, maxLength: 2 })),
      binary: fc.option(fc.uint8Array()),
      list: fc.option(fc.array(fc.option(fc.integer()))),
      map: fc.option(
        fc.array(fc.tuple(fc.integer(), fc.uint8Array())).map((pairs) => new Map(pairs)),
      ),
      texts: fc.option(
        fc.array(fc.tuple(fc.string(), fc.option(long))).map((pairs) => new Map(pairs)),
      ),
      struct: fc.option(
        fc.record(
          { date: fc.option(fc.integer()), again: fc.option(decimal) },
          { noNullPrototype: true },
        ),
      ),
    },
    { noNullPrototype: true },
  );

  it('gives back every record of every type under both codecs', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(record),
        fc.constantFrom('deflate', 'null'),
        async (records, codec) => {
          const bytes = await write(everything, records, codec);
          expect(await openAvro(bytes).records(everything)).toEqual(records);
        },
      ),
    );
  });

  it('of many records is cut into blocks', async () => {
    const numbers = struct(field(1, 'text', 'string', true));
    const records = Array.from({ length: 5000 }, (_, index) => ({ text: `${index}`.repeat(20) }));
    const bytes = await write(numbers, records, 'null');
    expect(await openAvro(bytes).records(numbers)).toEqual(records);
    const sync = Buffer.from(bytes).subarray(-16);
    expect(
      Buffer.from(bytes).toString('latin1').split(sync.toString('latin1')).length,
    ).toBeGreaterThan(5);
  });

  it('is the same whenever it is written', async () => {
    const type = struct(field(1, 'a', 'string'));
    const [first, second] = [await write(type, [{ a: 'x' }]), await write(type, [{ a: 'x' }])];
    expect(second).toEqual(first);
  });

  it('takes numbers for longs and arrays for structs', async () => {
    const type = struct(field(1, 'n', 'long', true), field(2, 's', struct(field(3, 'x', 'int'))));
    const bytes = await write(type, [
      { n: 2 ** 40, s: [7] },
      { n: -(2 ** 31), s: null },
    ]);
    expect(await openAvro(bytes).records(type)).toEqual([
      { n: 2n ** 40n, s: { x: 7 } },
      { n: -(2n ** 31n), s: null },
    ]);
  });

  it('is read by field id: renamed, dropped, added and widened fields', async () => {
    const old = struct(
      field(1, 'a', 'int', true),
      field(2, 'gone', struct(field(5, 'x', 'string'))),
      field(3, 'f', 'float'),
    );
    const bytes = await write(old, [{ a: 7, gone: { x: 'y' }, f: 1.5 }]);
    const now = struct(field(3, 'g', 'double'), field(1, 'b', 'long'), field(4, 'new', 'string'));
    expect(await openAvro(bytes).records(now)).toEqual([{ g: 1.5, b: 7n, new: null }]);
  });

  it('keeps a value as it is in the file where its type is not known any more', async () => {
    const old = struct(
      field(1, 'n', 'long'),
      field(2, 'd', 'decimal(9, 2)'),
      field(3, 'u', 'uuid'),
      field(4, 'i', 'int'),
    );
    const record = { n: 1n, d: -5n, u: 'f79c3e09-677c-4bbd-a479-3f349cb785e7', i: 3 };
    const bytes = await write(old, [record]);
    const unknown = struct(...old.fields.map((one) => ({ ...one, type: 'unknown' })));
    expect(await openAvro(bytes).records(unknown)).toEqual([record]);
  });

  it('refuses to write a missing required value', async () => {
    await expect(write(struct(field(1, 'a', 'int', true)), [{}])).rejects.toMatchObject({
      kind: 'IllegalArgument',
      message: 'Missing required value: a',
    });
  });

  it.each([
    ['Missing required field: b', struct(field(2, 'b', 'int', true))],
    ['Required field is null: a', struct(field(1, 'a', 'string', true))],
    ['Avro "string" cannot be read as "int"', struct(field(1, 'a', 'int'))],
    [
      'Avro "string" cannot be read as {"type":"struct","fields":[]}',
      struct(field(1, 'a', struct())),
    ],
  ])('that does not fit is corrupt: %s', async (message, expected) => {
    const bytes = await write(struct(field(1, 'a', 'string')), [{ a: null }]);
    await expect(openAvro(bytes).records(expected)).rejects.toMatchObject({
      kind: 'Corrupt',
      message,
    });
  });

  it('that is cut off or spoilt is corrupt, never anything else', async () => {
    const type = struct(field(1, 'a', 'string', true), field(2, 'n', 'long'));
    const records = Array.from({ length: 20 }, (_, index) => ({ a: `text ${index}`, n: index }));
    for (const codec of ['null', 'deflate'] as const) {
      const whole = await write(type, records, codec);
      const outcome = async (bytes: Uint8Array) => {
        try {
          await openAvro(bytes).records(type);
          return 'read';
        } catch (error) {
          return (error as { kind?: string }).kind ?? String(error);
        }
      };
      const cuts: string[] = [];
      for (let length = 0; length < whole.length; length += 1) {
        cuts.push(await outcome(whole.slice(0, length)));
      }
      // A file may end after its header: it has no records then.
      expect(cuts.filter((cut) => cut !== 'Corrupt')).toEqual(['read']);
      for (let at = 0; at < whole.length; at += 1) {
        const spoilt = whole.slice();
        spoilt[at] = (spoilt[at] ?? 0) ^ 0xff;
        expect(['Corrupt', 'Unsupported', 'read']).toContain(await outcome(spoilt));
      }
    }
  });

  it('in Snappy is read without its checksum', async () => {
    const type = struct(field(1, 'a', 'int'));
    const text = Buffer.from(await write(type, [{ a: 3 }], 'null')).toString('latin1');
    // One record: two bytes, as a literal of a block that says its length, and a checksum of four.
    const snappy = text
      .replace('\bnull', '\fsnappy')
      .replace(/\x02\x04\x02\x06/, '\x02\x10\x02\x04\x02\x06crcs');
    expect(await openAvro(Buffer.from(snappy, 'latin1')).records(type)).toEqual([{ a: 3 }]);
  });

  it('under a codec that is not known is refused', async () => {
    const bytes = await write(struct(field(1, 'a', 'int')), [{ a: 1 }], 'null');
    const text = Buffer.from(bytes).toString('latin1').replace('\bnull', '\bzstd');
    await expect(openAvro(Buffer.from(text, 'latin1')).records(struct())).rejects.toMatchObject({
      kind: 'Unsupported',
      message: 'The Avro codec zstd is not supported',
    });
  });

  it('has the header that its writer gave it', async () => {
    const type = struct(field(1, 'a', 'int'));
    const bytes = await writeAvro({ name: 'r', struct: type, metadata: { é: 'ü' }, records: [] });
    const header = avroHeader(bytes);
    expect([...header.keys()]).toEqual(['é', 'avro.schema', 'avro.codec', 'iceberg.schema']);
    expect(header.get('é')).toBe('ü');
    expect(header.get('iceberg.schema')).toBe(
      '{"type":"struct","schema-id":0,"fields":[{"id":1,"name":"a","required":false,"type":"int"}]}',
    );
    expect(header.get('avro.codec')).toBe('deflate');
  });
});
