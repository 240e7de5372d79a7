import type { Engine } from '../engine/duckdb.ts';
import { readRows } from '../engine/json-value.ts';
import { unloadSnapshots, unreadableColumn } from '../engine/scan.ts';
import { quoted } from '../engine/types.ts';
import { IcejamError } from '../error.ts';
import { sqlName } from '../flare/address.ts';
import type { NestedField } from '../iceberg/table-metadata.ts';
import { nearest } from '../nearest.ts';
import { fixTypes, resultTypes } from '../spark/fix-types.ts';
import { sparkError } from '../spark/spark-error.ts';
import { sqlError } from '../spark/sql-error.ts';
import { sqlText } from '../spark/sql-type.ts';
import type { TableReference } from '../spark/table-reference.ts';
import { type KnownColumn, translate, type Translation } from '../spark/translate.ts';
import { sqlTypesOf, tableType } from '../sql/table-type.ts';
import type { Answer, At } from './api.ts';
import { QuerySources, type Relation, type Stores } from './query-sources.ts';
import { addressOf } from './relation-name.ts';

/** What the engine may keep of loaded files from query to query, as Arrow. */
const maxLoadedBytes = 1024 ** 3;

/**
 * Answers one query of Spark SQL over tables, their metadata tables and dropped datasets. It changes nothing, and all
 * that it reads of a table is of one version. Not to be called again before it has answered.
 * Throws `SqlInvalid` with Spark's error class and the place in the statement, and what reading the tables throws.
 */
export async function runQuery(
  engine: Engine,
  stores: Stores,
  { sql, at = 'latest' }: { sql: string; at?: At },
): Promise<Answer> {
  const startedAt = performance.now();
  unloadSnapshots(engine, maxLoadedBytes);
  const sources = new QuerySources(engine, stores, at);
  try {
    const { translation, leftOut } = await translateOver(engine, sources, sql);
    const { columns, rows } = evaluate(engine, translation, leftOut);
    const tables = sources.versions.map(({ name, version, snapshot }) => ({
      table: name,
      version,
      snapshotId: snapshot === null ? null : String(snapshot['snapshot-id']),
    }));
    return { columns, rows, ms: performance.now() - startedAt, tables };
  } finally {
    sources.release();
  }
}

/** Loads what a statement reads, and translates it with what is known of the columns then. */
async function translateOver(
  engine: Engine,
  sources: QuerySources,
  sql: string,
): Promise<{ translation: Translation; leftOut: NestedField[] }> {
  const leftOut: NestedField[] = [];
  const relations = new Map<string, string>();
  const columns: KnownColumn[] = [];
  for (const reference of translate(sql).tables) {
    const key = keyOf(reference);
    if (relations.has(key)) continue;
    const { name, schema, ...relation } = await load(sources, sql, reference);
    leftOut.push(...(relation.leftOut ?? []));
    relations.set(key, quoted(name));
    const view = reference.name.join('.');
    const types = sqlTypesOf(schema);
    for (const column of engine.describe(`FROM ${quoted(name)}`)) {
      columns.push({ ...column, view, sqlType: types.get(column.name) });
    }
  }
  const translation = translate(sql, {
    columns,
    relationName: (reference) => relations.get(keyOf(reference)) ?? '',
  });
  return { translation, leftOut };
}

function keyOf({ name, asOf }: TableReference): string {
  return JSON.stringify([name, asOf]);
}

async function load(
  sources: QuerySources,
  sql: string,
  reference: TableReference,
): Promise<Relation> {
  try {
    const relation = await sources.load(reference);
    if (relation !== null) return relation;
  } catch (thrown) {
    const error = IcejamError.from(thrown);
    if (reference.asOf === null || error.kind !== 'IllegalArgument') throw error;
    throw sqlError(sql, reference, 'ANALYSIS_ERROR', error.message, error.remedy ?? '', error);
  }
  const said = reference.name.join('.');
  const known = (await sources.names()).map((name) => sqlName(addressOf(name)));
  const [near] = nearest(said, known);
  throw sqlError(
    sql,
    reference,
    'TABLE_OR_VIEW_NOT_FOUND',
    `The table or view \`${reference.name.join('`.`')}\` cannot be found.`,
    near === undefined
      ? 'Tables are written by the sinks of a workflow, or imported.'
      : `Did you mean ${near}?`,
  );
}

/** Columns have Spark's names and types, or DuckDB's where Spark has none. */
function evaluate(
  engine: Engine,
  translation: Translation,
  leftOut: readonly NestedField[],
): Pick<Answer, 'columns' | 'rows'> {
  if (translation.sql === '') return { columns: [], rows: [] };
  try {
    const described = engine.describe(translation.sql);
    const types = resultTypes(translation, described);
    const known = types.map((type, index) => ({
      // DuckDB has no empty names.
      ...(translation.columns?.[index]?.name === '' && { name: '' }),
      ...(type !== undefined && { type: tableType(type) }),
    }));
    const { names, rows } = readRows(engine.queryArrow(fixTypes(translation, described)), known);
    const columns = names.map((name, index) => {
      const type = types[index];
      return { name, type: type === undefined ? (described[index]?.type ?? '') : sqlText(type) };
    });
    return { columns, rows };
  } catch (thrown) {
    const error = sparkError(IcejamError.from(thrown), translation);
    const unreadable = leftOut.find(({ name }) =>
      error.message.toLowerCase().includes(`\`${name.toLowerCase()}\` cannot be resolved`),
    );
    if (unreadable === undefined) throw error;
    throw IcejamError.fromValue({ ...error.toValue(), ...unreadableColumn(unreadable) });
  }
}
