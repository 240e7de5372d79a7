import { IcejamError } from '../../src/error.ts';
import type { Change } from '../../src/iceberg/change.ts';
import { commit } from '../../src/iceberg/commit.ts';
import { createTable } from '../../src/iceberg/create-table.ts';
import { memoryContext } from '../../src/iceberg/memory.ts';
import { buildPartitionSpec } from '../../src/iceberg/partition-spec.ts';
import { loadTable, type Table } from '../../src/iceberg/table.ts';
import type { Schema } from '../../src/iceberg/table-metadata.ts';
import { partitionRequest } from './files.ts';
import type { History, Operation, StepResult } from './history.ts';
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
  ],
};

/** What a writer has built, or why it could not. `null`: files or snapshots were missing. */
type Built = { table: Table; change: Change | null } | { error: IcejamError };

/** Runs a history on `src/iceberg`, in memory: one result for each commit. */
export async function runHistory({ seed, table, steps }: History): Promise<StepResult[]> {
  const world = new World(seed);
  await world.create(table);
  const results: StepResult[] = [];
  for (const step of steps) {
    switch (step.do) {
      case 'build':
        world.built.set(step.writer, await world.build(step.op));
        break;
      case 'commit':
        results.push(await world.commit(world.built.get(step.writer), step.windows));
        world.built.delete(step.writer);
        break;
      case 'run':
        results.push(await world.commit(await world.build(step.op), step.windows));
    }
  }
  return results;
}

class World {
  readonly built = new Map<string, Built>();
  readonly #context: ReturnType<typeof memoryContext>;
  readonly #state = new TableState();

  constructor(seed: number) {
    this.#context = memoryContext({ seed });
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
      return { table, change: await buildOperation(this.#context, table, op) };
    } catch (error) {
      if (error instanceof IcejamError) return { error };
      throw error;
    }
  }

  async commit(built: Built | undefined, windows: readonly Operation[][]): Promise<StepResult> {
    const left = [...windows];
    const inside: StepResult[] = [];
    let swaps = 0;
    const gate = async (_attempt: number, { stop }: { stop: string }) => {
      if (stop !== 'before-swap') return;
      swaps += 1;
      for (const op of left.shift() ?? []) inside.push(await this.commit(await this.build(op), []));
    };
    const outcome = await this.#outcome(built, gate);
    const { metadata } = await loadTable(this.#context, name);
    const state = await this.#state.describe(metadata, this.#context.io);
    return { windows: inside, outcome, swaps, state };
  }

  async #outcome(
    built: Built | undefined,
    gate: (attempt: number, detail: { stop: string }) => Promise<void>,
  ): Promise<string> {
    if (built === undefined) throw new Error('Nothing was built');
    if ('error' in built) return this.#named(built.error);
    if (built.change === null) return 'skipped';
    const result = await commit({ ...this.#context, gate }, built.table, built.change, {
      protocol: 'optimistic',
    });
    return result.outcome === 'committed' ? 'committed' : this.#named(result.error);
  }

  #named({ kind, message }: IcejamError): string {
    return `${kind}: ${this.#state.named(message)}`;
  }
}
