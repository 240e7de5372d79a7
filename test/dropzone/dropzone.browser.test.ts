import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { DropProgress, DropzoneMethods } from '../../src/dropzone/api.ts';
import { dropFile } from '../../src/dropzone/drop-file.ts';
import { loadDroppedDataset } from '../../src/dropzone/load-dataset.ts';
import { type Engine, openEngine } from '../../src/engine/duckdb.ts';
import type { Column } from '../../src/engine/types.ts';
import { RemoteWorker } from '../../src/rpc.ts';
import { type Database, openDatabase } from '../../src/storage/database.ts';
import { leaseDataset } from '../../src/storage/locks.ts';
import { opfsFileIO } from '../../src/storage/opfs.ts';
import { resetStorage } from '../../src/storage/reset.ts';
import spark from '../golden/json/spark.json';

const address = 'thirdparty01:none/dropped';
const folder = 'opfs:///dropzone/thirdparty01/none/dropped';
const io = opfsFileIO();

let db: Database;
let engine: Engine;
let dropzone: RemoteWorker<DropzoneMethods>;

const startWorker = () =>
  new RemoteWorker<DropzoneMethods>(
    new Worker(new URL('../../workers/dropzone.ts', import.meta.url), { type: 'module' }),
  );

beforeAll(async () => {
  db = await openDatabase();
  engine = await openEngine();
  dropzone = startWorker();
});
afterAll(() => {
  dropzone.close();
  engine.close();
  db.close();
});
beforeEach(async () => {
  await resetStorage(db);
});

const textFile = (name: string, text: string | Uint8Array<ArrayBuffer>) => new File([text], name);

const drop = (name: string, text: string | Uint8Array<ArrayBuffer>) =>
  dropzone.call('drop', { address, file: textFile(name, text) });

/** Lines enough for several parts. */
const manyLines = (rows: number) =>
  Array.from({ length: rows }, (_, n) => `{"n":${String(n)},"text":"row ${String(n)}"}\n`).join('');

/** The rows of a dataset in an engine. */
async function load(from = address): Promise<Record<string, unknown>[]> {
  const loaded = await loadDroppedDataset(engine, { db, io }, from, 'input');
  const { rows } = engine.query('SELECT * FROM input');
  expect(loaded?.rows).toBe(rows.length);
  return rows;
}

describe('a dropped file', () => {
  it('is told of with its rows, columns, size and digest', async () => {
    const text = '{"b":1,"a":"x"}\noops\n{"b":2.5}\n';
    const dropped = await drop('a.json', text);
    const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
    expect(dropped).toMatchObject({
      name: 'a.json',
      bytes: text.length,
      sha256: Array.from(new Uint8Array(digest), (b) => b.toString(16).padStart(2, '0')).join(''),
      rows: 2,
      rejected: [{ line: 2, column: 1, excerpt: 'oops' }],
      rejectedCount: 1,
      columns: [
        { name: 'a', type: 'VARCHAR' },
        { name: 'b', type: 'DOUBLE' },
      ],
      replaced: false,
    });
    expect(await load()).toEqual([
      { a: 'x', b: 1 },
      { a: null, b: 2.5 },
    ]);
  });

  it('is stored in parts, and its progress is told', async () => {
    const steps: DropProgress[] = [];
    const file = textFile('many.json', manyLines(150_000));
    const dropped = await dropzone.call('drop', { address, file }, (step) =>
      steps.push(step as DropProgress),
    );
    expect(dropped.parts.map(({ rows }) => rows)).toEqual([65_536, 65_536, 18_928]);
    expect(steps.at(-1)).toEqual({ bytes: file.size, totalBytes: file.size, rows: 150_000 });
    expect(steps.map(({ bytes }) => bytes)).toEqual(
      steps.map(({ bytes }) => bytes).sort((a, b) => a - b),
    );
    await load();
    expect(engine.query('SELECT count(*) AS n, sum(n) AS sum FROM input').rows).toEqual([
      { n: 150_000, sum: 11_249_925_000 },
    ]);
  });

  it('takes the place of one of the same name, and its parts are deleted', async () => {
    await drop('a.json', '{"n":1}');
    const again = await drop('a.json', '{"n":2}\n{"n":3}');
    expect(again.replaced).toBe(true);
    expect(await load()).toEqual([{ n: 2 }, { n: 3 }]);
    expect((await io.list(folder)).map(({ path }) => path)).toEqual(
      again.parts.map(({ path }) => path),
    );
  });

  it('keeps the parts of the one it replaces while somebody reads them', async () => {
    const first = await drop('a.json', '{"n":1}');
    const release = await leaseDataset(address);
    await drop('a.json', '{"n":2}');
    const paths = (await io.list(folder)).map(({ path }) => path);
    expect(paths).toContain(first.parts[0]?.path);
    release();
    await navigator.locks.request(`icejam:dataset:${address}`, () => undefined);
    await drop('b.json', '{"n":3}');
    expect((await io.list(folder)).length).toBe(2);
  });

  it.each<[string, string | Uint8Array<ArrayBuffer>, RegExp]>([
    ['empty.json', '', /empty\.json: The file is empty/],
    ['table.csv', 'a,b\n1,2\n', /table\.csv holds no row.* Line 1/],
    ['cut.json.gz', new Uint8Array([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 1]), /cut\.json\.gz.*gzip/],
    ['braces.json', '{}\n', /braces\.json/],
    ['case.json', '{"id":1}\n{"ID":2}\n', /`ID` and `id`/],
  ])('that is no good is refused and leaves nothing: %s', async (name, content, message) => {
    await drop('good.json', '{"n":1}');
    const before = await io.list(folder);
    await expect(drop(name, content)).rejects.toMatchObject({
      kind: 'InputInvalid',
      message: expect.stringMatching(message) as string,
      remedy: expect.any(String) as string,
    });
    expect(await io.list(folder)).toEqual(before);
    expect((await dropzone.call('datasets', {})).flatMap(({ files }) => files.length)).toEqual([1]);
  });

  it('whose worker is ended halfway leaves the dataset as it was; the next drop sweeps', async () => {
    await drop('good.json', '{"n":1}');
    const doomed = startWorker();
    const stored = Promise.withResolvers<undefined>();
    const file = textFile('doomed.json', manyLines(400_000));
    const killed = doomed.call('drop', { address, file }, (step) => {
      if ((step as DropProgress).rows > 0) stored.resolve(undefined);
    });
    await stored.promise;
    doomed.close();
    await expect(killed).rejects.toMatchObject({ kind: 'WorkerKilled' });
    expect(await load()).toEqual([{ n: 1 }]);
    expect((await io.list(folder)).length).toBeGreaterThan(1);
    await drop('next.json', '{"n":2}');
    expect((await io.list(folder)).length).toBe(2);
    expect(await load()).toEqual([{ n: 1 }, { n: 2 }]);
  });

  it('for whose record there is no room leaves none of its parts', async () => {
    await drop('good.json', '{"n":1}');
    const before = await io.list(folder);
    const full = new Proxy(db, {
      get: (target, key) => {
        if (key !== 'transaction') return Reflect.get(target, key) as unknown;
        return (stores: 'droppedFiles', mode?: IDBTransactionMode) => {
          if (mode === 'readwrite') throw new DOMException('full', 'QuotaExceededError');
          return target.transaction(stores);
        };
      },
    });
    const file = textFile('more.json', '{"n":2}');
    await expect(dropFile({ db: full, io }, address, file, () => undefined)).rejects.toMatchObject({
      kind: 'StorageFull',
      message: `The browser has no room left to write ${address}, more.json`,
    });
    expect(await io.list(folder)).toEqual(before);
  });
});

