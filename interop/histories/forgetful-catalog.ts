import type { Catalog, Pointer, SwapResult, TableName } from '../../src/iceberg/ports.ts';
import type { Answer } from './history.ts';

/** What happens around the swaps of one commit. */
interface Around {
  answers: Answer[];
  /** Runs before each swap. */
  window: () => Promise<void>;
  /** Runs behind a swap whose answer does not come. */
  behind: () => Promise<void>;
}

/** A catalog as one writer sees it: others come before its swaps, and answers may be lost. */
export class ForgetfulCatalog implements Catalog {
  readonly #catalog: Catalog;
  readonly #around: Around;
  /** How often the writer has tried to swap. */
  swaps = 0;

  constructor(catalog: Catalog, around: Around) {
    this.#catalog = catalog;
    this.#around = around;
  }

  load(table: TableName): Promise<Pointer | null> {
    return this.#catalog.load(table);
  }

  put(table: TableName, location: string): Promise<Pointer> {
    return this.#catalog.put(table, location);
  }

  async swap(table: TableName, expected: Pointer | null, location: string): Promise<SwapResult> {
    this.swaps += 1;
    await this.#around.window();
    const answer = this.#around.answers.shift() ?? 'comes';
    if (answer === 'unsent') return this.#forget();
    const result = await this.#catalog.swap(table, expected, location);
    return answer === 'comes' ? result : this.#forget();
  }

  async #forget(): Promise<never> {
    await this.#around.behind();
    throw new Error('The answer is lost');
  }
}
