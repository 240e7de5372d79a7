import type { Schema } from 'apache-arrow';
import { Table, tableToIPC } from 'apache-arrow';
import { concat } from '../bytes.ts';
import { IcejamError } from '../error.ts';

/** A file begins with `ARROW1` and two bytes of padding; a stream has no such head (Arrow columnar format, "IPC File Format"). */
const fileHead = 8;
/** Length of the footer (4) and the closing `ARROW1` (6). */
const fileTail = 10;
/** Continuation marker (4) and length of the message's metadata (4). */
const messageHead = 8;
/** A marker with the length 0 ends a stream. */
export const endOfStream = Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0);

/** The Arrow IPC stream inside an Arrow IPC file: the same messages, without magic and footer. No bytes are copied. */
export function fileToStream(file: Uint8Array): Uint8Array {
  const footer = int32(file, file.length - fileTail);
  return file.subarray(fileHead, file.length - fileTail - footer);
}

/**
 * A stream with another schema in front of the same record batches: DuckDB's results say nothing of field ids, time
 * zones and nullability. The layouts of both schemas must be the same, which nobody checks here.
 */
export function replaceSchema(stream: Uint8Array, schema: Schema): Uint8Array {
  return concat([schemaMessage(schema), stream.subarray(messageLength(stream))]);
}

/** One stream of a schema and the record batch messages that follow it. */
export function joinStream(schema: Schema, batches: readonly Uint8Array[]): Uint8Array {
  return concat([schemaMessage(schema), ...batches, endOfStream]);
}

/** Whether a stream has its end marker. */
export function endsStream(stream: Uint8Array): boolean {
  const tail = stream.subarray(-endOfStream.length);
  return endOfStream.every((byte, index) => tail[index] === byte);
}

/** The schema message of a stream, without the record batches that follow. */
function schemaMessage(schema: Schema): Uint8Array {
  const stream = tableToIPC(new Table(schema), 'stream');
  return stream.subarray(0, messageLength(stream));
}

/** The length in bytes of a stream's first message, a schema, which has no body. */
function messageLength(stream: Uint8Array): number {
  return messageHead + int32(stream, 4);
}

function int32(bytes: Uint8Array, offset: number): number {
  if (offset < 0 || offset + 4 > bytes.length) {
    throw new IcejamError('Corrupt', `An Arrow message of ${bytes.length} bytes is cut off`);
  }
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getInt32(offset, true);
}
