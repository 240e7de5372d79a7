/** Something that is started by its first use, and again after it failed. */
export class Lazy<T> {
  readonly #start: () => Promise<T>;
  #started: Promise<T> | undefined;

  constructor(start: () => Promise<T>) {
    this.#start = start;
  }

  /** What was started, `undefined` before its first use. */
  get started(): Promise<T> | undefined {
    return this.#started;
  }

  /** What is started; everybody gets the same. */
  get(): Promise<T> {
    this.#started ??= this.#start().catch((thrown: unknown) => {
      this.#started = undefined;
      throw thrown;
    });
    return this.#started;
  }
}
