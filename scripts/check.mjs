import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { root } from './build.mjs';
import { firefoxPath, noFirefox } from './firefox.mjs';

/**
 * One thing to check: a command of node_modules/.bin. `report`: the kind of the test report that it leaves at
 * {@link reportPath}; without one it counts as a single check. `hindrance`: why it cannot run on this machine, if so.
 * @typedef {{ name: string, command: string, report?: 'vitest' | 'playwright', hindrance?: () => string | undefined }} Stage
 * @typedef {{ passed: number, failed: number }} Count
 */

const reports = `${root}.cache/reports`;

/** @param {string} name */
const reportPath = (name) => `${reports}/${name.replaceAll(' ', '-')}.json`;

/**
 * @param {string} project
 * @returns {Stage}
 */
const vitest = (project) => {
  const name = `${project} tests`;
  const output = `--reporter=default --reporter=json --outputFile.json=${reportPath(name)}`;
  return { name, command: `vitest run --project ${project} ${output}`, report: 'vitest' };
};

/** @type {Stage[]} Stages that need nothing but the sources: two run at a time, the longest first. */
const sources = [
  { name: 'lint', command: 'eslint --max-warnings 0 .' },
  { name: 'format', command: 'prettier --check --log-level warn .' },
  {
    name: 'types of the page',
    command: 'svelte-check --tsconfig ./tsconfig.json --fail-on-warnings',
  },
  { name: 'types of the workers', command: 'tsc -p tsconfig.worker.json' },
  { name: 'unused code', command: 'knip --no-progress' },
  vitest('node'),
];

/** @type {Stage[]} Stages that need the built site or a browser: one after the other. */
const product = [
  { name: 'build', command: 'vite build' },
  { name: 'size', command: 'size-limit' },
  vitest('browser'),
  { name: 'e2e tests', command: 'playwright test --reporter=list,json', report: 'playwright' },
  { ...vitest('firefox'), hindrance: () => (firefoxPath() === undefined ? noFirefox : undefined) },
];

/**
 * Runs a stage, prints how it went (all that it said only if it failed) and counts.
 * @param {Stage} stage
 * @returns {Promise<Count>}
 */
async function run(stage) {
  const hindrance = stage.hindrance?.();
  if (hindrance !== undefined) {
    process.stdout.write(`NOT RUN ${stage.name}: ${hindrance}\n`);
    return { passed: 0, failed: 0 };
  }
  const began = performance.now();
  const { status, output } = await execute(stage.command, reportPath(stage.name));
  const count = countOf(stage, status);
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  const tests =
    stage.report === undefined ? '' : `, ${count.passed} passed, ${count.failed} failed`;
  if (count.failed > 0) process.stdout.write(`\n${output.trimEnd()}\n\n`);
  process.stdout.write(
    `${count.failed === 0 ? 'ok    ' : 'FAILED'} ${stage.name} (${seconds} s${tests})\n`,
  );
  return count;
}

/**
 * @param {string} command
 * @param {string} report where Playwright is to write its report
 * @returns {Promise<{ status: number | null, output: string }>}
 */
function execute(command, report) {
  const env = {
    ...process.env,
    PATH: `${root}node_modules/.bin:${process.env.PATH ?? ''}`,
    PLAYWRIGHT_JSON_OUTPUT_FILE: report,
  };
  return new Promise((resolve) => {
    let output = '';
    const child = spawn(command, {
      cwd: root,
      env,
      shell: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (/** @type {string} */ text) => (output += text));
    }
    child.on('close', (status) => resolve({ status, output }));
  });
}

/**
 * The tests of a stage's report; a stage that ended badly without a failed test counts as one that failed.
 * @param {Stage} stage
 * @param {number | null} status
 * @returns {Count}
 */
function countOf(stage, status) {
  const { passed, failed } =
    stage.report === undefined ? { passed: 0, failed: 0 } : readReport(stage);
  if (status !== 0) return { passed, failed: Math.max(failed, 1) };
  return { passed: stage.report === undefined ? 1 : passed, failed };
}

/**
 * @param {Stage} stage
 * @returns {Count}
 */
function readReport({ name, report }) {
  try {
    /** @type {unknown} */
    const json = JSON.parse(readFileSync(reportPath(name), 'utf8'));
    if (report === 'vitest') {
      const { numPassedTests, numFailedTests } = /** @type {Record<string, number>} */ (json);
      return { passed: numPassedTests ?? 0, failed: numFailedTests ?? 1 };
    }
    const { stats } = /** @type {{ stats: Record<string, number> }} */ (json);
    return { passed: stats.expected ?? 0, failed: (stats.unexpected ?? 1) + (stats.flaky ?? 0) };
  } catch {
    return { passed: 0, failed: 1 };
  }
}

/**
 * Runs stages, `width` at a time, each to its end whatever became of the others.
 * @param {Stage[]} stages
 * @param {number} width
 * @returns {Promise<Count[]>}
 */
async function runAll(stages, width) {
  const waiting = [...stages];
  /** @type {Count[]} */
  const counts = [];
  const next = async () => {
    for (let stage = waiting.shift(); stage !== undefined; stage = waiting.shift()) {
      counts.push(await run(stage));
    }
  };
  await Promise.all(Array.from({ length: width }, next));
  return counts;
}

const scope = process.argv[2];
if (scope !== 'fast' && scope !== 'all') {
  process.stderr.write('Say what to check: node scripts/check.mjs fast|all\n');
  process.exit(2);
}
rmSync(reports, { recursive: true, force: true });
mkdirSync(reports, { recursive: true });
const counts = [
  ...(await runAll(sources, 2)),
  ...(await runAll(scope === 'all' ? product : [], 1)),
];
const passed = counts.reduce((sum, count) => sum + count.passed, 0);
const failed = counts.reduce((sum, count) => sum + count.failed, 0);
process.stdout.write(`\n${passed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;
