import { IcejamError } from '../error.ts';
import { JsonObject } from './json-object.ts';
import type {
  Snapshot,
  SnapshotOperation,
  SnapshotRef,
  SnapshotSummary,
} from './table-metadata.ts';

const operations: readonly SnapshotOperation[] = ['append', 'replace', 'overwrite', 'delete'];

/**
 * A snapshot from its JSON (Java's `SnapshotParser`). A summary without an operation counts as an overwrite, which
 * every conflict check looks at.
 * Throws `Corrupt`, and `Unsupported` for one of v1 that lists its manifests instead of naming a manifest list.
 */
export function parseSnapshot(json: unknown): Snapshot {
  const object = new JsonObject(json);
  const id = object.long('snapshot-id');
  if (!object.has('manifest-list') && object.has('manifests')) {
    throw new IcejamError('Unsupported', `Snapshot ${id} has no manifest list`, {
      remedy: 'Rewrite the table with a current version of Iceberg first.',
    });
  }
  const parent = object.optionalLong('parent-snapshot-id');
  const schemaId = object.optionalInteger('schema-id');
  const firstRowId = object.optionalInteger('first-row-id');
  const addedRows = object.optionalInteger('added-rows');
  const keyId = object.optionalString('key-id');
  return {
    'sequence-number': object.optionalInteger('sequence-number') ?? 0,
    'snapshot-id': id,
    ...(parent !== undefined && { 'parent-snapshot-id': parent }),
    'timestamp-ms': object.integer('timestamp-ms'),
    summary: parseSummary(object),
    'manifest-list': object.string('manifest-list'),
    ...(schemaId !== undefined && { 'schema-id': schemaId }),
    ...(firstRowId !== undefined && { 'first-row-id': firstRowId }),
    ...(addedRows !== undefined && { 'added-rows': addedRows }),
    ...(keyId !== undefined && { 'key-id': keyId }),
  };
}

function parseSummary(snapshot: JsonObject): SnapshotSummary {
  const { operation, ...rest } = snapshot.record('summary', (members, name) =>
    members.string(name),
  );
  return { operation: operations.find((known) => known === operation) ?? 'overwrite', ...rest };
}

/** A snapshot with its keys in Java's order; sequence number 0, that of v1, is left out. */
export function snapshotJson(snapshot: Snapshot): object {
  return {
    'sequence-number': snapshot['sequence-number'] > 0 ? snapshot['sequence-number'] : undefined,
    'snapshot-id': snapshot['snapshot-id'],
    'parent-snapshot-id': snapshot['parent-snapshot-id'],
    'timestamp-ms': snapshot['timestamp-ms'],
    summary: snapshot.summary,
    'manifest-list': snapshot['manifest-list'],
    'schema-id': snapshot['schema-id'],
    'first-row-id': snapshot['first-row-id'],
    'added-rows': snapshot['added-rows'],
    'key-id': snapshot['key-id'],
  };
}

/** A branch or tag from its JSON. Throws `Corrupt`. */
export function parseRef(json: unknown): SnapshotRef {
  const object = new JsonObject(json);
  const minSnapshots = object.optionalInteger('min-snapshots-to-keep');
  const maxSnapshotAge = object.optionalInteger('max-snapshot-age-ms');
  const maxRefAge = object.optionalInteger('max-ref-age-ms');
  return {
    'snapshot-id': object.long('snapshot-id'),
    type: object.oneOf('type', ['branch', 'tag']),
    ...(minSnapshots !== undefined && { 'min-snapshots-to-keep': minSnapshots }),
    ...(maxSnapshotAge !== undefined && { 'max-snapshot-age-ms': maxSnapshotAge }),
    ...(maxRefAge !== undefined && { 'max-ref-age-ms': maxRefAge }),
  };
}

/** A branch or tag with its keys in Java's order. */
export function refJson(ref: SnapshotRef): object {
  return {
    'snapshot-id': ref['snapshot-id'],
    type: ref.type,
    'min-snapshots-to-keep': ref['min-snapshots-to-keep'],
    'max-snapshot-age-ms': ref['max-snapshot-age-ms'],
    'max-ref-age-ms': ref['max-ref-age-ms'],
  };
}
