import type { CommitContext } from '../../../src/iceberg/context.ts';
import type { CommitQueue } from '../../../src/iceberg/ports.ts';
import type { StopDetail, Stop } from '../../../src/iceberg/stop.ts';
import { FairQueue, SeededRandom, VirtualClock } from '../../../src/iceberg/memory.ts';
import { FaultyCatalog } from './faulty-catalog.ts';
import { RecordingFileIO } from './recording-file-io.ts';

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

/** No queue at all: everybody at once. */
export const noQueue: CommitQueue = { run: (_table, work) => work() };

/** Files, catalog, time and chance that several writers share. */
export class World {
  readonly clock = new VirtualClock();
  readonly io = new RecordingFileIO(this.clock);
  readonly catalog = new FaultyCatalog();
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
