/** Something that is started by its first use, and again after it failed or was forgotten. */
export class Lazy<T> {
  readonly #start: () => Promise<T>;
  #started: Promise<T> | undefined;

  constructor(start: () => Promise<T>) {
    this.#start = start;
  }

  /** What was started; everybody gets the same. */
  get(): Promise<T> {
    this.#started ??= this.#start().catch((thrown: unknown) => {
      this.#started = undefined;
      throw thrown;
    });
    return this.#started;
  }

  /** Gives up what was started, and answers it. */
  forget(): Promise<T> | undefined {
    const started = this.#started;
    this.#started = undefined;
    return started;
  }
}
