import initialize, {
  Compression,
  readParquet as read,
  Table,
  writeParquet as write,
  type WriterProperties,
  WriterPropertiesBuilder,
} from 'parquet-wasm/esm';
import { IcejamError } from '../error.ts';
import { wasmModule } from '../wasm.ts';
import type { ColumnStats } from '../iceberg/metrics.ts';
import { codecProperty, integerProperty } from '../iceberg/property.ts';
import type { Schema } from '../iceberg/table-metadata.ts';
import { withoutArrowHint } from './arrow-hint.ts';
import { arrowSchema } from './arrow-type.ts';
import { hasFixedBytes, withFixedBytes } from './fixed-bytes.ts';
import { replaceSchema } from './ipc.ts';
import { countNans } from './nan-count.ts';
import { readFooter } from './parquet-footer.ts';

/** A Parquet file and what its footer says of it. */
export interface ParquetFile {
  bytes: Uint8Array;
  rows: number;
  columns: ColumnStats[];
  /** Where its row groups start, ascending. */
  splitOffsets: number[];
}

/** Codecs by their name in the property `write.parquet.compression-codec`. */
const codecs: Record<string, Compression> = {
  uncompressed: Compression.UNCOMPRESSED,
  snappy: Compression.SNAPPY,
  gzip: Compression.GZIP,
  brotli: Compression.BROTLI,
  lz4: Compression.LZ4_RAW,
  zstd: Compression.ZSTD,
};

let ready: Promise<unknown> | undefined;

/** Loads parquet-wasm, once per worker. */
function openParquet(): Promise<unknown> {
  ready ??= wasmModule('parquet')
    .then((module) => initialize({ module_or_path: module }))
    .catch((thrown: unknown) => {
      ready = undefined;
      throw thrown;
    });
  return ready;
}

/**
 * Writes one Parquet file as Iceberg wants it (spec, Appendix A): field ids, nullability and logical types are those of
 * `schema`. The stream's columns must be in the order of the schema and of the layouts that `arrowSchema` gives.
 * Throws `IllegalArgument` for an unknown `write.parquet.compression-codec`, `SqlInvalid` for a null in a required column.
 */
export async function writeParquet(
  stream: Uint8Array,
  { schema, properties }: { schema: Schema; properties: Record<string, string> },
): Promise<ParquetFile> {
  await openParquet();
  const labelled = hasFixedBytes(schema)
    ? withFixedBytes(stream, arrowSchema(schema))
    : replaceSchema(stream, arrowSchema(schema));
  const bytes = encode(labelled, writerProperties(properties));
  const footer = readFooter(bytes, schema);
  const nans = countNans(labelled);
  const columns = footer.columns.map((column) => {
    const nanCount = nans.get(column.fieldId);
    return nanCount === undefined ? column : { ...column, nanCount };
  });
  return { bytes, ...footer, columns };
}

/** What the table says of its Parquet files; what it does not say is the writer's own. */
function writerProperties(properties: Record<string, string>): WriterProperties {
  const codec = codecProperty(properties, 'write.parquet.compression-codec', 'zstd', codecs);
  const sizeOf = (key: string) => integerProperty(properties, `write.parquet.${key}`, 0);
  const sizes = [
    [sizeOf('row-group-size-bytes'), 'setMaxRowGroupBytes'],
    [sizeOf('page-size-bytes'), 'setDataPageSizeLimit'],
    [sizeOf('dict-size-bytes'), 'setDictionaryPageSizeLimit'],
  ] as const;
  return sizes
    .reduce(
      (builder, [bytes, set]) => (bytes > 0 ? builder[set](bytes) : builder),
      new WriterPropertiesBuilder().setCompression(codec),
    )
    .build();
}

function encode(stream: Uint8Array, writer: WriterProperties): Uint8Array {
  try {
    return write(Table.fromIPCStream(stream), writer);
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    const isNull = message.includes('non-nullable');
    throw new IcejamError(isNull ? 'SqlInvalid' : 'Internal', message, {
      cause,
      ...(isNull && { remedy: 'Leave the rows with nulls out, or make the column optional.' }),
    });
  }
}

/** A Parquet file's rows as an Arrow IPC stream; its fields keep their ids (see `fieldId`). Throws `Corrupt`. */
export async function readParquet(bytes: Uint8Array, path: string): Promise<Uint8Array> {
  await openParquet();
  try {
    return read(withoutArrowHint(bytes), { batchSize: 65_536 }).intoIPCStream();
  } catch (cause) {
    throw new IcejamError('Corrupt', `Not a readable Parquet file: ${path}: ${String(cause)}`, {
      cause,
      context: { path },
    });
  }
}
