import { readFileSync } from 'node:fs';
import type { Column } from '../../../src/engine/types.ts';
import type { Plain } from './reading.ts';

/** A text and what Spark makes of it; of rejected lines Spark only tells that there are some. */
export interface GoldenCase {
  name: string;
  text: string;
  columns: Column[];
  rows: Record<string, Plain>[];
  rejected: number;
}

const file = readFileSync(new URL('../../golden/json/spark.json', import.meta.url), 'utf8');

/** What Spark 3.5.7 reads, with its default options. */
export const golden = (JSON.parse(file) as { cases: GoldenCase[] }).cases;
