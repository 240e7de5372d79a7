import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { reading } from './reading.ts';

const values = async (text: string | Uint8Array, size?: number) =>
  (await reading(text, size)).table.map((row) => row.a);

describe('beyond Spark', () => {
  it('reads an array over many lines, one object a line', async () => {
    expect(await values('[\n{"a":1},\n{"a":2}\n]\n')).toEqual(['1', '2']);
    expect(await values('[{"a":1},\n{"a":2}]')).toEqual(['1', '2']);
    expect(await values(' [ {"a":1}\n , {"a":2}\r\n]  rest\n{"a":3}')).toEqual(['1', '2', '3']);
  });

  it('reads an array of objects over many lines', async () => {
    const text = JSON.stringify([{ a: 1, b: { c: [1, 2] } }, { a: 2 }], null, 2);
    expect(await values(text)).toEqual(['1', '2']);
    expect(await values(text, 5)).toEqual(['1', '2']);
  });

  it('reads objects over many lines when the first line is a lone brace', async () => {
    const text = [{ a: 1, b: [1] }, { a: 2 }].map((row) => JSON.stringify(row, null, 2)).join('\n');
    expect(await values(text)).toEqual(['1', '2']);
    expect(await values(text, 3)).toEqual(['1', '2']);
  });

  it('reads an array on one line that is much longer than a chunk', async () => {
    const rows = Array.from({ length: 2000 }, (_, a) => ({ a, b: 'x'.repeat(a % 50) }));
    const result = await reading(JSON.stringify(rows), 1000);
    expect(result.table.map((row) => row.a)).toEqual(rows.map(({ a }) => String(a)));
    expect(result.rejectedCount).toBe(0);
  });

  it('reads an object that is longer than many chunks', async () => {
    const text = `{"a":"${'ü'.repeat(50_000)}"}\n{"a":"after"}\n`;
    expect(await values(text, 1000)).toEqual(['ü'.repeat(50_000), 'after']);
    expect(await values(`[${text.replaceAll('\n', ',').slice(0, -1)}]`, 1000)).toEqual([
      'ü'.repeat(50_000),
      'after',
    ]);
  });

  it('takes the last of several values of one key', async () => {
    const text = '{"a":"first","b":[1,2,3],"a":"second","b":[4]}\n{"a":"third","b":[5,6]}\n';
    const { table } = await reading(text);
    expect(table).toEqual([
      { a: 'second', b: ['4'] },
      { a: 'third', b: ['5', '6'] },
    ]);
    expect(await values('{"a":1,"a":null}\n{"a":2}')).toEqual([null, '2']);
    expect(await values('{"a":{"x":1},"a":{"y":2}}')).toEqual([{ x: null, y: '2' }]);
  });
});

describe('input', () => {
  it('unpacks gzip by its first bytes, whatever the size of the chunks', async () => {
    const packed = new Uint8Array(gzipSync('{"a":1}\n{"a":2}\n'));
    for (const size of [1, 2, 10, 1000]) expect(await values(packed, size)).toEqual(['1', '2']);
  });

  it.each<[string, Uint8Array, RegExp]>([
    ['no bytes', new Uint8Array(0), /empty/],
    ['a zip archive', new Uint8Array([0x50, 0x4b, 3, 4, 0, 0]), /zip/],
    ['a Parquet file', new TextEncoder().encode('PAR1....'), /Parquet/],
    ['UTF-16', new Uint8Array([0xff, 0xfe, 0x7b, 0]), /UTF-16/],
    ['UTF-16 without a mark', new Uint8Array([0x7b, 0, 0x22, 0]), /UTF-16/],
    ['UTF-16 in gzip', new Uint8Array(gzipSync(new Uint8Array([0, 0x5b, 0, 0x7b]))), /UTF-16/],
    ['gzip of nothing', new Uint8Array(gzipSync('')), /empty/],
    ['gzip of gzip', new Uint8Array(gzipSync(gzipSync('{"a":1}'))), /by gzip twice/],
    ['zstd', new Uint8Array([0x28, 0xb5, 0x2f, 0xfd, 0]), /by zstd/],
    ['cut gzip', new Uint8Array(gzipSync('{"a":1}\n'.repeat(1000))).slice(0, 20), /gzip/],
    ['gzip of garbage', new Uint8Array([0x1f, 0x8b, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9]), /gzip/],
  ])('refuses %s', async (_, bytes, message) => {
    await expect(reading(bytes)).rejects.toMatchObject({
      kind: 'InputInvalid',
      message: expect.stringMatching(message) as string,
      remedy: expect.any(String) as string,
    });
  });

  it('passes on the error of a file that cannot be read', async () => {
    const { readJson } = await import('../../../src/engine/json/reader.ts');
    for (const head of ['{"a":1}\n', '\u001f\u008b\u0008\0']) {
      const bytes = Uint8Array.from(head, (c) => c.charCodeAt(0));
      let sent = false;
      const broken = new ReadableStream<Uint8Array>({
        pull: (controller) => {
          if (sent) throw new RangeError('the disk is gone');
          sent = true;
          controller.enqueue(bytes);
        },
      });
      const all = async () => {
        for await (const part of readJson(broken)) expect(part.rows).toBeGreaterThan(0);
      };
      await expect(all()).rejects.toThrow('the disk is gone');
    }
  });
});

