import type { Engine } from '../engine/duckdb.ts';
import type { CommitContext } from '../iceberg/context.ts';
import type { TableName } from '../iceberg/ports.ts';
import type { Protocol } from '../iceberg/stop.ts';
import type { Schema } from '../iceberg/table-metadata.ts';
import type { Scope } from '../iceberg/validation.ts';
import type { Warning } from '../race/report.ts';
import type { Database } from '../storage/database.ts';
import type { StopGate } from './stop-gate.ts';

/** What a running job works with that computes no rows. */
export interface ToolContext {
  /** The job's name. */
  job: string;
  protocol: Protocol;
  db: Database;
  /** The world as the commit code sees it; its gate is made by {@link commitContext}. */
  ports: Omit<CommitContext, 'gate'>;
  gate: StopGate;
  /** Notes what the user would want to know although nothing failed. */
  warn: (warning: Warning) => void;
}

/** What a running Flare job works with. */
export interface JobContext extends ToolContext {
  /** The job's own engine. */
  engine: Engine;
  /** The tables that were read as inputs. */
  read: Map<TableName, TableRead>;
  /** The schemas of inputs that are tables, by the names of the inputs. */
  schemas: Map<string, Schema>;
}

/** What a job read of a table. */
export interface TableRead {
  /** The snapshot, `null` while the table was empty: where the validation of an overwrite of it begins. */
  snapshotId: bigint | null;
  /** The parts that its statements read, which are known to be right by the time that one is written. */
  scopes: () => Scope[];
}

/** The context of one table's commits: its stops carry the table's name. */
export function commitContext({ ports, gate }: ToolContext, table: TableName): CommitContext {
  return { ...ports, gate: (attempt, detail) => gate(table, attempt, detail) };
}
