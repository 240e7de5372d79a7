import { SeededRandom } from '../../src/iceberg/memory.ts';

/** Choices of a seed. */
export class Chance {
  readonly #random: SeededRandom;

  constructor(seed: number) {
    this.#random = new SeededRandom(seed);
  }

  below(bound: number): number {
    return this.#random.below(bound);
  }

  percent(percent: number): boolean {
    return this.below(100) < percent;
  }

  one<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)] as T;
  }

  /** One of several ways, each as often as its weight says. */
  weighed<T>(ways: readonly (readonly [weight: number, way: () => T])[]): T {
    let left = this.below(ways.reduce((sum, [weight]) => sum + weight, 0));
    for (const [weight, way] of ways) {
      if (left < weight) return way();
      left -= weight;
    }
    throw new Error('There is no way to choose');
  }

  /** One to `most`. */
  some<T>(most: number, make: () => T): T[] {
    return Array.from({ length: 1 + this.below(most) }, make);
  }
}
