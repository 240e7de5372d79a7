import type { ErrorValue } from '../../src/error.ts';

/** What a test tells its worker. */
export type TestCommand =
  | { do: 'create'; path: string; bytes: number; fill?: number }
  | { do: 'create-and-stay'; path: string }
  | { do: 'read'; path: string }
  | { do: 'swap'; table: string; times: number; name: string }
  | { do: 'hold-job'; race: string; job: string }
  | { do: 'lease'; table: string; snapshot: bigint }
  | { do: 'queue'; table: string };

/** What the worker answers. */
export type TestAnswer = { result: unknown } | { error: ErrorValue };

/** A worker that does a test's commands, one at a time. */
export class TestWorker {
  readonly #worker = new Worker(new URL('./storage.worker.ts', import.meta.url), {
    type: 'module',
  });

  /** The first answer to a command; an error is thrown as its plain value. */
  async ask(command: TestCommand): Promise<unknown> {
    const answer = await new Promise<TestAnswer>((resolve, reject) => {
      this.#worker.onmessage = ({ data }: MessageEvent<TestAnswer>) => {
        resolve(data);
      };
      this.#worker.onerror = ({ message }) => {
        reject(new Error(message));
      };
      this.#worker.postMessage(command);
    });
    if ('error' in answer) throw Object.assign(new Error(answer.error.message), answer.error);
    return answer.result;
  }

  /** Ends the worker as a kill does: in the midst of whatever it is at. */
  end(): void {
    this.#worker.terminate();
  }
}
