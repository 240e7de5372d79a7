/** A value that a function written in TypeScript gets and gives; DuckDB's other types must be cast to VARCHAR. */
export type ScalarValue = string | number | null;

/** A function of DuckDB written in TypeScript, called row by row. */
export type ScalarFunction = (...values: ScalarValue[]) => ScalarValue;

/** The types that a result may have; DuckDB-WASM takes any fraction for a FLOAT. */
export type ScalarType = 'VARCHAR' | 'INTEGER';

/** The part of DuckDB's module that is used here. */
interface Module {
  HEAPU8: Uint8Array;
  HEAP32: Int32Array;
  HEAPF64: Float64Array;
  _malloc(bytes: number): number;
  _free(pointer: number): void;
}

/** One argument of a call: places of its buffers in the list of pointers. */
interface Argument {
  physicalType: string;
  dataBuffer: number;
  validityBuffer?: number;
  lengthBuffer?: number;
}

/** What DuckDB says of a call; JSON. */
interface Call {
  rows: number;
  args: Argument[];
  ret: { physicalType: string };
}

/** The functions that were created, by DuckDB-WASM's own number. */
type Functions = ReadonlyMap<number, { func: ScalarFunction }>;

/** Numbers of a response, each a double: whether it failed, a pointer, a length. */
type Respond = (failed: 0 | 1, pointer: number, length: number) => void;

const utf8 = new TextEncoder();
const text = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * Answers DuckDB's calls of functions in place of DuckDB-WASM's `callScalarUDF`, which in 1.32.0 gives texts as zero
 * bytes (an offset stands where a pointer is read) and never frees their buffers.
 */
export function answerScalarCalls(functions: () => Functions) {
  /** Buffers of the last call's texts, which DuckDB has copied by the time of the next call. */
  let unused: number[] = [];
  return (
    instance: object,
    response: number,
    functionId: number,
    callPointer: number,
    callLength: number,
    pointers: number,
  ): void => {
    const module = instance as Module;
    const respond: Respond = (failed, pointer, length) => {
      module.HEAPF64.set([failed, pointer, length], response / 8);
    };
    for (const pointer of unused) module._free(pointer);
    unused = [];
    try {
      const call = JSON.parse(
        text.decode(module.HEAPU8.subarray(callPointer, callPointer + callLength)),
      ) as Call;
      const func = functions().get(functionId)?.func;
      if (!func) throw new Error(`Unknown function ${functionId}`);
      const readers = call.args.map((argument) => readerOf(module, argument, pointers));
      const results = Array.from({ length: call.rows }, (_, row) =>
        func(...readers.map((read) => read(row))),
      );
      const [result, texts] = storeResults(module, results, call.ret.physicalType);
      unused = texts;
      respond(0, result, 0);
    } catch (thrown) {
      const message = utf8.encode(thrown instanceof Error ? thrown.message : String(thrown));
      respond(1, storeBytes(module, message), message.length);
    }
  };
}

function readerOf(module: Module, argument: Argument, pointers: number) {
  const { HEAPU8: bytes, HEAPF64: doubles, HEAP32: integers } = module;
  const pointerTo = (buffer: number) => doubles[pointers / 8 + buffer] ?? 0;
  const data = pointerTo(argument.dataBuffer);
  const read = (row: number): ScalarValue => {
    switch (argument.physicalType) {
      case 'VARCHAR': {
        const start = doubles[data / 8 + row] ?? 0;
        const length = doubles[pointerTo(argument.lengthBuffer ?? 0) / 8 + row] ?? 0;
        return text.decode(bytes.subarray(start, start + length));
      }
      case 'DOUBLE':
        return doubles[data / 8 + row] ?? null;
      case 'INT32':
        return integers[data / 4 + row] ?? null;
      default:
        throw new Error(`An argument of the type ${argument.physicalType} must be cast to VARCHAR`);
    }
  };
  if (argument.validityBuffer === undefined) return read;
  const validity = pointerTo(argument.validityBuffer);
  return (row: number) => (bytes[validity + row] === 0 ? null : read(row));
}

/**
 * Stores results where DuckDB finds them: a list of three pointers, to the data, to one byte of validity for each row, and to
 * the lengths of texts. DuckDB frees all but the buffers of texts, which are returned.
 */
function storeResults(
  module: Module,
  results: readonly ScalarValue[],
  type: string,
): [result: number, texts: number[]] {
  const validity = storeBytes(
    module,
    Uint8Array.from(results, (value) => (value === null ? 0 : 1)),
  );
  if (type !== 'VARCHAR') {
    const integers = Int32Array.from(results, Number);
    const data = storeBytes(module, new Uint8Array(integers.buffer));
    return [storeDoubles(module, [data, validity, 0]), []];
  }
  const encoded = results.map((value) => utf8.encode(value === null ? '' : String(value)));
  const lengths = encoded.map(({ length }) => length);
  const all = module._malloc(
    Math.max(
      1,
      lengths.reduce((sum, length) => sum + length, 0),
    ),
  );
  let next = all;
  const starts = encoded.map((bytes) => {
    module.HEAPU8.set(bytes, next);
    next += bytes.length;
    return next - bytes.length;
  });
  const texts = [all, storeDoubles(module, starts), storeDoubles(module, lengths)];
  return [storeDoubles(module, [texts[1] ?? 0, validity, texts[2] ?? 0]), texts];
}

function storeDoubles(module: Module, values: readonly number[]): number {
  return storeBytes(module, new Uint8Array(Float64Array.from(values).buffer));
}

/** The heap's views are read anew each time: growing the memory replaces them. */
function storeBytes(module: Module, bytes: Uint8Array): number {
  const pointer = module._malloc(Math.max(1, bytes.length));
  module.HEAPU8.set(bytes, pointer);
  return pointer;
}
