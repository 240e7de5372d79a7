import type { World } from './world.ts';

/** A table's commit queue under the explorer's hand: a turn that has come is taken when its writer is let go on. */
export class Turns {
  readonly #world: World;
  /** Who has the turn comes first, then who waits for it. */
  #line: string[] = [];

  constructor(world: World) {
    this.#world = world;
  }

  /** Whether it is this writer's turn. */
  has(writer: string): boolean {
    return this.#line[0] === writer;
  }

  /** The writer whose turn keeps others waiting, if there is one. */
  get blocker(): string | undefined {
    return this.#line.length > 1 ? this.#line[0] : undefined;
  }

  /** Runs work in this writer's turn; `wait` is awaited if the turn has not come. */
  async run<T>(writer: string, wait: () => Promise<void>, work: () => Promise<T>): Promise<T> {
    this.#world.touch('queue', true);
    this.#line.push(writer);
    if (!this.has(writer)) await wait();
    return work().finally(() => this.leave(writer));
  }

  /** Takes a writer out of the line: it is done, or it was killed. */
  leave(writer: string): void {
    this.#world.touch('queue', true);
    this.#line = this.#line.filter((other) => other !== writer);
  }
}
