import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { firstDifference } from './difference.ts';
import { generateHistory } from './generate.ts';
import type { StepResult } from './history.ts';
import { runHistory } from './world.ts';

// Runs random histories on Java Iceberg and on src/iceberg and compares what comes out:
//   tsx interop/histories/compare.ts [how many] [first seed]

const root = fileURLToPath(new URL('../../', import.meta.url));
const folder = `${root}.cache/interop/java`;
const [count = 100, firstSeed = 1] = process.argv.slice(2).map(Number);

function run(command: string, args: string[]): void {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2] });
  if (status !== 0) throw new Error(`${command} failed. ${error?.message ?? ''}`);
}

mkdirSync(folder, { recursive: true });
const histories = Array.from({ length: count }, (_, index) => generateHistory(firstSeed + index));
const lines = histories.map((history) => `${JSON.stringify(history)}\n`);
writeFileSync(`${folder}/histories.jsonl`, lines.join(''));
run('mvn', ['-q', '-f', 'interop/java/pom.xml', 'compile', 'dependency:build-classpath']);
const classes = `${folder}/classes:${readFileSync(`${folder}/classpath.txt`, 'utf8').trim()}`;
const files = [`${folder}/histories.jsonl`, `${folder}/results.jsonl`];
run('java', ['-cp', classes, 'icejam.Histories', ...files]);

const results = readFileSync(`${folder}/results.jsonl`, 'utf8').trim().split('\n');
const expected = new Map<string, number>();
let different = 0;
let steps = 0;
for (const [index, history] of histories.entries()) {
  const java = JSON.parse(results[index] ?? '[]') as StepResult[];
  steps += history.steps.length;
  for (const protocol of ['optimistic', 'queued'] as const) {
    const difference = firstDifference(java, await runHistory(history, protocol), protocol);
    if (difference === null) continue;
    if (difference.reason !== null) {
      expected.set(difference.reason, (expected.get(difference.reason) ?? 0) + 1);
      continue;
    }
    different += 1;
    if (different > 20) continue;
    console.log(
      `seed ${history.seed}, ${protocol}, commit ${difference.at}, ${difference.path}:\n  Java: ${difference.java}\n  ours: ${difference.ours}`,
    );
  }
}
for (const [reason, times] of expected)
  console.log(`${times} ended where we differ on purpose: ${reason}`);
console.log(
  `${count} histories, ${steps} steps, with the queue and without it: ${different} that differ from Java`,
);
process.exitCode = different === 0 ? 0 : 1;
