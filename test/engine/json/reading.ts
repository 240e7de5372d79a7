import { type Data, DataType, type Field, tableFromIPC, Vector } from 'apache-arrow';
import { conformPart } from '../../../src/engine/json/conform.ts';
import {
  type JsonPart,
  type JsonSummary,
  type PartLimits,
  readJson,
} from '../../../src/engine/json/reader.ts';
import { unifyColumns } from '../../../src/engine/json/unify.ts';
import type { Column } from '../../../src/engine/types.ts';

/** A value as the golden files spell it: whole numbers and decimals as text. */
export type Plain = null | boolean | number | string | Plain[] | { [name: string]: Plain };

/** What became of a text: all parts together. */
export interface Reading extends JsonSummary {
  columns: Column[];
  table: Record<string, Plain>[];
  parts: JsonPart[];
}

/** A stream that gives the bytes in chunks of the given size. */
function chunked(bytes: Uint8Array, size: number): ReadableStream<Uint8Array> {
  let at = 0;
  return new ReadableStream({
    pull: (controller) => {
      if (at < bytes.length) controller.enqueue(bytes.slice(at, at + size));
      else controller.close();
      at += size;
    },
  });
}

/** Reads a text, or bytes, in chunks of the given size. */
export async function reading(
  input: string | Uint8Array,
  size = 1 << 20,
  limits?: PartLimits,
): Promise<Reading> {
  const bytes = typeof input === 'string' ? new TextEncoder().encode(input) : input;
  const reader = readJson(chunked(bytes, size), limits);
  const parts: JsonPart[] = [];
  for (;;) {
    const { done, value } = await reader.next();
    if (done) {
      const columns = unifyColumns(parts.map((part) => ({ name: 'test', columns: part.columns })));
      const table = parts.flatMap((part) => rowsOf(conformPart(part.ipc, columns)));
      return { ...value, columns, table, parts };
    }
    parts.push(value);
  }
}

/** The rows of an Arrow IPC stream. */
export function rowsOf(ipc: Uint8Array): Record<string, Plain>[] {
  return tableFromIPC(ipc).batches.flatMap((batch) =>
    Array.from({ length: batch.numRows }, (_, row) => plainStruct(batch.data, row)),
  );
}

function plainStruct(data: Data, row: number): Record<string, Plain> {
  const { children: fields } = data.type as { children: Field[] };
  const members = fields.map(({ name }, index): [string, Plain] => {
    const values = data.children[index];
    return [name, values === undefined ? null : plain(values, row)];
  });
  return Object.fromEntries(members);
}

function plain(data: Data, row: number): Plain {
  if (DataType.isNull(data.type) || !data.getValid(row)) return null;
  const vector = new Vector([data]);
  if (DataType.isStruct(data.type)) return plainStruct(data, row);
  const value: unknown = vector.get(row);
  if (DataType.isDecimal(data.type)) {
    const words = [...(value as Uint32Array)].reverse();
    const whole = words.reduce((sum, word) => (sum << 32n) | BigInt(word), 0n);
    return String(BigInt.asIntN(128, whole));
  }
  if (DataType.isList(data.type)) {
    const elements = (value as Vector<DataType>).data[0];
    if (elements === undefined) return [];
    return Array.from({ length: elements.length }, (_, index) => plain(elements, index));
  }
  const isSpelled = typeof value === 'bigint' || (typeof value === 'number' && !isFinite(value));
  return isSpelled ? String(value) : (value as Plain);
}
