import type { CallShape, Expr } from '../ast.ts';
import type { ErrorClass, Span } from '../sql-error.ts';
import type { SqlType } from '../sql-type.ts';
import { fail } from './context.ts';
import type { Scope } from './scope.ts';
import { joinSql, sqlAt } from './sql.ts';
import type { Sql } from './sql.ts';
import { computed } from './value.ts';
import type { Value } from './value.ts';

/** A function call of the syntax tree. */
export type CallExpr = CallShape & Span;

/** How calls get at the rest of the compiler. */
export interface Compiling {
  expression(expr: Expr, scope: Scope): Value;
  /** What stands behind an aggregate: FILTER and OVER. */
  modifiers(call: CallExpr, scope: Scope): Sql;
  orderBy(items: CallShape['withinGroup'], scope: Scope): Sql;
}

/** One call on its way to DuckDB: its arguments, and tools to write what it becomes. */
export class CallSite {
  readonly call: CallExpr;
  readonly scope: Scope;
  /** Makes SQL that stands for the whole call. */
  readonly sql: ReturnType<typeof sqlAt>;
  readonly #compiling: Compiling;
  readonly #values = new Map<number, Value>();

  constructor(call: CallExpr, scope: Scope, compiling: Compiling) {
    this.call = call;
    this.scope = scope;
    this.sql = sqlAt(call);
    this.#compiling = compiling;
  }

  /** How many arguments the call has. */
  get count(): number {
    return this.call.arguments.length;
  }

  /** An argument, compiled once. */
  value(index: number): Value {
    const known = this.#values.get(index);
    if (known !== undefined) return known;
    const value = this.#compiling.expression(this.argument(index), this.scope);
    this.#values.set(index, value);
    return value;
  }

  /** An argument that may be missing. */
  optional(index: number): Value | null {
    return index < this.count ? this.value(index) : null;
  }

  /** All arguments. */
  get values(): Value[] {
    return this.call.arguments.map((_, index) => this.value(index));
  }

  /** An argument of the syntax tree. */
  argument(index: number): Expr {
    const argument = this.call.arguments[index];
    if (argument === undefined)
      throw new Error(`${this.call.name} has no argument ${String(index)}`);
    return argument;
  }

  /** The text of an argument that is a string; `null` if it is something else or missing. */
  text(index: number): string | null {
    const argument = this.call.arguments[index];
    return argument?.kind === 'string' ? argument.value : null;
  }

  /** The value of an argument that is a whole number; `null` if it is something else or missing. */
  integer(index: number): number | null {
    const argument = this.call.arguments[index];
    if (argument?.kind === 'sign' && argument.operator === '-') {
      return argument.operand.kind === 'number' ? -Number(argument.operand.digits) : null;
    }
    return argument?.kind === 'number' ? Number(argument.digits) : null;
  }

  /** A lambda's parameters and body, the parameters having these types. */
  lambda(index: number, types: (SqlType | undefined)[]): { names: string[]; body: Value } {
    const lambda = this.argument(index);
    if (lambda.kind !== 'lambda') {
      return this.fail(
        'DATATYPE_MISMATCH',
        `The argument ${String(index + 1)} of ${this.call.name} must be a function.`,
        'Write it as x -> x + 1.',
        lambda,
      );
    }
    const scope = this.scope.inner([]);
    const names = lambda.parameters.map(({ text }) => text);
    lambda.parameters.forEach((parameter, position) => {
      const sql = sqlAt(parameter)`"${parameter.text}"`;
      scope.replaced.set(parameter.text.toLowerCase(), computed(sql, types[position], parameter));
    });
    return { names, body: this.#compiling.expression(lambda.body, scope) };
  }

  /** `name(arguments)` with DISTINCT, WITHIN GROUP, FILTER and OVER as they were written. */
  aggregate(name: string, ...args: Sql[]): Sql {
    const distinct = this.call.distinct ? 'DISTINCT ' : '';
    const within =
      this.call.withinGroup.length === 0
        ? []
        : this
            .sql` WITHIN GROUP (ORDER BY ${this.#compiling.orderBy(this.call.withinGroup, this.scope)})`;
    return this
      .sql`${name}(${distinct}${joinSql(args, ', ', this.call)})${within}${this.modifiers}`;
  }

  /** FILTER and OVER. */
  get modifiers(): Sql {
    return this.#compiling.modifiers(this.call, this.scope);
  }

  /** The call's value. */
  result(sql: Sql, type: SqlType | undefined): Value {
    return computed(sql, type, this.call);
  }

  /** Throws that a type is not known. While no column is known at all, NULL stands in for what needs the type. */
  unknownType(errorClass: ErrorClass, message: string, remedy: string): Sql {
    if (!this.scope.context.columnsKnown) return this.sql`NULL`;
    return this.fail(errorClass, message, remedy);
  }

  /** Throws an error at the call. */
  fail(errorClass: ErrorClass, message: string, remedy: string, span: Span = this.call): never {
    return fail(this.scope.context, span, errorClass, message, remedy);
  }
}
