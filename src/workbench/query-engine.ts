import { type Engine, openEngine } from '../engine/duckdb.ts';
import { macros, settings } from '../spark/macros/macros.ts';

/** Starts an engine that understands translated Spark SQL. */
export async function startQueryEngine(): Promise<Engine> {
  const engine = await openEngine();
  engine.execute(settings);
  engine.execute(macros);
  return engine;
}
