import { exhaustive } from '../../exhaustive.ts';
import type { CaseBranch, Expr, LikeShape } from '../ast.ts';
import { isDecimal, isInteger, sparkText } from '../sql-type.ts';
import { callName, type Namer } from './call-name.ts';
import type { Scope } from './scope.ts';

/**
 * The name that Spark gives a column without an alias (`ResolveAliases`, `toPrettySQL`); an expression that Spark
 * prints by its inner workings (lambdas) keeps its own text.
 */
export function columnName(expr: Expr, scope: Scope): string {
  if (expr.kind === 'column') return expr.path.at(-1)?.text ?? '';
  if (expr.kind === 'cast' && ['column', 'field'].includes(expr.operand.kind)) {
    return columnName(expr.operand, scope);
  }
  return prettyName(expr, scope);
}

function prettyName(expr: Expr, scope: Scope): string {
  const name = (part: Expr) => prettyName(part, scope);
  const text = () => scope.context.sql.slice(expr.start, expr.end);
  const not = (negated: boolean, test: string) => (negated ? `(NOT ${test})` : test);
  switch (expr.kind) {
    case 'null':
      return 'NULL';
    case 'boolean':
      return String(expr.value);
    case 'string':
      return expr.value;
    case 'number':
      return isInteger(expr.type) || isDecimal(expr.type) ? expr.digits : javaDouble(expr.digits);
    case 'typed':
      return typedName(expr);
    case 'interval':
      return intervalName(expr) ?? text();
    case 'column':
      return pathName(expr, scope);
    case 'call':
      return callName(expr, name);
    case 'cast': {
      const type = sparkText(expr.type).toUpperCase();
      return `${expr.lenient ? 'TRY_CAST' : 'CAST'}(${name(expr.operand)} AS ${type})`;
    }
    case 'case':
      return caseName(expr.operand, expr.branches, expr.otherwise, name);
    case 'not':
      return `(NOT ${name(expr.operand)})`;
    case 'sign':
      if (expr.operator === '~') return `~${name(expr.operand)}`;
      if (expr.operator === '-' && expr.operand.kind === 'number') return `-${name(expr.operand)}`;
      return `(${expr.operator} ${name(expr.operand)})`;
    case 'binary':
      return binaryName(expr, name);
    case 'in-list':
      return not(expr.negated, `(${name(expr.operand)} IN (${expr.items.map(name).join(', ')}))`);
    case 'in-query':
      return not(expr.negated, `(${name(expr.operand)} IN (listquery()))`);
    case 'between': {
      const operand = name(expr.operand);
      const both = `((${operand} >= ${name(expr.low)}) AND (${operand} <= ${name(expr.high)}))`;
      return not(expr.negated, both);
    }
    case 'like':
      return not(expr.negated, likeName(expr, name));
    case 'is':
      if (expr.what === 'null')
        return `(${name(expr.operand)} IS ${expr.negated ? 'NOT ' : ''}NULL)`;
      return text();
    case 'subscript':
      return `${name(expr.operand)}[${name(expr.index)}]`;
    case 'field':
      return `${name(expr.operand)}.${expr.name.text}`;
    case 'row': {
      const fields = expr.items.map((item, index) => `col${String(index + 1)}, ${name(item)}`);
      return `named_struct(${fields.join(', ')})`;
    }
    case 'subquery':
      return 'scalarsubquery()';
    case 'exists':
      return 'exists()';
    case 'star':
    case 'lambda':
      return text();
    default:
      return exhaustive(expr);
  }
}

/** A column inside an expression: without its table, but with the fields that are asked for. */
function pathName({ path }: Extract<Expr, { kind: 'column' }>, scope: Scope): string {
  const fields = scope.find(path)?.fields.length ?? 0;
  return path
    .slice(path.length - 1 - fields)
    .map(({ text }) => text)
    .join('.');
}

function binaryName(
  { operator, left, right }: Extract<Expr, { kind: 'binary' }>,
  name: Namer,
): string {
  if (operator === '||') return `concat(${name(left)}, ${name(right)})`;
  if (operator === '<>') return `(NOT (${name(left)} = ${name(right)}))`;
  const word =
    operator === 'xor' ? '^' : /^(?:or|and)$/.test(operator) ? operator.toUpperCase() : operator;
  return `(${name(left)} ${word} ${name(right)})`;
}

function likeName({ operator, quantifier, operand, patterns }: LikeShape, name: Namer): string {
  if (quantifier !== null) return `${operator}${quantifier}(${name(operand)})`;
  const pattern = patterns.map(name).join(', ');
  if (operator === 'like') return `${name(operand)} LIKE ${pattern}`;
  return `${operator === 'rlike' ? 'RLIKE' : operator}(${name(operand)}, ${pattern})`;
}

function caseName(
  operand: Expr | null,
  branches: CaseBranch[],
  otherwise: Expr | null,
  name: Namer,
): string {
  const whens = branches.map(({ when, then }) => {
    const test = operand === null ? name(when) : `(${name(operand)} = ${name(when)})`;
    return `WHEN ${test} THEN ${name(then)}`;
  });
  const last = otherwise === null ? '' : ` ELSE ${name(otherwise)}`;
  return `CASE ${whens.join(' ')}${last} END`;
}

function typedName({ type, value }: Extract<Expr, { kind: 'typed' }>): string {
  if (type === 'binary') return `X'${value}'`;
  if (type === 'date') return `DATE '${value}'`;
  const [date = '', time = '00:00:00'] = value.split(/[ T]/);
  const short = time.replace(/(\.\d*?)0+$/, '$1').replace(/\.$/, '');
  return `TIMESTAMP '${date} ${short}'`;
}

/** `INTERVAL '1' DAY`; intervals of several units keep their text. */
function intervalName({ parts }: Extract<Expr, { kind: 'interval' }>): string | null {
  const [part] = parts;
  if (part === undefined || parts.length > 1 || part.unit === '') return null;
  const clock = ['HOUR', 'MINUTE', 'SECOND'].includes(part.unit);
  return `INTERVAL '${clock ? part.amount.padStart(2, '0') : part.amount}' ${part.unit}`;
}

/** A double as Java prints it: `1000.0`, `1.0E7`, `1.0E-5`. */
function javaDouble(digits: string): string {
  const value = Number(digits);
  const size = Math.abs(value);
  if (value === 0 || (size >= 1e-3 && size < 1e7)) {
    return Number.isInteger(value) ? `${String(value)}.0` : String(value);
  }
  const [mantissa = '', exponent = ''] = value.toExponential().split('e');
  return `${mantissa.includes('.') ? mantissa : `${mantissa}.0`}E${exponent.replace('+', '')}`;
}
