import { duckdbType, quoted } from '../engine/types.ts';
import { IcejamError } from '../error.ts';
import { placeError, unknownView } from '../flare/check-sql.ts';
import { sourceRange } from '../flare/sql-position.ts';
import type { FlareJob, SqlText, Statement } from '../flare/workflow.ts';
import type { Schema } from '../iceberg/table-metadata.ts';
import { fixTypes, resultTypes } from '../spark/fix-types.ts';
import { sparkError } from '../spark/spark-error.ts';
import type { Expr } from '../spark/ast.ts';
import { relationKey, type TableReference } from '../spark/table-reference.ts';
import type { TextArithmetic } from '../spark/text-arithmetic.ts';
import {
  translate,
  translateCondition,
  type KnownColumn,
  type Translation,
} from '../spark/translate.ts';
import { sqlTypesOf } from '../sql/table-type.ts';
import type { JobContext } from './job-context.ts';

/** A name that statements and sinks can use, and the relation of the engine behind it. */
interface View {
  relation: string;
  columns: KnownColumn[];
  /** What defines it; `null` for an input. */
  statement: Statement | null;
  translation: Translation | null;
}

/** A condition over the rows of a table. */
export interface Condition {
  /** As it was read. */
  expr: Expr;
  /** Runs `work` with the condition in DuckDB's SQL; its errors stand at the condition's place in the workflow. */
  run: <T>(work: (sql: string) => T) => T;
}

/** Whether a condition reads views of its job, and not only the table. Throws as {@link Views.condition}. */
export function readsViews(condition: SqlText, relation: string): boolean {
  const { translation } = placed(condition, () => translateCondition(condition.sql, relation));
  return translation.tables.length > 0;
}

/** The inputs and statements of a job as views, names in any case. */
export class Views {
  readonly #context: JobContext;
  readonly #ansi: boolean;
  readonly #views = new Map<string, View>();
  /** In the order of the sequence, so that the first one that fails can be found. */
  readonly #defined: View[] = [];

