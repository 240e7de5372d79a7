import { type Engine, openEngine } from '../engine/duckdb.ts';
import { macros, settings } from '../spark/macros/macros.ts';
import { scalarFunctions } from './scalar-functions.ts';

/** Starts an engine that understands what `translate` makes of Spark SQL. */
export async function startSparkEngine(): Promise<Engine> {
  const engine = await openEngine();
  engine.execute(settings);
  engine.execute(macros);
  for (const { name, returns, call } of scalarFunctions) engine.defineFunction(name, returns, call);
  return engine;
}
