import type { Value } from '../iceberg/manifest-types.ts';
import type { PartitionSpec, Schema } from '../iceberg/table-metadata.ts';
import type { Engine } from './duckdb.ts';
import { partitionKey } from './partition-key.ts';
import { duckdbType, quoted } from './types.ts';

/** One partition of the rows to write. */
export interface Partition {
  /** Counts the partitions from 0 in the order of their keys. */
  ordinal: number;
  values: Value[];
  rows: number;
}

/** The partitions that rows fall into. */
export interface Partitioning {
  partitions: Partition[];
  /** A query of the rows of neighbouring partitions, with their {@link ordinal} as a further column. */
  rowsOf: (neighbours: readonly Partition[]) => string;
  /** Drops the temporary tables. */
  close: () => void;
}

/** The column of a row's partition in {@link Partitioning.rowsOf}. */
export const ordinal = quoted('partition ordinal');

/**
 * Finds the partitions of a view's rows (spec, "Partition Transforms"), whose columns are those of `schema` by name.
 * The view must give the same rows each time it is asked.
 */
export function partitionRows(
  engine: Engine,
  { view, schema, spec }: { view: string; schema: Schema; spec: PartitionSpec },
): Partitioning {
  const columns = schema.fields.map(
    ({ name, type }) => `CAST(v.${quoted(name)} AS ${duckdbType(type)}) AS ${quoted(name)}`,
  );
  const typed = `SELECT ${columns.join(', ')} FROM ${quoted(view)} AS v`;
  const table = quoted(`partitions of ${view}`);
  const keys = spec.fields.map((field, index) =>
    partitionKey(engine, { rows: typed, schema, field, table: quoted(`key ${index} of ${view}`) }),
  );
  const names = keys.map((_, index) => quoted(`partition key ${index}`));
  const list = keys.map(({ expression }, index) => `${expression} AS ${names[index]}`);
  const keyed = `SELECT ${['t.*', ...list].join(', ')} FROM (${typed}) AS t ${keys.map(({ join }) => join).join(' ')}`;
  const order = names.length === 0 ? '' : `ORDER BY ${names.join(', ')}`;
  engine.execute(`
    CREATE OR REPLACE TEMP TABLE ${table} AS
    SELECT row_number() OVER (${order}) - 1 AS ${ordinal}, *
    FROM (SELECT ${['count(*) AS rows', ...names].join(', ')} FROM (${keyed}) GROUP BY ALL)
    WHERE rows > 0`);
  const partitions = engine.query(`FROM ${table} ORDER BY ${ordinal}`).rows.map((row, index) => ({
    ordinal: index,
    rows: Number(row.rows),
    values: keys.map((key, number) => key.valueOf(row[`partition key ${number}`] ?? null)),
  }));
  const same = names.map((name) => `AND k.${name} IS NOT DISTINCT FROM p.${name}`).join(' ');
  const kept = schema.fields.map(({ name }) => `k.${quoted(name)}`).join(', ');
  return {
    partitions,
    rowsOf: (neighbours) => {
      const [first, last] = [neighbours.at(0)?.ordinal, neighbours.at(-1)?.ordinal];
      return `
        SELECT ${kept}, p.${ordinal} FROM (${keyed}) AS k
        JOIN ${table} AS p ON p.${ordinal} BETWEEN ${first} AND ${last} ${same}`;
    },
    close: () => {
      for (const key of keys) key.close();
      engine.execute(`DROP TABLE ${table}`);
    },
  };
}
