import { type ErrorValue, IcejamError } from './error.ts';

/** Tells the caller how far a call is. */
export type Progress = (value: unknown) => void;

/** What a worker can be asked: one argument each, and a way to tell progress. */
export type Methods = Record<string, (argument: never, progress: Progress) => unknown>;

type Argument<M> = M extends (argument: infer A, progress: Progress) => unknown ? A : never;
type Answer<M> = M extends (argument: never, progress: Progress) => infer R ? Awaited<R> : never;

interface Request {
  id: number;
  method: string;
  argument: unknown;
}

type Reply =
  | { id: number; type: 'progress'; value: unknown }
  | { id: number; type: 'value'; value: unknown }
  | { id: number; type: 'error'; error: ErrorValue };

interface Pending {
  resolve: (value: unknown) => void;
  reject: (error: IcejamError) => void;
  progress: Progress;
}

/** The caller's end of a worker that answers calls. Its type comes from the worker's own methods. */
export class RemoteWorker<M extends Methods> {
  readonly #worker: Worker;
  readonly #pending = new Map<number, Pending>();
  #calls = 0;
  #dead: IcejamError | null = null;

  constructor(worker: Worker) {
    this.#worker = worker;
    worker.onmessage = ({ data }: MessageEvent<Reply>) => this.#receive(data);
    worker.onerror = (event) => this.#die(`A worker crashed: ${event.message}`);
  }

  /** Asks the worker. Rejects with the worker's own IcejamError, or `WorkerKilled` if it ends before it answers. */
  call<K extends keyof M & string>(
    method: K,
    argument: Argument<M[K]>,
    progress: Progress = () => undefined,
  ): Promise<Answer<M[K]>> {
    if (this.#dead !== null) return Promise.reject(this.#dead);
    const id = this.#calls++;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve: resolve as Pending['resolve'], reject, progress });
      this.#worker.postMessage({ id, method, argument } satisfies Request);
    });
  }

  /** Ends the worker; whoever waits for an answer is told so. */
  close(): void {
    this.#die('The worker was ended.');
  }

  #receive(reply: Reply): void {
    const pending = this.#pending.get(reply.id);
    if (reply.type === 'progress') return pending?.progress(reply.value);
    this.#pending.delete(reply.id);
    if (reply.type === 'value') pending?.resolve(reply.value);
    else pending?.reject(IcejamError.fromValue(reply.error));
  }

  #die(message: string): void {
    this.#worker.terminate();
    this.#dead = new IcejamError('WorkerKilled', message, { remedy: 'Reload the page.' });
    for (const { reject } of this.#pending.values()) reject(this.#dead);
    this.#pending.clear();
  }
}

/**
 * The worker's end: answers calls with these methods until the worker ends. Calls run side by side; those that come
 * before the methods are ready wait for them.
 */
export function answerCalls(methods: Methods | Promise<Methods>): void {
  const post = (reply: Reply) => (globalThis as unknown as Worker).postMessage(reply);
  // Why there are no methods is told to each who calls.
  Promise.resolve(methods).catch(() => undefined);
  globalThis.onmessage = async ({ data }: MessageEvent<Request>) => {
    const { id, method, argument } = data;
    try {
      const run = (await methods)[method];
      if (run === undefined) throw new IcejamError('Internal', `Unknown method: ${method}`);
      const value = await run(argument as never, (progress) =>
        post({ id, type: 'progress', value: progress }),
      );
      post({ id, type: 'value', value });
    } catch (thrown) {
      post({ id, type: 'error', error: IcejamError.from(thrown).toValue() });
    }
  };
}
