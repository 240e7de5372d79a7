import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium, type CDPSession } from 'playwright';
import { build } from 'vite';
import { chromiumFlags, chromiumPath } from '../scripts/chromium.mjs';
import { serve } from '../scripts/serve.mjs';
import { raceLog } from './race-frames/log.ts';

/**
 * Plays the log of a race of 16 jobs into the real page, built as it is shipped, 200 events a second, and prints the
 * browser's own frame times beside those of an empty page, measured just before and just after: on a busy machine even
 * that one misses frames. No job runs meanwhile: what is measured is what the page costs, and not how many cores there
 * are for 16 engines. Run it with `npx tsx`; `--jobs N`, `--per-second N` and `--versions N` (of the table, made before
 * the frames are watched) change the race.
 */

const option = (name: string, value: number): number => {
  const at = process.argv.indexOf(name);
  return at < 0 ? value : Number(process.argv[at + 1]);
};
const jobs = option('--jobs', 16);
const perSecond = option('--per-second', 200);
const versions = option('--versions', 1);

let state = 1;
/** A linear congruential generator (Numerical Recipes): the same race each time. */
const random = () => (state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32) / 2 ** 32;

const folder = mkdtempSync(join(tmpdir(), 'race-frames-'));
const { events, from } = raceLog(jobs, random, versions);
await build({
  root: 'bench/race-frames',
  configFile: 'vite.config.ts',
  publicDir: '../../public',
  logLevel: 'error',
  build: { outDir: folder, emptyOutDir: true },
});
const { port, close } = await serve(folder, { port: 0 });
const browser = await chromium.launch({ executablePath: chromiumPath(), args: chromiumFlags });
try {
  const before = await emptyPage(browser);
  await race(browser);
  const after = await emptyPage(browser);
  print('an empty page meanwhile', [...before, ...after]);
} finally {
  await browser.close();
  await close();
  rmSync(folder, { recursive: true });
}

async function race(browser: Browser): Promise<void> {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.goto(`http://localhost:${port}/`);
  await page.waitForFunction(() => 'play' in globalThis);
  // Once to warm up: the first race of a page is compiled while it runs.
  await page.evaluate(([log, rate]) => globalThis.play(log, rate), [
    events.slice(0, 200),
    400,
  ] as const);
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const before = await workOf(session);
  const { deltas, longTasks } = await page.evaluate(
    ([log, rate, first]) => globalThis.play(log, rate, first),
    [events, perSecond, from] as const,
  );
  const after = await workOf(session);
  await page.close();
  print(`${jobs} jobs, ${events.length - from} events behind ${versions} versions`, deltas);
  const perFrame = (name: keyof Work) =>
    `${name} ${((after[name] - before[name]) / deltas.length).toFixed(1)}`;
  process.stdout.write(
    `  work: ms of CPU a frame: ${perFrame('all')}, of it ${perFrame('script')}, ${perFrame('style')}, ${perFrame('layout')}; long tasks ${longTasks.length}\n`,
  );
}

/** Frame times of a page that does nothing, ms. */
async function emptyPage(browser: Browser): Promise<number[]> {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  const deltas = await page.evaluate(async () => {
    const times: number[] = [];
    let last: number | null = null;
    while (times.length < 120) {
      const now = await new Promise<number>((drawn) => requestAnimationFrame(drawn));
      if (last !== null) times.push(now - last);
      last = now;
    }
    return times;
  });
  await page.close();
  return deltas;
}

/** ms of CPU that a page's main thread has used: what other programs do on the machine does not count. */
interface Work {
  all: number;
  script: number;
  style: number;
  layout: number;
}

async function workOf(session: CDPSession): Promise<Work> {
  const { metrics } = await session.send('Performance.getMetrics');
  const of = (wanted: string) =>
    (metrics.find(({ name }) => name === wanted)?.value ?? Number.NaN) * 1000;
  return {
    all: of('TaskDuration'),
    script: of('ScriptDuration'),
    style: of('RecalcStyleDuration'),
    layout: of('LayoutDuration'),
  };
}

function print(what: string, deltas: readonly number[]): void {
  const sorted = deltas.toSorted((a, b) => a - b);
  const at = (share: number) => (sorted[Math.floor((sorted.length - 1) * share)] ?? 0).toFixed(1);
  const seconds = deltas.reduce((sum, delta) => sum + delta, 0) / 1000;
  // The browser rounds its times to 0.1 ms.
  const late = deltas.filter((delta) => delta > 16.75).length;
  process.stdout.write(
    [
      `${what}: ${(deltas.length / seconds).toFixed(1)} frames a second`,
      `  frame times: median ${at(0.5)} ms, 95 % ${at(0.95)} ms, longest ${at(1)} ms`,
      `  over 16.7 ms: ${late} of ${deltas.length} (${((100 * late) / deltas.length).toFixed(0)} %)`,
      '',
    ].join('\n'),
  );
}
