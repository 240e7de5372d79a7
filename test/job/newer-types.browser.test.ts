import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Engine } from '../../src/engine/duckdb.ts';
import { unloadSnapshots } from '../../src/engine/scan.ts';
import { commit } from '../../src/iceberg/commit.ts';
import { currentSchema, loadTable } from '../../src/iceberg/table.ts';
import type { NestedField } from '../../src/iceberg/table-metadata.ts';
import { updateSchema } from '../../src/iceberg/update-schema.ts';
import type { JobContext } from '../../src/job/job-context.ts';
import { runFlareJob } from '../../src/job/run-flare-job.ts';
import type { Warning } from '../../src/race/report.ts';
import { startSparkEngine } from '../../src/sql/spark-engine.ts';
import { resetStorage } from '../../src/storage/reset.ts';
import { actionJob, table, workflowOf } from '../lab/jobs/workflow.ts';
import { TableWriter } from '../workbench/test-table.ts';

const name = 'icebase:raw01/trips';
const field = (id: number, column: string, type: string): NestedField => ({
  id,
  name: column,
  required: false,
  type,
});

let writer: TableWriter;
let engine: Engine;
beforeAll(async () => {
  [writer, engine] = await Promise.all([TableWriter.open(), startSparkEngine()]);
});
afterAll(async () => {
  await resetStorage(writer.db);
  writer.close();
  engine.close();
});
beforeEach(async () => {
  await resetStorage(writer.db);
  unloadSnapshots(engine, 0);
  const fields = [field(1, 'id', 'long'), field(2, 'nothing', 'unknown')];
  await writer.createFrom(name, { type: 'struct', 'schema-id': 0, fields }, 3);
  await writer.append(name, 'SELECT 7::BIGINT AS id, NULL AS nothing');
});

const addVariant = async () => {
  const edits = updateSchema([{ edit: 'add', name: 'any', type: 'variant' }]);
  await commit(writer.context, await loadTable(writer.context, name), edits, {
    protocol: 'queued',
  });
};

/** Runs the one job of a workflow; answers its warnings. */
async function run(text: string): Promise<Warning[]> {
  const [job] = workflowOf(text).jobs;
  if (job?.stack.kind !== 'flare') throw new Error('no job');
  const warnings: Warning[] = [];
  for (const view of ['0 result', 'own']) {
    engine.execute(`DROP VIEW IF EXISTS "${view}"`);
  }
  const context: JobContext = {
    job: 'one',
    protocol: 'queued',
    db: writer.db,
    ports: writer.context,
    gate: () => Promise.resolve(),
    warn: (warning) => warnings.push(warning),
    engine,
    read: new Map(),
    schemas: new Map(),
  };
  await runFlareJob(context, job.stack, {}, []);
  return warnings;
}

/** A job that reads the table and appends a query's rows to it, or to another. */
const ownJob = (sql: string, to = table) => `
  - name: one
    spec:
      stack: flare:4.0
      flare:
        job:
          inputs: [{ name: own, dataset: ${table}?acl=rw, format: iceberg }]
          outputs: [{ name: result, dataset: ${to}?acl=rw, options: { saveMode: append } }]
          steps: [{ sequence: [{ name: result, sql: ${JSON.stringify(sql)} }] }]`;

const state = async () => {
  const { metadata } = await loadTable(writer.context, name);
  const { summary } = metadata.snapshots.at(-1) ?? {};
  return {
    types: currentSchema(metadata).fields.map(({ type }) => type),
    rows: summary?.['total-records'],
  };
};

test('NULL goes into a column of the type unknown, and nothing else does', async () => {
  expect(await run(ownJob('SELECT id + 1 AS id, nothing FROM own'))).toEqual([]);
  await run(ownJob('SELECT id + 1 AS id, NULL AS nothing FROM own'));
  expect(await state()).toEqual({ types: ['long', 'unknown'], rows: '4' });
  await expect(run(ownJob('SELECT id, 1 AS nothing FROM own'))).rejects.toThrow(
    'Cannot safely cast `nothing` "INTEGER" to "VOID"',
  );
  await run(
    actionJob(
      'one',
      '{ name: rewrite_dataset, input: own, options: { properties: { rewrite-all: "true" } } }',
    ),
  );
  expect(await state()).toEqual({ types: ['long', 'unknown'], rows: '4' });
});

test('a job reads a table without its variant, says so, and cannot write it away', async () => {
  await addVariant();
  const { pointer } = await loadTable(writer.context, name);
  const warning = {
    message: 'Column any cannot be read here: it is of the type variant. own is read without it.',
    context: { table: name, column: 'any' },
  };
  const compaction =
    '{ name: rewrite_dataset, input: own, options: { properties: { rewrite-all: "true" } } }';
  await expect(run(ownJob('SELECT * FROM own'))).rejects.toThrow(
    'Cannot find data for the output column `any`',
  );
  await expect(run(actionJob('one', compaction))).rejects.toThrow(
    'Cannot write rows of icebase:raw01/trips again. Column any cannot be read here',
  );
  const deletion = (where: string) =>
    run(actionJob('one', `{ name: delete_from_dataset, input: own, deleteWhere: "${where}" }`));
  await expect(deletion('id % 2 = 1')).rejects.toThrow(
    'Cannot write rows of icebase:raw01/trips again. Column any cannot be read here',
  );
  const tables = await loadTable(writer.context, name);
  expect(tables.pointer).toEqual(pointer);
  const copy = ownJob('SELECT id FROM own', 'dataos://icebase:raw01/copy');
  expect(await run(copy)).toMatchObject([warning]);
  expect(await state()).toEqual({ types: ['long', 'unknown', 'variant'], rows: '1' });
  await deletion('id = 7');
  expect(await state()).toMatchObject({ rows: '0' });
});
