import { IcejamError } from '../src/error.ts';
import { parseOptions } from './options.ts';
import { errorLines, reportLines } from './report.ts';
import { run, succeeded } from './run.ts';

/** npm runs scripts in the project's folder; the user's paths are relative to where npm was called. */
const folder = process.env.INIT_CWD ?? process.cwd();

try {
  const options = parseOptions(process.argv.slice(2));
  const say = (line: string) => (options.json ? process.stderr : process.stdout).write(`${line}\n`);
  const report = await run(options, folder, say);
  if (options.json) process.stdout.write(`${JSON.stringify(report)}\n`);
  else reportLines(report).forEach(say);
  process.exitCode = succeeded(report) ? 0 : 1;
} catch (thrown) {
  process.stderr.write(`${errorLines(IcejamError.from(thrown).toValue()).join('\n')}\n`);
  process.exitCode = 1;
}
