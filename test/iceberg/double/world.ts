// Use from Node, ten lines:
//
//   const world = new World();
//   await createTable(world.writer(), 'w:t/taxi', { location: 'mem:///w/taxi', schema, spec });
//   const writer = world.writer();                      // a CommitContext with a gate of its own
//   const table = await loadTable(writer, 'w:t/taxi');
//   const file = await world.dataFile('A1');            // { spec_id, data_file }, bytes included
//   writer.once('before-swap', () => otherWriterCommits());
//   const result = await commit(writer, table, append([file]), { protocol: 'optimistic' });
//   result.outcome; writer.stops.map(({ detail }) => detail.stop);
//   await expectInvariants(world);                      // I1 to I12 of the reference
//
// Faults: world.catalog.faults.push('lose-answer' | 'lose-request' | 'deny-win') hit the next swaps.

import type { CommitContext } from '../../../src/iceberg/context.ts';
import type { CommitQueue } from '../../../src/iceberg/ports.ts';
import type { StopDetail, Stop } from '../../../src/iceberg/stop.ts';
import { MemoryCatalog } from './memory-catalog.ts';
import { MemoryFileIO } from './memory-file-io.ts';
import { FairQueue, SeededRandom, VirtualClock } from './time-and-chance.ts';

/** A stop that a writer came to. */
export interface StopMet {
  attempt: number;
  detail: StopDetail;
}

/** One independent writer: the world's ports and a gate that records, and runs what was hung on a stop. */
export interface Writer extends CommitContext {
  stops: StopMet[];
  /** Runs `work` the first time this writer comes to the stop, before it goes on. */
  once(stop: Stop, work: () => Promise<unknown>): void;
  /** Runs `work` every time. */
  always(stop: Stop, work: () => Promise<unknown>): void;
  /** How often the writer tried to swap. */
  readonly swaps: number;
}

/** Files, catalog, time and chance that several writers share. */
export class World {
  readonly clock = new VirtualClock();
  readonly io = new MemoryFileIO(this.clock);
  readonly catalog = new MemoryCatalog();
  readonly random: SeededRandom;
  readonly queue: CommitQueue;

  constructor(options: { seed?: number; queue?: CommitQueue } = {}) {
    this.random = new SeededRandom(options.seed ?? 1);
    this.queue = options.queue ?? new FairQueue();
  }

  writer(): Writer {
    const stops: StopMet[] = [];
    const hooks: { stop: Stop; work: () => Promise<unknown>; again: boolean }[] = [];
    const { io, catalog, clock, random, queue } = this;
    return {
      io,
      catalog,
      clock,
      random,
      queue,
      stops,
      gate: async (attempt, detail) => {
        stops.push({ attempt, detail });
        const met = hooks.filter((hook) => hook.stop === detail.stop);
        for (const hook of met) {
          if (!hook.again) hooks.splice(hooks.indexOf(hook), 1);
          await hook.work();
        }
      },
      once: (stop, work) => hooks.push({ stop, work, again: false }),
      always: (stop, work) => hooks.push({ stop, work, again: true }),
      get swaps() {
        return stops.filter(({ detail }) => detail.stop === 'before-swap').length;
      },
    };
  }
}

/** The stops that a writer came to, such as `1 base-read`. */
export function stopsOf({ stops }: Writer): string[] {
  return stops.map(({ attempt, detail }) => `${attempt} ${detail.stop}`);
}
