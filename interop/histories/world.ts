import { IcejamError } from '../../src/error.ts';
import type { Change } from '../../src/iceberg/change.ts';
import { commit } from '../../src/iceberg/commit.ts';
import { createTable } from '../../src/iceberg/create-table.ts';
import { memoryContext } from '../../src/iceberg/memory.ts';
import type { Catalog } from '../../src/iceberg/ports.ts';
import type { Protocol } from '../../src/iceberg/stop.ts';
import { buildPartitionSpec } from '../../src/iceberg/partition-spec.ts';
import { loadTable, type Table } from '../../src/iceberg/table.ts';
import type { Schema } from '../../src/iceberg/table-metadata.ts';
import { partitionRequest } from './files.ts';
import { ForgetfulCatalog } from './forgetful-catalog.ts';
import type { History, Operation, StepResult, Swaps } from './history.ts';
import { buildOperation } from './operations.ts';
import { TableState } from './table-state.ts';

/** The name of the only table, in both implementations. */
const name = 'w.test.t';

const schema: Schema = {
  type: 'struct',
  'schema-id': 0,
  fields: [
    { id: 1, name: 'id', required: true, type: 'long' },
    { id: 2, name: 'data', required: false, type: 'string' },
    { id: 3, name: 'p', required: false, type: 'string' },
    { id: 4, name: 'at', required: false, type: 'timestamptz' },
  ],
};

/** What a writer has built, or why it could not. `null`: files or snapshots were missing. */
type Built = { table: Table; change: Change | null } | { error: IcejamError };

/** Runs a history on `src/iceberg`, in memory: one result for each commit. */
export async function runHistory(
  { seed, table, steps }: History,
  protocol: Protocol = 'optimistic',
): Promise<StepResult[]> {
  const world = new World(seed, protocol);
  await world.create(table);
  const results: StepResult[] = [];
  for (const step of steps) {
    switch (step.do) {
      case 'build':
        world.built.set(step.writer, await world.build(step.op));
        break;
      case 'commit':
        results.push(await world.commit(world.built.get(step.writer), step));
        world.built.delete(step.writer);
        break;
      case 'run':
        results.push(await world.commit(await world.build(step.op), step));
    }
  }
  return results;
}

class World {
  readonly built = new Map<string, Built>();
  readonly #context: ReturnType<typeof memoryContext>;
  readonly #state = new TableState();
  readonly #protocol: Protocol;
  /** When each commit began, epoch ms. */
  readonly #begun: number[] = [];

  constructor(seed: number, protocol: Protocol) {
    this.#context = memoryContext({ seed });
    this.#protocol = protocol;
  }

  async create({ formatVersion, spec, properties }: History['table']): Promise<void> {
    await createTable(this.#context, name, {
      location: 'mem:///w/test/t',
      schema,
      spec: buildPartitionSpec(schema, spec.map(partitionRequest)),
      formatVersion,
      properties,
    });
  }

  async build(op: Operation): Promise<Built> {
    const table = await loadTable(this.#context, name);
    try {
      return { table, change: await buildOperation(this.#context, table, op, this.#begun) };
    } catch (error) {
      if (error instanceof IcejamError) return { error };
      throw error;
    }
  }

  async commit(built: Built | undefined, around: Swaps): Promise<StepResult> {
    // A commit begins when all before it have ended: what is older than it can be told.
    await this.#context.clock.sleep(5);
    this.#begun.push(this.#context.clock.now());
    const left = [...around.windows];
    const inside: StepResult[] = [];
    const commitAll = async (ops: readonly Operation[]) => {
      for (const op of ops) inside.push(await this.commit(await this.build(op), { windows: [] }));
    };
    const catalog = new ForgetfulCatalog(this.#context.catalog, {
      answers: [...(around.answers ?? [])],
      window: () => commitAll(left.shift() ?? []),
      behind: () => commitAll(around.behind ?? []),
    });
    const outcome = await this.#outcome(built, catalog);
    const { metadata } = await loadTable(this.#context, name);
    const state = await this.#state.describe(metadata, this.#context.io);
    return { windows: inside, outcome, swaps: catalog.swaps, state };
  }

  async #outcome(built: Built | undefined, catalog: Catalog): Promise<string> {
    if (built === undefined) throw new Error('Nothing was built');
    if ('error' in built) return this.#named(built.error);
    if (built.change === null) return 'skipped';
    const context = { ...this.#context, catalog };
    const options = { protocol: this.#protocol };
    const result = await commit(context, built.table, built.change, options);
    return result.outcome === 'committed' ? 'committed' : this.#named(result.error);
  }

  #named({ kind, message }: IcejamError): string {
    return kind === 'CommitStateUnknown' ? kind : `${kind}: ${this.#state.named(message)}`;
  }
}
