import { IcejamError } from '../error.ts';
import { nearest } from '../nearest.ts';
import { relocate, sqlError } from '../spark/sql-error.ts';
import { relationKey, type TableReference } from '../spark/table-reference.ts';
import { translate, translateCondition } from '../spark/translate.ts';
import type { TranslateOptions } from '../spark/translate.ts';
import type { ProblemList } from './problem.ts';
import { sourceRange } from './sql-position.ts';
import type { FlareJob, SqlText } from './workflow.ts';

/**
 * Reports what is wrong in the SQL of a job whatever its tables hold: syntax, functions, and names of views that the
 * job does not have. `complete`: whether all of the job's inputs and statements were read, so that the names are known.
 */
export function checkSql(job: FlareJob, complete: boolean, problems: ProblemList): void {
  const views = job.inputs.map(({ name }) => name);
  const options = ({ sql }: SqlText): TranslateOptions => ({
    relationName(reference) {
      if (complete && !names(views, reference)) throw unknownView(sql, reference, views);
      return '';
    },
  });
  for (const statement of job.statements) {
    report(statement, problems, () => void translate(statement.sql, options(statement)));
    views.push(statement.name);
  }
  for (const { deleteWhere } of job.actions) {
    if (deleteWhere === undefined) continue;
    report(deleteWhere, problems, () => {
      translateCondition(deleteWhere.sql, 'target', options(deleteWhere));
    });
  }
}

/** The error of a statement that reads what is neither an input nor an earlier statement of its job. */
export function unknownView(
  sql: string,
  reference: TableReference,
  views: readonly string[],
): IcejamError {
  const said = reference.name.join('.');
  const [near] = nearest(said, views);
  return sqlError(
    sql,
    reference,
    'TABLE_OR_VIEW_NOT_FOUND',
    `The table or view \`${said}\` cannot be found.`,
    near === undefined
      ? 'Name an input of the job or an earlier statement of its sequence.'
      : `Did you mean ${near}? A statement reads inputs of the job and earlier statements.`,
  );
}

/** The error with its place in the workflow's text: the SQL that it speaks of, or all of it. */
export function placeError(error: IcejamError, text: SqlText): IcejamError {
  const placed = relocate(error, (start, end) => sourceRange(text, start, end));
  return placed.range === undefined
    ? IcejamError.fromValue({ ...placed.toValue(), range: text.range })
    : placed;
}

function names(views: readonly string[], reference: TableReference): boolean {
  const said = relationKey(reference);
  return views.some((view) => view.toLowerCase() === said);
}

function report(text: SqlText, problems: ProblemList, check: () => void): void {
  try {
    check();
  } catch (thrown) {
    const { message, remedy, range } = placeError(IcejamError.from(thrown), text);
    const detail = remedy === undefined ? {} : { remedy };
    problems.error(range ?? text.range, message, { kind: 'SqlInvalid', ...detail });
  }
}
