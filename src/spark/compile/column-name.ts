import { exhaustive } from '../../exhaustive.ts';
import type { CaseBranch, Expr, Window } from '../ast.ts';
import { sparkText } from '../sql-type.ts';

/** The name that Spark gives a column without an alias (`toPrettySQL`); what it has no rule for keeps its text. */
export function columnName(expr: Expr, text: string): string {
  const name = (part: Expr) => columnName(part, text);
  switch (expr.kind) {
    case 'null':
      return 'NULL';
    case 'boolean':
      return String(expr.value);
    case 'string':
      return expr.value;
    case 'number':
      return expr.digits;
    case 'typed':
      return `${expr.type.toUpperCase()} '${expr.value}'`;
    case 'column':
      return expr.path.at(-1)?.text ?? '';
    case 'call':
      return callName(expr, text);
    case 'cast':
      return `${expr.lenient ? 'TRY_CAST' : 'CAST'}(${name(expr.operand)} AS ${sparkText(expr.type).toUpperCase()})`;
    case 'case':
      return caseName(expr.operand, expr.branches, expr.otherwise, name);
    case 'not':
      return `(NOT ${name(expr.operand)})`;
    case 'sign':
      return expr.operator === '+'
        ? `(+ ${name(expr.operand)})`
        : `(${expr.operator} ${name(expr.operand)})`;
    case 'binary':
      return binaryName(expr, name);
    case 'in-list': {
      const test = `(${name(expr.operand)} IN (${expr.items.map(name).join(', ')}))`;
      return expr.negated ? `(NOT ${test})` : test;
    }
    case 'between': {
      const test = `((${name(expr.operand)} >= ${name(expr.low)}) AND (${name(expr.operand)} <= ${name(expr.high)}))`;
      return expr.negated ? `(NOT ${test})` : test;
    }
    case 'is':
      if (expr.what !== 'null') return text.slice(expr.start, expr.end);
      return `(${name(expr.operand)} IS ${expr.negated ? 'NOT ' : ''}NULL)`;
    case 'subscript':
      return `${name(expr.operand)}[${name(expr.index)}]`;
    case 'field':
      return `${name(expr.operand)}.${expr.name.text}`;
    case 'row':
      return `named_struct(${expr.items.map((item, index) => `col${String(index + 1)}, ${name(item)}`).join(', ')})`;
    case 'subquery':
      return 'scalarsubquery()';
    case 'interval':
    case 'star':
    case 'in-query':
    case 'like':
    case 'exists':
    case 'lambda':
      return text.slice(expr.start, expr.end);
    default:
      return exhaustive(expr);
  }
}

function binaryName(
  { operator, left, right }: Extract<Expr, { kind: 'binary' }>,
  name: (expr: Expr) => string,
): string {
  if (operator === '||') return `concat(${name(left)}, ${name(right)})`;
  if (operator === '<>') return `(NOT (${name(left)} = ${name(right)}))`;
  const written = operator === 'xor' ? '^' : operator;
  const word = operator === 'or' || operator === 'and' ? operator.toUpperCase() : written;
  return `(${name(left)} ${word} ${name(right)})`;
}

function callName(call: Extract<Expr, { kind: 'call' }>, text: string): string {
  const args = call.arguments.map((argument) =>
    argument.kind === 'star' ? (call.name === 'count' ? '1' : '*') : columnName(argument, text),
  );
  const distinct = call.distinct ? 'DISTINCT ' : '';
  const filter = call.filter === null ? '' : ` FILTER (WHERE ${columnName(call.filter, text)})`;
  const over = call.over === null ? '' : overName(call.over, text);
  const written =
    call.name === 'if' ? `(IF(${args.join(', ')}))` : `${call.name}(${distinct}${args.join(', ')})`;
  return `${written}${filter}${over}`;
}

function overName(over: Window | { text: string }, text: string): string {
  if ('text' in over) return ` OVER ${over.text}`;
  const name = (expr: Expr) => columnName(expr, text);
  const partition =
    over.partition.length === 0 ? '' : `PARTITION BY ${over.partition.map(name).join(', ')}`;
  const order = over.order.map(({ expr, direction, nulls }) => {
    return `${name(expr)} ${direction} NULLS ${nulls ?? (direction === 'ASC' ? 'FIRST' : 'LAST')}`;
  });
  const orderBy = order.length === 0 ? '' : `ORDER BY ${order.join(', ')}`;
  const frame =
    over.order.length === 0
      ? 'ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING'
      : 'RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW';
  const parts = [partition, orderBy, over.frame === null ? frame : ''].filter(
    (part) => part !== '',
  );
  return ` OVER (${parts.join(' ')})`;
}

function caseName(
  operand: Expr | null,
  branches: CaseBranch[],
  otherwise: Expr | null,
  name: (expr: Expr) => string,
): string {
  const whens = branches.map(({ when, then }) => {
    const test = operand === null ? name(when) : `(${name(operand)} = ${name(when)})`;
    return `WHEN ${test} THEN ${name(then)}`;
  });
  const last = otherwise === null ? '' : ` ELSE ${name(otherwise)}`;
  return `CASE ${whens.join(' ')}${last} END`;
}
