import { readFileSync } from 'node:fs';
import { fixTypes } from '../../src/spark/fix-types.ts';
import { macros, settings } from '../../src/spark/macros/macros.ts';
import { sparkText, typeOfDuckdb } from '../../src/spark/sql-type.ts';
import { translate } from '../../src/spark/translate.ts';
import type { KnownColumn } from '../../src/spark/translate.ts';
import { openDuckdb } from './duckdb.ts';
import type { Duckdb } from './duckdb.ts';

/** A statement and what Spark 3.5.7 answers (ANSI off, session time zone UTC). */
export interface Case {
  id: string;
  sql: string;
  rows?: unknown[][];
  /** A piece of the error's message. */
  error?: string;
  ordered?: boolean;
  columns?: string[];
  types?: string[];
}

/** A file of test/golden/spark. */
export function readCases(name: 'by-spark' | 'by-subject'): Case[] {
  return JSON.parse(readText(`${name}.json`)) as Case[];
}

/** Another file of test/golden/spark: rows of texts. */
export function readPairs(
  name: 'column-names' | 'date-formats' | 'parsed-times',
): [string, ...unknown[]][] {
  return JSON.parse(readText(`${name}.json`)) as [string, ...unknown[]][];
}

function readText(name: string): string {
  return readFileSync(new URL(`../golden/spark/${name}`, import.meta.url), 'utf8');
}

/** A database with the settings, the macros and the four tables of the cases. */
export async function openCases(): Promise<{ duckdb: Duckdb; columns: KnownColumn[] }> {
  const duckdb = await openDuckdb();
  duckdb.run(settings);
  duckdb.run(macros);
  duckdb.run(readText('setup.sql'));
  const columns = ['trips', 'events', 'orders', 'customers'].flatMap((view) =>
    duckdb.describe(`SELECT * FROM ${view}`).map((column) => ({ ...column, view })),
  );
  return { duckdb, columns };
}

/** What is wrong with the answer to a case; `null` if it is Spark's. */
export function judge(duckdb: Duckdb, columns: KnownColumn[], expected: Case): string | null {
  try {
    const translation = translate(expected.sql, { columns });
    if (translation.sql === '') return expected.rows?.length === 0 ? null : 'nothing was run';
    const sql = fixTypes(translation, duckdb.describe(translation.sql));
    const rows = duckdb.rows(sql);
    if (expected.error !== undefined) return `no error, but ${JSON.stringify(rows)}`;
    const described = duckdb.describe(sql);
    const names = described.map(({ name }) => name);
    const types = described
      .map(({ type }) => typeOfDuckdb(type))
      .map((type) => type && sparkText(type));
    return (
      differingRows(rows, expected) ??
      differing('names', names, expected.columns) ??
      differing('types', types.map(plainType), expected.types?.map(plainType))
    );
  } catch (thrown) {
    const { message } = thrown as Error;
    if (expected.error !== undefined && message.includes(expected.error)) return null;
    return message;
  }
}

/** Spark's finer names of intervals, and of NULL, which DuckDB does not know. */
function plainType(type: string | undefined): string {
  return (type ?? '?').replace(/^interval.*/, 'interval').replaceAll(/\bvoid\b/g, 'int');
}

function differingRows(rows: unknown[][], { rows: wanted = [], ordered }: Case): string | null {
  const sorted = (list: unknown[][]) =>
    ordered === true
      ? list
      : [...list].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  return same(sorted(rows), sorted(wanted)) ? null : `rows ${JSON.stringify(rows)}`;
}

function differing(what: string, found: unknown[], wanted: unknown[] | undefined): string | null {
  if (wanted === undefined || same(found, wanted)) return null;
  return `${what} ${JSON.stringify(found)}`;
}

/** Deep equality; numbers may differ in their last digits. */
function same(a: unknown, b: unknown): boolean {
  if (typeof a === 'number' && typeof b === 'number') {
    return Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(a));
  }
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b;
  const [keys, others] = [Object.keys(a), Object.keys(b)];
  return (
    keys.length === others.length &&
    keys.every((key) => same(a[key as keyof typeof a], b[key as keyof typeof b]))
  );
}
