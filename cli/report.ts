import type { ErrorValue } from '../src/error.ts';
import type { JobReport, WorkflowReport } from '../src/race/report.ts';
import type { QueryAnswer, RunReport } from './run.ts';
import { alignColumns } from './table-text.ts';

/** A run's report as lines for a person. */
export function reportLines(report: RunReport): string[] {
  return [
    ...report.workflows.flatMap((workflow) => ['', ...workflowLines(workflow)]),
    ...report.queries.flatMap((answer) => ['', ...queryLines(answer)]),
    ...report.exports.flatMap(({ address, metadata }) => ['', `${address} is in ${metadata}`]),
    ...(report.error === undefined ? [] : ['', ...errorLines(report.error)]),
  ];
}

/** A workflow's report: its jobs with what they have to say, then the verdict in words. */
export function workflowLines({ name, protocol, jobs, verdict }: WorkflowReport): string[] {
  const header = ['job', 'outcome', 'attempts', 'rows', 'files', 'ms', 'snapshot'];
  const rows = jobs.map((job) => {
    const { outcome, attempts, rows, files, ms, snapshotId } = job;
    return [job.name, outcome, attempts, rows, files, Math.round(ms), snapshotId ?? '-'];
  });
  return [
    `${name} (${protocol})`,
    ...indent(alignColumns(header, rows)),
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

/** An error: what, where in the user's text, and what to do. */
export function errorLines({ message, range, remedy }: ErrorValue): string[] {
  const place = range === undefined ? '' : `Line ${range.line}, column ${range.column}: `;
  return [...`${place}${message}`.split('\n'), ...(remedy === undefined ? [] : remedy.split('\n'))];
}

function remarkLines({ name, warnings, error }: JobReport): string[] {
  return [
    ...warnings.map(({ message, remedy }) => `${name}: ${message} ${remedy ?? ''}`.trimEnd()),
    ...(error === null ? [] : errorLines(error).map((line) => `${name}: ${line}`)),
  ];
}

function indent(lines: string[]): string[] {
  return lines.map((line) => `  ${line}`);
}