describe('rejected lines', () => {
  it('are reported with line, column, reason and surroundings, and the rest is kept', async () => {
    const result = await reading('{"a":1}\r\n\r\n{"ä": tru}\n{"a":2}\n{"a":3\n');
    expect(result.table.map((row) => row.a)).toEqual(['1', '2']);
    expect(result.rejected).toEqual([
      { line: 3, column: 10, message: 'expected a value', excerpt: '{"ä": tru}' },
      {
        line: 5,
        column: 7,
        message: 'expected a comma or the end of the object',
        excerpt: '{"a":3',
      },
    ]);
  });

  it('say so when the file ends too early', async () => {
    const { rejected } = await reading('{"a":1}\n{"a":');
    expect(rejected).toEqual([
      { line: 2, column: 6, message: 'expected a value, but the file ends', excerpt: '{"a":' },
    ]);
  });

  it('are all counted and the first hundred kept', async () => {
    const result = await reading('nonsense\n'.repeat(250) + '{"a":1}');
    expect(result.rejectedCount).toBe(250);
    expect(result.rejected.length).toBe(100);
    expect(result.rejected.at(-1)?.line).toBe(100);
    expect(result.rows).toBe(1);
  });

  it('leave no trace of their names and values', async () => {
    const result = await reading('{"a":"x","b":[1,{"c":1}],"d":{"e":"y"} oops\n{"a":1,"b":[2]}\n');
    expect(result.columns).toEqual([
      { name: 'a', type: 'BIGINT' },
      { name: 'b', type: 'BIGINT[]' },
    ]);
    expect(result.table).toEqual([{ a: '1', b: ['2'] }]);
  });

  it('in an array cost that element alone if it is well formed', async () => {
    const result = await reading('[{"a":1},null,5,[{"a":9}],{"a":2}]');
    expect(result.table.map((row) => row.a)).toEqual(['1', '2']);
    expect(result.rejectedCount).toBe(3);
  });

  it('in an array over lines cost the rest of their object, and nothing within it becomes a row', async () => {
    const text = `[
  {
    "a": 1
  },
  {
    "a": oops,
    "b": [
      {"a": 66},
      {
        "a": 77
      }
    ]
  },
  {
    "a": 2
  },
  {
    "a": bad }
]
{"a": 3}
`;
    for (const size of [1000, 4]) {
      const result = await reading(text, size);
      expect(result.table.map((row) => row.a)).toEqual(['1', '2', '3']);
      expect(result.rejected.map(({ line }) => line)).toEqual([6, 18]);
    }
  });

  it.each([
    ['[{"a":1},{"a":}]', 'Line 1, column 15: expected a value'],
    ['[{"a":1} {"a":2}]', 'Line 1, column 10: expected a comma or the end of the array'],
    ['[{"a":1},{"a":}]\n[{"a":2}]', 'Line 1, column 15: expected a value'],
    ['[{"a":1},{"a":}]\n{"a":2}', 'Line 1, column 15: expected a value'],
    ['oops\n[{"a":1},{"a":}]', 'Line 2, column 15: expected a value'],
    ['[\n{"a":},\n{"a":2}\n', 'Line 4, column 1: expected the end of the array, but the file ends'],
    ['[\n{"a":1},\n{"a":2}', 'Line 3, column 8: expected the end of the array, but the file ends'],
  ])('that cost an unknown part of an array refuse the file: %s', async (text, place) => {
    for (const size of [1000, 3]) {
      await expect(reading(text, size)).rejects.toMatchObject({
        kind: 'InputInvalid',
        message: `The array cannot be read to its end. ${place}.`,
      });
    }
  });

  it('tell of bytes that are no UTF-8', async () => {
    const bytes = Uint8Array.from('{"a":"\u00ff"}\n{"a":"ok"}\n', (c) => c.charCodeAt(0));
    const result = await reading(bytes);
    expect(result.table).toEqual([{ a: 'ok' }]);
    expect(result.rejected).toMatchObject([{ line: 1, message: 'bytes that are no UTF-8' }]);
  });

  it('count lines rightly whatever ends them and wherever chunks are cut', async () => {
    const text = '{"a":1}\r\n\r\noops\r{"a":2}\r\r\n\noops\n';
    for (let size = 1; size < 12; size += 1) {
      const { rejected } = await reading(text, size);
      expect(rejected.map(({ line }) => line)).toEqual([3, 7]);
    }
  });
});

