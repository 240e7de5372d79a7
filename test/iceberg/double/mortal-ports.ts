import type { CommitContext } from '../../../src/iceberg/context.ts';
import type { SeededRandom } from '../../../src/iceberg/memory.ts';
import type { Interleaver } from './interleaver.ts';
import type { World } from './world.ts';

/** A writer's ports in a world where it may be killed before and after each call, and in the midst of a write. */
export interface MortalWriter {
  context: CommitContext;
  /** Runs the writer's work until it ends or is killed (`null`): then nothing of it happens any more. */
  live<T>(work: () => Promise<T>): Promise<T | null>;
  /** What it has created, for as long as it lives. */
  claims: Set<string>;
}

/** A writer that dies about once in `calls` calls of its ports; elsewhere others go first. */
export function mortalWriter(
  world: World,
  interleaver: Interleaver,
  random: SeededRandom,
  calls: number,
): MortalWriter {
  const claims = new Set<string>();
  let bury: (nothing: null) => void = () => undefined;
  const death = new Promise<null>((resolve) => (bury = resolve));
  const die = async (): Promise<never> => {
    claims.clear();
    bury(null);
    return new Promise(() => undefined);
  };
  const mayDie = async () => {
    if (random.below(calls) === 0) await die();
  };
  const mortal = async <T>(call: () => Promise<T>): Promise<T> => {
    await mayDie();
    const result = await call();
    await mayDie();
    return result;
  };
  const { io, catalog, clock, queue } = world;
  const context: CommitContext = {
    io: {
      read: (path) => mortal(() => io.read(path)),
      create: async (path, bytes) => {
        claims.add(path);
        if (random.below(calls) === 0) {
          await io.create(path, bytes.subarray(0, bytes.length >> 1));
          await die();
        }
        await mortal(() => io.create(path, bytes));
      },
      delete: (path) => mortal(() => io.delete(path)),
      list: (prefix) => mortal(() => io.list(prefix)),
    },
    catalog: {
      load: (table) => mortal(() => catalog.load(table)),
      swap: (table, expected, location) => mortal(() => catalog.swap(table, expected, location)),
      put: (table, location) => mortal(() => catalog.put(table, location)),
    },
    clock,
    queue,
    random: world.random,
    gate: () => interleaver.park(),
  };
  return { context, claims, live: (work) => Promise.race([work(), death]) };
}
