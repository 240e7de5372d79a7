import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type CDPSession } from 'playwright';
import { build } from 'vite';
import { chromiumFlags, chromiumPath } from '../scripts/chromium.mjs';
import { serve } from '../scripts/serve.mjs';
import { raceLog } from './race-frames/log.ts';
import type { Frames } from './race-frames/page.ts';

/**
 * Plays the log of a race of 16 jobs into the real page, built as it is shipped, 200 events a second, and prints the
 * browser's own frame times. No job runs meanwhile: what is measured is what the page costs, and not how many cores
 * there are for 16 engines. Run it with `npx tsx`; `--jobs N` and `--per-second N` change the race.
 */

const option = (name: string, value: number): number => {
  const at = process.argv.indexOf(name);
  return at < 0 ? value : Number(process.argv[at + 1]);
};
const jobs = option('--jobs', 16);
const perSecond = option('--per-second', 200);

let state = 1;
/** A linear congruential generator (Numerical Recipes): the same race each time. */
const random = () => (state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32) / 2 ** 32;

const folder = mkdtempSync(join(tmpdir(), 'race-frames-'));
const events = raceLog(jobs, random);
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
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.goto(`http://localhost:${port}/`);
  await page.waitForFunction(() => 'play' in globalThis);
  await page.evaluate(([log, rate]) => globalThis.play(log, rate), [
    events.slice(0, 60),
    60,
  ] as const);
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const before = await workOf(session);
  const frames = await page.evaluate(([log, rate]) => globalThis.play(log, rate), [
    events,
    perSecond,
  ] as const);
  print(frames, (await workOf(session)) - before);
} finally {
  await browser.close();
  await close();
  rmSync(folder, { recursive: true });
}

/** ms of CPU that the page's main thread has used: what other programs do on the machine does not count. */
async function workOf(session: CDPSession): Promise<number> {
  const { metrics } = await session.send('Performance.getMetrics');
  return (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? NaN) * 1000;
}

function print({ deltas, longTasks }: Frames, work: number): void {
  const sorted = deltas.toSorted((a, b) => a - b);
  const at = (share: number) => (sorted[Math.floor((sorted.length - 1) * share)] ?? 0).toFixed(1);
  const seconds = deltas.reduce((sum, delta) => sum + delta, 0) / 1000;
  const late = deltas.filter((delta) => delta > 25).length;
  process.stdout.write(
    [
      `${jobs} jobs, ${events.length} events in ${seconds.toFixed(1)} s`,
      `frames a second  ${(deltas.length / seconds).toFixed(1)}`,
      `frame times      median ${at(0.5)} ms, 95 % ${at(0.95)} ms, 99 % ${at(0.99)} ms, longest ${at(1)} ms`,
      `late frames      ${late} of ${deltas.length} (more than 25 ms after the one before)`,
      `long tasks       ${longTasks.length}`,
      `work             ${(work / deltas.length).toFixed(1)} ms of CPU a frame`,
      '',
    ].join('\n'),
  );
}
