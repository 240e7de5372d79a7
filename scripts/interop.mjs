import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { root } from './build.mjs';
import { installOnDebian } from './debian.mjs';

const cache = `${root}.cache/interop`;
const trips = `${root}public/samples/ny-taxi.json.gz`;
const requirements = `${root}interop/requirements.txt`;
const python = `${cache}/venv/bin/python`;

/** Each table is written three times by two jobs at once, and exported after each time. */
const steps = [
  { saveMode: 'append', workflow: 'append' },
  { saveMode: 'overwrite', workflow: 'overwrite-dynamic' },
  { saveMode: 'append', workflow: 'append' },
];
const tables = [
  { name: 'one-field', partitionedBy: ['month'] },
  { name: 'two-fields', partitionedBy: ['vendor_id', 'month'] },
];

/**
 * Runs a command and answers what it printed; what it has to say meanwhile goes to the terminal. Throws if it fails.
 * @param {string} command
 * @param {string[]} args
 */
function run(command, args) {
  const { status, stdout, error } = spawnSync(command, args, {
    cwd: root,
    stdio: ['ignore', 'pipe', 2],
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  if (status === 0) return stdout;
  throw new Error(`${command} ${args.join(' ')} failed. ${error?.message ?? stdout}`);
}

/** Whether Spark can run here; a Java is installed where that can be done. */
function hasJava() {
  const java = () => spawnSync('java', ['-version'], { stdio: 'ignore' }).status === 0;
  return java() || (installOnDebian('default-jre-headless') && java());
}

/** Makes the virtual environment with the engines, unless it is there already. */
function installEngines() {
  const wanted = readFileSync(requirements, 'utf8');
  const installed = `${cache}/venv/requirements.txt`;
  if (existsSync(installed) && readFileSync(installed, 'utf8') === wanted) return;
  const make = () => run('python3', ['-m', 'venv', '--clear', `${cache}/venv`]);
  try {
    make();
  } catch (cause) {
    if (!installOnDebian('python3-venv')) throw cause;
    make();
  }
  run(python, ['-m', 'pip', 'install', '--quiet', '--requirement', requirements]);
  writeFileSync(installed, wanted);
}

/**
 * A seed workflow with another partition spec.
 * @param {string} workflow
 * @param {string[]} partitionedBy
 */
function workflowText(workflow, partitionedBy) {
  const text = readFileSync(`${root}public/workflows/${workflow}.yaml`, 'utf8');
  if (partitionedBy.length === 1) return text;
  const identity =
    '- type: identity\n                      column: vendor_id\n                      name: vendor_id';
  const changed = text.replace(/(partitionSpec:\n\s+)/g, `$1${identity}\n                    `);
  if (changed === text) throw new Error(`${workflow}.yaml has no partitionSpec.`);
  return changed;
}

/**
 * Lets the app write a table step by step, in one browser profile.
 * @param {{ name: string, partitionedBy: string[] }} table
 */
function writeTable({ name, partitionedBy }) {
  const folder = `${cache}/${name}`;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return {
    name,
    partitionedBy,
    steps: steps.map(({ saveMode, workflow }, index) => {
      const file = `${folder}/${workflow}.yaml`;
      writeFileSync(file, workflowText(workflow, partitionedBy));
      const args = ['run', file, '--profile', `${folder}/profile`, '--json'];
      args.push(
        '--export',
        `dataos://icebase:raw01/ny_taxi_04=${folder}/step-${index + 1}/raw01/ny_taxi_04`,
      );
      if (index === 0) args.push('--data', `dataos://thirdparty01:none/ny-taxi-data=${trips}`);
      /** @type {unknown} */
      const report = JSON.parse(run('node_modules/.bin/tsx', ['cli/icejam.ts', ...args]));
      return { saveMode, report };
    }),
  };
}

/**
 * Runs Python tests over the tables; answers how many passed and how many failed.
 * @param {string} file
 */
function judge(file) {
  const { status, stderr } = spawnSync(
    python,
    ['-W', 'ignore::ResourceWarning', '-m', 'unittest', 'discover', '-v', '-p', file],
    {
      cwd: `${root}interop`,
      stdio: ['ignore', 'inherit', 'pipe'],
      encoding: 'utf8',
      env: {
        ...process.env,
        ICEJAM_SCENARIO: `${cache}/scenario.json`,
        ICEJAM_IVY: `${cache}/ivy`,
        PYTHONDONTWRITEBYTECODE: '1',
      },
    },
  );
  process.stdout.write(stderr);
  const ran = Number(/^Ran (\d+) tests?/m.exec(stderr)?.[1] ?? 0);
  const names = [...stderr.matchAll(/^(?:FAIL|ERROR): (\S+)/gm)].map(([, name]) => name);
  const failed = Math.max(new Set(names).size, status === 0 ? 0 : 1);
  return { passed: Math.max(0, ran - failed), failed };
}

/** Compares random histories with Java Iceberg; Maven and a compiler are installed where that can be done. */
function compareHistories() {
  const maven = () => spawnSync('mvn', ['-version'], { stdio: 'ignore' }).status === 0;
  if (!maven() && !(installOnDebian('maven default-jdk-headless') && maven())) {
    process.stdout.write('Histories were not compared with Java Iceberg: that needs Maven.\n');
    return { passed: 0, failed: 0 };
  }
  const { status } = spawnSync('node_modules/.bin/tsx', ['interop/histories/compare.ts'], {
    cwd: root,
    stdio: 'inherit',
  });
  return status === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

mkdirSync(cache, { recursive: true });
installEngines();
writeFileSync(`${cache}/scenario.json`, JSON.stringify({ trips, tables: tables.map(writeTable) }));
const counts = [compareHistories(), judge('files_test.py'), judge('pyiceberg_test.py')];
if (hasJava()) counts.push(judge('spark_test.py'));
else process.stdout.write('Spark was not asked: it needs Java.\n');
const passed = counts.reduce((sum, count) => sum + count.passed, 0);
const failed = counts.reduce((sum, count) => sum + count.failed, 0);
process.stdout.write(`\n${passed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;