describe('a dataset', () => {
  it('unites its files by column, also one of nothing but nulls with one that has values', async () => {
    await drop('1.json', '{"n":1,"x":null,"s":{"a":1}}');
    await drop('2.json', '{"x":5,"s":{"b":[1.5]},"t":true}');
    await drop('3.json', '{"n":"three","s":null}');
    expect(await load()).toEqual([
      { n: '1', s: { a: 1, b: null }, t: null, x: null },
      { n: null, s: { a: null, b: [1.5] }, t: true, x: 5 },
      { n: 'three', s: null, t: null, x: null },
    ]);
    expect(engine.describe('SELECT * FROM input')).toEqual([
      { name: 'n', type: 'VARCHAR' },
      { name: 's', type: 'STRUCT(a BIGINT, b DOUBLE[])' },
      { name: 't', type: 'BOOLEAN' },
      { name: 'x', type: 'BIGINT' },
    ]);
  });

  it('takes files from several tabs at once', async () => {
    const other = startWorker();
    const names = Array.from({ length: 6 }, (_, n) => `${String(n)}.json`);
    await Promise.all(
      names.map((name, n) =>
        (n % 2 === 0 ? dropzone : other).call('drop', {
          address,
          file: textFile(name, `{"n":${String(n)}}`),
        }),
      ),
    );
    other.close();
    expect((await load()).map(({ n }) => n)).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('gives one of its files by name', async () => {
    await drop('1.json', '{"n":1}');
    await drop('2.json', '{"n":2}');
    expect(await load(`${address}/2.json`)).toEqual([{ n: 2 }]);
    expect(await loadDroppedDataset(engine, { db, io }, `${address}/3.json`, 'input')).toBeNull();
  });

  it('is removed with its parts', async () => {
    await drop('1.json', '{"n":1}');
    await dropzone.call('removeDataset', { address });
    expect(await dropzone.call('datasets', {})).toEqual([]);
    expect(await io.list(folder)).toEqual([]);
  });
});

/** The rows of the engine spell whole numbers and decimals as numbers, the golden file as text. */
const spelled = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (_, inner: unknown) =>
      typeof inner === 'number' ? String(inner) : inner,
    ),
  );

const unquoted = (columns: readonly Column[]) =>
  columns.map(({ name, type }) => ({ name, type: type.replaceAll('"', '') }));

describe('what Spark reads comes into the engine', () => {
  it.each(spark.cases)('$name', async ({ text, columns, rows }) => {
    await drop('spark.json', text);
    expect(spelled(await load())).toEqual(spelled(rows));
    expect(unquoted(engine.describe('SELECT * FROM input'))).toEqual(unquoted(columns));
  });
});
