import { chromium, type BrowserContext, type JSHandle, type Page } from 'playwright';
import { buildIfStale, dist } from '../scripts/build.mjs';
import { chromiumFlags, chromiumPath } from '../scripts/chromium.mjs';
import { serve } from '../scripts/serve.mjs';
import { IcejamError, type ErrorValue } from '../src/error.ts';
import type { Console } from '../src/lab/console.ts';

/** One origin whatever the port: what a profile stored is found again. */
const origin = 'http://icejam.localhost';

type Answer = { ok: true; value: unknown } | { ok: false; error: ErrorValue };
type Result<K extends keyof Console> = Console[K] extends (...args: never) => Promise<infer T>
  ? T
  : never;

/**
 * The built app in a headless Chromium, driven through its console API.
 * Every method throws what the page's call threw, as an `IcejamError`.
 */
export class App {
  /** What went wrong in the page beside the calls, in the order of time. */
  readonly faults: string[] = [];
  readonly #context: BrowserContext;
  readonly #page: Page;
  readonly #stopServing: () => Promise<void>;

  private constructor(context: BrowserContext, page: Page, stopServing: () => Promise<void>) {
    this.#context = context;
    this.#page = page;
    this.#stopServing = stopServing;
  }

  /**
   * Builds the app if needed, serves it and opens it; resolves when its console API answers.
   * `profile`: the directory of the browser's storage; absent: a temporary one, deleted at the end.
   */
  static async open(profile = ''): Promise<App> {
    buildIfStale();
    const { port, close } = await serve(dist, { port: 0 });
    const context = await chromium.launchPersistentContext(profile, {
      executablePath: chromiumPath(),
      args: [...chromiumFlags, `--host-resolver-rules=MAP icejam.localhost:80 127.0.0.1:${port}`],
    });
    const page = context.pages()[0] ?? (await context.newPage());
    const app = new App(context, page, close);
    page.on('pageerror', ({ message }) => {
      app.faults.push(message);
      process.stderr.write(`In the page: ${message}\n`);
    });
    await page.goto(origin);
    await page.waitForFunction(() => 'icejam' in globalThis);
    await page.evaluate(() => globalThis.icejam.ready);
    return app;
  }

  /** Puts files of this machine into the dropzone. The browser reads them itself, whatever their size. */
  async drop(address: string, paths: string[]): Promise<Result<'drop'>> {
    return this.#call('drop', address, await this.#choose(paths, { multiple: true }));
  }

  /** Adopts the table in a directory of this machine. */
  async importTable(address: string, directory: string): Promise<Result<'importTable'>> {
    const files = await this.#choose(directory, { webkitdirectory: true });
    return this.#call('importTable', address, files);
  }

  /** Runs workflow texts in order. */
  run(...args: Parameters<Console['run']>): Promise<Result<'run'>> {
    return this.#call('run', ...args);
  }

  /** Asks the Workbench. */
  query(...args: Parameters<Console['query']>): Promise<Result<'query'>> {
    return this.#call('query', ...args);
  }

  /** The tables of the catalog. */
  tables(): Promise<Result<'tables'>> {
    return this.#call('tables');
  }

  /** The snapshots of a table, in the order in which they were committed. */
  snapshots(...args: Parameters<Console['snapshots']>): Promise<Result<'snapshots'>> {
    return this.#call('snapshots', ...args);
  }

  /** The live data files of a table. */
  files(...args: Parameters<Console['files']>): Promise<Result<'files'>> {
    return this.#call('files', ...args);
  }

  /** Writes a zip of the complete table to a file, its paths rewritten to `location`. */
  async exportTable(address: string, location: string, zip: string): Promise<void> {
    const [download] = await Promise.all([
      this.#page.waitForEvent('download', { timeout: 0 }),
      this.#call('exportTable', address, { location }),
    ]);
    await download.saveAs(zip);
  }

  /** Deletes everything that the app stored. */
  reset(): Promise<Result<'reset'>> {
    return this.#call('reset');
  }

  /** Ends the browser and the server. */
  async close(): Promise<void> {
    await this.#context.close();
    await this.#stopServing();
  }

  /** Files of this machine as a user's choice hands them to the page. */
  async #choose(
    paths: string | string[],
    kind: Partial<Pick<HTMLInputElement, 'multiple' | 'webkitdirectory'>>,
  ): Promise<JSHandle<File[]>> {
    const input = await this.#page.evaluateHandle(
      (kind) => Object.assign(document.createElement('input'), { type: 'file', ...kind }),
      kind,
    );
    await input.setInputFiles(paths);
    return input.evaluateHandle(({ files }) => [...(files ?? [])]);
  }

  /** Calls the console API; a `Blob` that it answers leaves the page as a download. */
  async #call<K extends keyof Console>(name: K, ...args: unknown[]): Promise<Result<K>> {
    const answer = await this.#page.evaluate(
      async ({ name, args }): Promise<Answer> => {
        try {
          const method = globalThis.icejam[name] as (...args: unknown[]) => Promise<unknown>;
          const value = await method(...args);
          if (!(value instanceof Blob)) return { ok: true, value };
          const href = URL.createObjectURL(value);
          Object.assign(document.createElement('a'), { href, download: 'export.zip' }).click();
          return { ok: true, value: null };
        } catch (thrown) {
          const error = thrown as Error & { toValue?: () => ErrorValue };
          const { message } = error;
          const fault = { kind: 'Internal', message, context: {}, retryable: false } as const;
          return { ok: false, error: error.toValue?.() ?? fault };
        }
      },
      { name, args },
    );
    if (!answer.ok) throw IcejamError.fromValue(answer.error);
    return answer.value as Result<K>;
  }
}
