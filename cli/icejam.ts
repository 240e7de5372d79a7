import { type ErrorValue, IcejamError } from '../src/error.ts';
import { parseOptions } from './options.ts';
import { errorLines, reportLines } from './report.ts';
import { run, succeeded } from './run.ts';

/** npm runs scripts in the project's folder; the user's paths are relative to where npm was called. */
const folder = process.env.INIT_CWD ?? process.cwd();

const tell = (error: ErrorValue) => process.stderr.write(`${errorLines(error).join('\n')}\n`);

try {
  const options = parseOptions(process.argv.slice(2));
  const say = (line: string) => (options.json ? process.stderr : process.stdout).write(`${line}\n`);
  const report = await run(options, folder, say);
  if (options.json) process.stdout.write(`${JSON.stringify(report)}\n`);
  else reportLines(report).forEach(say);
  if (report.error !== undefined) tell(report.error);
  process.exitCode = succeeded(report) ? 0 : 1;
} catch (thrown) {
  tell(IcejamError.from(thrown).toValue());
  process.exitCode = 1;
}
