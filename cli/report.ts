import type { ErrorValue } from '../src/error.ts';
import type { JobReport, WorkflowReport } from '../src/race/report.ts';
import { placed, withRemedy } from '../src/words.ts';
import type { QueryAnswer, RunReport } from './run.ts';
import { alignColumns } from './table-text.ts';

/** What a run did as lines for a person; what ended it is not among them. */
export function reportLines(report: RunReport): string[] {
  return [
    ...report.workflows.flatMap((workflow) => ['', ...workflowLines(workflow)]),
    ...report.queries.flatMap((answer) => ['', ...queryLines(answer)]),
    ...report.exports.flatMap(({ address, metadata }) => ['', `${address} is in ${metadata}`]),
  ];
}

/**
 * A workflow's report: its jobs, what they have to say, and the verdict in words. `rows` is what a job wrote, `still there`
 * what of it the table holds now, `replaced` what a later commit replaced by rule.
 */
export function workflowLines({ name, protocol, jobs, verdict }: WorkflowReport): string[] {
  const header = ['job', 'outcome', 'attempts', 'rows', 'still there', 'replaced', 'files', 'ms'];
  const rows = jobs.map(({ name, outcome, attempts, rows, files, ms }) => {
    const { found = '-', replaced = '-' } = verdict.ledger.find(({ job }) => job === name) ?? {};
    return [name, outcome, attempts, rows, found, replaced, files, Math.round(ms)];
  });
  return [
    `${name} (${protocol})`,
    ...indent(alignColumns(header, rows)),
    ...indent(jobs.flatMap(toldLines)),
    ...indent(jobs.flatMap(remarkLines)),
    ...indent(verdict.sentences),
  ];
}

/** An answer as a table under its question. */
export function queryLines(answer: QueryAnswer): string[] {
  if ('error' in answer) return [answer.sql, ...indent(errorLines(answer.error))];
  const header = Object.keys(answer.rows[0] ?? { 'no rows': null });
  const rows = answer.rows.map((row) => header.map((name) => row[name]));
  return [answer.sql, ...indent(alignColumns(header, rows))];
}

/** An error: what, where in the user's text if it does not say so itself, and what to do. */
export function errorLines({ message, range, remedy }: ErrorValue): string[] {
  const place = range === undefined ? '' : placed({ ...range, message: '' });
  const told = message.startsWith(place) ? message : place + message;
  return [...told.split('\n'), ...(remedy === undefined ? [] : remedy.split('\n'))];
}

function toldLines({ name, told }: JobReport): string[] {
  if (told === undefined) return [];
  return [`${name}: ${told.title}`, ...indent(alignColumns(told.columns, told.rows))];
}

function remarkLines({ name, warnings, error }: JobReport): string[] {
  return [
    ...warnings.map((warning) => `${name}: ${withRemedy(warning)}`),
    ...(error === null ? [] : errorLines(error).map((line) => `${name}: ${line}`)),
  ];
}

function indent(lines: string[]): string[] {
  return lines.map((line) => `  ${line}`);
}
