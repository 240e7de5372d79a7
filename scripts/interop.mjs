import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { root } from './build.mjs';
import { installOnDebian } from './debian.mjs';

const cache = `${root}.cache/interop`;
const requirements = `${root}interop/requirements.txt`;
const python = `${cache}/venv/bin/python`;

/** Tables of other engines beside the project, if they are there, with the rows of each snapshot. */
const shared = `${root}../shared`;
const sharedTables = {
  'golden/spark/append_month': [0, 4696, 10_000],
  'golden/spark/overwrite_month': [0, 4696, 5304],
  'golden/spark/overwrite_vendor': [0, 4696, 10_000],
  'tables/duckdb_lineitem_iceberg_gz': [111_968],
  'tables/duckdb_map_stats': [1, 2],
  'tables/icebird_java_bunnies': [21, 15, 15],
  'tables/icebird_spark_rename_column': [4],
  'tables/impala_iceberg_partitioned': [20],
  'tables/pglake_spark_position_deletes': [2, 4, 6, 12, 17, 117, 113, 110, 110],
};
const checker = `${shared}/tools/iceberg-check`;

/**
 * Runs a command and answers what it printed; what it has to say meanwhile goes to the terminal. Throws if it fails.
 * @param {string} command
 * @param {string[]} args
 * @param {Record<string, string>} [env]
 */
function run(command, args, env = {}) {
  const { status, stdout, error } = spawnSync(command, args, {
    cwd: root,
    stdio: ['ignore', 'pipe', 2],
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    env: { ...process.env, ...env },
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
 * PyIceberg and Spark write tables, and those beside the project join them.
 * @param {Record<string, string>} env
 */
function writeOthers(env) {
  run(python, ['-W', 'ignore', 'interop/write_tables.py', `${cache}/foreign`], env);
  /** @type {unknown} */
  const made = JSON.parse(readFileSync(`${cache}/foreign/tables.json`, 'utf8'));
  const found = Object.entries(sharedTables)
    .map(([path, counts]) => ({ name: basename(path), directory: `${shared}/${path}`, counts }))
    .filter(({ directory }) => existsSync(directory));
  if (found.length === 0) process.stdout.write('No tables of other engines lie in ../shared.\n');
  writeFileSync(`${cache}/others.json`, JSON.stringify([made, found].flat()));
}

/**
 * Lets the app do its part, in one browser.
 * @param {'write' | 'read'} part
 */
function runLaboratory(part) {
  run('node_modules/.bin/tsx', ['interop/laboratory.ts', part, cache]);
}

/**
 * Runs Python tests over the tables; answers how many passed and how many failed.
 * @param {string} file
 * @param {Record<string, string>} env
 */
function judge(file, env) {
  const { status, stderr } = spawnSync(
    python,
    ['-W', 'ignore::ResourceWarning', '-m', 'unittest', 'discover', '-v', '-p', file],
    {
      cwd: `${root}interop`,
      stdio: ['ignore', 'inherit', 'pipe'],
      encoding: 'utf8',
      env: { ...process.env, ...env },
    },
  );
  process.stdout.write(stderr);
  const ran = Number(/^Ran (\d+) tests?/m.exec(stderr)?.[1] ?? 0);
  const names = [...stderr.matchAll(/^(?:FAIL|ERROR): (\S+)/gm)].map(([, name]) => name);
  const failed = Math.max(new Set(names).size, status === 0 ? 0 : 1);
  return { passed: Math.max(0, ran - failed), failed };
}

/**
 * Compares random histories with Java Iceberg, beside whatever else is done meanwhile; Maven and a compiler are installed
 * where that can be done.
 * @returns {Promise<{ passed: number, failed: number }>}
 */
function compareHistories() {
  const maven = () => spawnSync('mvn', ['-version'], { stdio: 'ignore' }).status === 0;
  if (!maven() && !(installOnDebian('maven default-jdk-headless') && maven())) {
    process.stdout.write('Histories were not compared with Java Iceberg: that needs Maven.\n');
    return Promise.resolve({ passed: 0, failed: 0 });
  }
  const child = spawn('node_modules/.bin/tsx', ['interop/histories/compare.ts'], {
    cwd: root,
    stdio: 'inherit',
  });
  return new Promise((resolve) => {
    child.on('close', (status) =>
      resolve(status === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 }),
    );
  });
}

/**
 * Installs Trino, which is asked only where the command line says so: it is large. Answers the Java to run it with.
 */
function installTrino() {
  const home = process.env.TRINO_JAVA_HOME ?? '';
  if (!existsSync(`${home}/bin/java`)) {
    throw new Error(
      'Trino needs Java 25 and Maven: set TRINO_JAVA_HOME to the folder of that Java.',
    );
  }
  const goals = ['compile', 'dependency:build-classpath'];
  run('mvn', ['-q', '-f', 'interop/trino/pom.xml', ...goals], { JAVA_HOME: home });
  const classpath = readFileSync(`${cache}/trino/classpath.txt`, 'utf8').trim();
  const options = [
    '-XX:TieredStopAtLevel=1',
    '--add-modules=jdk.incubator.vector',
    '--enable-native-access=ALL-UNNAMED',
    '--sun-misc-unsafe-memory-access=allow',
    `-cp "${cache}/trino/classes:${classpath}"`,
    'icejam.TrinoServer',
  ];
  writeFileSync(`${cache}/trino/arguments`, options.join('\n'));
  return `${home}/bin/java`;
}

/** Installs what the strict checker beside the project needs, and answers how to call it; `undefined` if there is none. */
function installChecker() {
  if (!existsSync(checker)) return undefined;
  const environment = `${cache}/check`;
  if (!existsSync(environment)) {
    run('python3', ['-m', 'venv', environment]);
    const needs = ['--requirement', `${checker}/requirements.txt`];
    run(`${environment}/bin/python`, ['-m', 'pip', 'install', '--quiet', ...needs]);
  }
  return `${environment}/bin/python ${checker}/iceberg_check.py`;
}

mkdirSync(cache, { recursive: true });
installEngines();
const withSpark = hasJava();
if (!withSpark) process.stdout.write('Spark was not asked: it needs Java.\n');
const trino = process.argv.includes('trino') ? installTrino() : undefined;
const strictChecker = installChecker();
if (strictChecker === undefined) process.stdout.write('There is no checker in ../shared.\n');
const env = {
  ICEJAM_SCENARIO: `${cache}/scenario.json`,
  PYTHONDONTWRITEBYTECODE: '1',
  ...(withSpark ? { ICEJAM_IVY: `${cache}/ivy` } : {}),
  ...(trino === undefined ? {} : { ICEJAM_TRINO: trino }),
  ...(strictChecker === undefined ? {} : { ICEJAM_CHECKER: strictChecker }),
};
rmSync(`${cache}/continued.json`, { force: true });
const histories = compareHistories();
writeOthers(env);
runLaboratory('write');
const judges = ['files', 'pyiceberg', 'duckdb'];
if (strictChecker !== undefined) judges.unshift('checker');
if (trino !== undefined) judges.push('trino');
if (withSpark) judges.push('spark');
const counts = judges.map((name) => judge(`${name}_test.py`, env));
runLaboratory('read');
counts.push(judge('continued_test.py', env), await histories);
const passed = counts.reduce((sum, count) => sum + count.passed, 0);
const failed = counts.reduce((sum, count) => sum + count.failed, 0);
process.stdout.write(`\n${passed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;