describe('parts', () => {
  it('hold 65,536 rows at most, each with its own columns', async () => {
    const lines = Array.from({ length: 70_000 }, (_, index) =>
      index < 65_536 ? `{"a":${String(index)},"b":null}` : `{"a":${String(index)}.5,"c":"x"}`,
    );
    const { parts, columns, table } = await reading(lines.join('\n'));
    expect(parts.map(({ rows }) => rows)).toEqual([65_536, 4464]);
    expect(parts.map((part) => part.columns)).toEqual([
      [
        { name: 'a', type: 'BIGINT' },
        { name: 'b', type: '"NULL"' },
      ],
      [
        { name: 'a', type: 'DOUBLE' },
        { name: 'c', type: 'VARCHAR' },
      ],
    ]);
    expect(columns).toEqual([
      { name: 'a', type: 'DOUBLE' },
      { name: 'b', type: 'VARCHAR' },
      { name: 'c', type: 'VARCHAR' },
    ]);
    expect(table[65_535]).toEqual({ a: 65_535, b: null, c: null });
    expect(table[65_536]).toEqual({ a: 65_536.5, b: null, c: 'x' });
  });

  it('end early when rows are very wide', async () => {
    const lines = Array.from({ length: 300 }, () => `{"a":"${'x'.repeat(1 << 10)}"}`);
    const limits = { rows: 65_536, bytes: 100_000 };
    const { parts, rows } = await reading(lines.join('\n'), 1000, limits);
    expect(rows).toBe(300);
    expect(parts.map((part) => part.rows)).toEqual([127, 127, 46]);
  });

  it('forget the names of the part before', async () => {
    const { parts } = await reading(
      '{"gone":{"x":1},"a":"t"}\n' + '{"a":"t"}\n'.repeat(65_535) + '{"a":"u","gone":{"y":2}}\n',
    );
    expect(parts[1]?.columns).toEqual([
      { name: 'a', type: 'VARCHAR' },
      { name: 'gone', type: 'STRUCT("y" BIGINT)' },
    ]);
  });
});

it('reads whatever JSON.stringify writes', async () => {
  const row = fc.record(
    {
      n: fc.option(fc.double({ noNaN: true, noDefaultInfinity: true })),
      s: fc.option(fc.string({ unit: 'grapheme' })),
      l: fc.array(fc.maxSafeInteger()),
      o: fc.record({ x: fc.string(), y: fc.array(fc.string()) }, { requiredKeys: [] }),
      ignored: fc.constant(null),
    },
    { requiredKeys: [] },
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(row, { minLength: 1 }),
      fc.integer({ min: 1, max: 40 }),
      fc.constantFrom('lines', 'array', 'pretty'),
      async (rows, size, shape) => {
        const text =
          shape === 'lines'
            ? rows.map((value) => JSON.stringify(value)).join('\n')
            : JSON.stringify(rows, null, shape === 'pretty' ? 2 : 0);
        const { table, rejectedCount } = await reading(text, size);
        expect(rejectedCount).toBe(0);
        expect(table.length).toBe(rows.length);
        for (const [index, value] of rows.entries()) {
          const found = table[index] ?? {};
          if (value.s !== undefined) expect(found.s).toBe(value.s);
          if (value.n !== undefined && value.n !== null) {
            expect(Number(found.n)).toBe(value.n === 0 ? 0 : value.n);
          }
          if (value.l !== undefined) {
            expect(found.l).toEqual(value.l.map((n) => String(n === 0 ? 0 : n)));
          }
          if (value.o?.x !== undefined) {
            expect(found.o).toMatchObject({ x: value.o.x });
          }
        }
      },
    ),
    { numRuns: 100 },
  );
}, 60_000);

it('makes no code at run time, which the content security policy forbids', async () => {
  const { Function: makeFunction } = globalThis;
  globalThis.Function = function refuse() {
    throw new EvalError('code at run time');
  } as unknown as FunctionConstructor;
  try {
    const { columns } = await reading('{"a":1,"b":[{"c":"x"}],"d":true}\n{"a":1.5}\n', 1000, {
      rows: 1,
      bytes: Infinity,
    });
    expect(columns.length).toBe(3);
  } finally {
    globalThis.Function = makeFunction;
  }
});