  constructor(context: JobContext, job: FlareJob) {
    this.#context = context;
    this.#ansi = job.sparkConf['spark.sql.ansi.enabled']?.toLowerCase() === 'true';
    for (const { name } of job.inputs) {
      const types = sqlTypesOf(context.schemas.get(name) ?? null);
      const described = context.engine.describe(`SELECT * FROM ${quoted(name)}`);
      const columns = described.map((column) => ({ ...column, sqlType: types.get(column.name) }));
      this.#views.set(name.toLowerCase(), {
        relation: name,
        columns,
        statement: null,
        translation: null,
      });
    }
    for (const statement of job.statements) this.#define(statement);
  }

  /** Computes a view's rows into a table of the engine; answers its columns. Throws `SqlInvalid` with the place. */
  materialize(name: string, table: string): KnownColumn[] {
    const view = this.#views.get(name.toLowerCase());
    if (view === undefined) throw this.#noSuchView(name);
    try {
      this.#context.engine.execute(
        `CREATE OR REPLACE TABLE ${quoted(table)} AS SELECT * FROM ${quoted(view.relation)}`,
      );
    } catch (thrown) {
      this.#blame();
      throw thrown;
    }
    return view.columns;
  }

  /**
   * Translates a condition over a table that it calls `relation`; its subqueries may read the job's views.
   * Throws `SqlInvalid` with the place in the workflow.
   */
  condition(text: SqlText, relation: string, schema: Schema): Condition {
    const types = sqlTypesOf(schema);
    const own = schema.fields.map(({ name, type }) => {
      return { name, type: duckdbType(type), sqlType: types.get(name), view: relation };
    });
    const { expr, translation } = placed(text, () =>
      translateCondition(text.sql, relation, {
        columns: [...this.#knownColumns(), ...own],
        ansi: this.#ansi,
        relationName: (reference) => this.#relationOf(text, reference),
      }),
    );
    return { expr, run: (work) => placed(text, () => work(translation.sql), translation) };
  }

  #knownColumns(): KnownColumn[] {
    return [...this.#views].flatMap(([view, { columns }]) =>
      columns.map((column): KnownColumn => ({ ...column, view })),
    );
  }

  #define(statement: Statement): void {
    const relation = `${String(this.#defined.length)} ${statement.name}`;
    const translation = placed(statement, () => this.#translate(statement));
    if (translation.sql === '') return;
    const columns = placed(
      statement,
      () => {
        const { engine } = this.#context;
        const described = engine.describe(translation.sql);
        const types = resultTypes(translation, described);
        const typed = fixTypes(translation, described);
        engine.execute(`CREATE TEMP VIEW ${quoted(relation)} AS ${typed}`);
        const columns = engine.describe(`SELECT * FROM ${quoted(relation)}`);
        return columns.map((column, index) => ({ ...column, sqlType: types[index] }));
      },
      translation,
    );
    const view = { relation, columns, statement, translation };
    for (const found of translation.textArithmetic) this.#warnOfText(statement, found);
    this.#views.set(statement.name.toLowerCase(), view);
    this.#defined.push(view);
  }

  #translate(statement: Statement): Translation {
    return translate(statement.sql, {
      columns: this.#knownColumns(),
      ansi: this.#ansi,
      relationName: (reference) => this.#relationOf(statement, reference),
    });
  }

  #relationOf({ sql }: SqlText, reference: TableReference): string {
    const view = this.#views.get(relationKey(reference));
    if (view !== undefined) return quoted(view.relation);
    throw unknownView(sql, reference, [...this.#views.keys()]);
  }

  /** Text that is no number becomes null, in Spark without a word: says how much of it, and what to write. */
  #warnOfText(statement: Statement, found: TextArithmetic): void {
    const view = this.#views.get(found.view.toLowerCase());
    if (view === undefined || this.#ansi) return;
    const count = this.#countLost(view, found);
    if (count === 0) return;
    const range = sourceRange(statement, found.start, found.end);
    this.#context.warn({
      message: `In ${statement.name}, line ${String(range.line)}: ${found.expression} is null in ${count.toLocaleString('en-US')} rows, because ${found.column} is ${found.columnType} and its text is no number. Spark does the same without a word.`,
      context: {
        job: this.#context.job,
        statement: statement.name,
        expression: found.expression,
        column: found.column,
        type: found.columnType,
        rows: String(count),
        line: String(range.line),
        column_number: String(range.column),
      },
      remedy: `Write ${found.suggestion} instead.`,
    });
  }

  /** The rows of which text arithmetic makes null; in a correlated subquery, those of the whole view. */
  #countLost(view: View, { count, condition }: TextArithmetic): number {
    const { engine } = this.#context;
    const ofView = `SELECT count(*) AS n FROM ${quoted(view.relation)} WHERE ${condition}`;
    const run = (sql: string) => Number(engine.query(sql).rows[0]?.n ?? 0);
    try {
      return run(count === '' ? ofView : count);
    } catch {
      return run(ofView);
    }
  }

  /** Throws the error of the first statement whose rows cannot be computed. */
  #blame(): void {
    const { engine } = this.#context;
    for (const { relation, statement, translation } of this.#defined) {
      if (statement === null || translation === null) continue;
      placed(
        statement,
        () => {
          engine.execute(
            `CREATE OR REPLACE TEMP TABLE "probe" AS SELECT * FROM ${quoted(relation)}`,
          );
        },
        translation,
      );
    }
  }

  #noSuchView(name: string): IcejamError {
    return new IcejamError(
      'SqlInvalid',
      `[TABLE_OR_VIEW_NOT_FOUND] The table or view \`${name}\` cannot be found.`,
      {
        context: { errorClass: 'TABLE_OR_VIEW_NOT_FOUND' },
        remedy: 'Name an input of the job or a statement of its sequence.',
      },
    );
  }
}

/** Runs `work`; its errors speak Spark's language and stand at the statement's place in the workflow. */
function placed<T>(statement: SqlText, work: () => T, translation?: Translation): T {
  try {
    return work();
  } catch (thrown) {
    const error = IcejamError.from(thrown);
    throw placeError(translation === undefined ? error : sparkError(error, translation), statement);
  }
}
