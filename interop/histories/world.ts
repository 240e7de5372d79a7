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

/**
 * What a writer has built, or why it could not. `change` is `null` if files or snapshots were missing; `began` is for
 * transactions alone: Java stamps their snapshots when they are built.
 */
type Built = { began: number | null } & (
  { table: Table; change: Change | null } | { error: IcejamError }
);

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
  /** When each commit began, epoch ms; 0 if it changed nothing: an older transaction may still land behind it. */
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
    const began = op.op === 'transaction' ? await this.#moment() : null;
    const table = await loadTable(this.#context, name);
    try {
      const change = await buildOperation(this.#context, table, op, this.#begun);
      return { began, table, change };
    } catch (error) {
      if (error instanceof IcejamError) return { began, error };
      throw error;
    }
  }

  /** Now, some time after all commits so far: what is older can be told. */
  async #moment(): Promise<number> {
    await this.#context.clock.sleep(5);
    return this.#context.clock.now();
  }

  async commit(built: Built | undefined, around: Swaps): Promise<StepResult> {
    const number = this.#begun.length;
    this.#begun.push(built?.began ?? (await this.#moment()));
    const before = await this.#context.catalog.load(name);
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
    const { metadata, pointer } = await loadTable(this.#context, name);
    if (pointer.version === before?.version) this.#begun[number] = 0;
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
