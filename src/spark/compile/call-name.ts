import type { Expr, Frame, Window } from '../ast.ts';

/** Names an expression. */
export type Namer = (expr: Expr) => string;

type Call = Extract<Expr, { kind: 'call' }>;

/** Functions that Spark prints in capitals. */
const capitals = new Set(
  (
    'acos acosh asin asinh atan atan2 atanh cbrt ceil cos cosh cot degrees e exp expm1 floor hypot log log10 log1p ' +
    'log2 pi power radians signum sin sinh sqrt tan tanh regexp_like rlike regexp rank dense_rank percent_rank'
  ).split(' '),
);

/** Arguments that Spark prints though nobody wrote them, from the first that may be missing on. */
const defaults: Readonly<Record<string, readonly string[]>> = {
  approx_percentile: ['', '', '10000'],
  bround: ['', '0'],
  from_unixtime: ['', 'yyyy-MM-dd HH:mm:ss'],
  lag: ['', '1', 'NULL'],
  lead: ['', '1', 'NULL'],
  locate: ['', '', '1'],
  lpad: ['', '', ' '],
  months_between: ['', '', 'true'],
  overlay: ['', '', '', '-1'],
  percentile: ['', '', '1'],
  percentile_approx: ['', '', '10000'],
  position: ['', '', '1'],
  regexp_extract: ['', '', '1'],
  regexp_extract_all: ['', '', '1'],
  regexp_instr: ['', '', '0'],
  regexp_replace: ['', '', '', '1'],
  replace: ['', '', ''],
  round: ['', '0'],
  rpad: ['', '', ' '],
  sort_array: ['', 'true'],
  split: ['', '', '-1'],
  str_to_map: ['', ',', ':'],
  substr: ['', '', '2147483647'],
  substring: ['', '', '2147483647'],
  to_unix_timestamp: ['', 'yyyy-MM-dd HH:mm:ss'],
  unix_timestamp: ['current_timestamp()', 'yyyy-MM-dd HH:mm:ss'],
};

/** Functions that are printed under another name. */
const otherNames: Readonly<Record<string, string>> = {
  array_agg: 'collect_list',
  curdate: 'current_date',
  dateadd: 'date_add',
  random: 'rand',
};

/** Casts in the form of functions; Spark does not print casts that are not written as such. */
const castFunctions = new Set(
  'boolean tinyint smallint int bigint float double decimal string binary date timestamp'.split(
    ' ',
  ),
);

/** The name that Spark gives a column made by a call. */
export function callName(call: Call, name: Namer): string {
  const filter = call.filter === null ? '' : ` FILTER (WHERE ${name(call.filter)})`;
  const over = call.over === null ? '' : overName(call, call.over, name);
  return `${writtenName(call, name)}${filter}${over}`;
}

function writtenName(call: Call, name: Namer): string {
  const given = call.arguments.map((argument) =>
    argument.kind === 'star' && call.name === 'count' ? '1' : name(argument),
  );
  const [first = '', second = '', third = ''] = given;
  if (castFunctions.has(call.name) && given.length === 1) return first;
  switch (call.name) {
    case 'if':
      return `(IF(${first}, ${second}, ${third}))`;
    case 'isnull':
      return `(${first} IS NULL)`;
    case 'isnotnull':
      return `(${first} IS NOT NULL)`;
    case 'positive':
      return `(+ ${first})`;
    case 'extract':
    case 'datepart':
      return `${call.name}(${first} FROM ${second})`;
    case 'struct':
      return `struct(${structNames(call, given).join(', ')})`;
    case 'first':
    case 'last':
    case 'first_value':
    case 'last_value':
    case 'any_value':
      return `${call.name}(${first})`;
    case 'log':
      return given.length === 1 ? `LOG(E(), ${first})` : `LOG(${given.join(', ')})`;
    case 'trim':
    case 'ltrim':
    case 'rtrim':
      if (given.length === 1) break;
      return `TRIM(${sides[call.name]} ${first} FROM ${second})`;
    case 'percentile_cont':
    case 'percentile_disc':
      return `${call.name}(${first}) WITHIN GROUP (ORDER BY ${call.withinGroup.map(({ expr }) => name(expr)).join(', ')})`;
    case 'from_json':
      return `from_json(${first})`;
  }
  const known = Object.hasOwn(otherNames, call.name) ? otherNames[call.name] : undefined;
  const missing = Object.hasOwn(defaults, call.name) ? (defaults[call.name] ?? []) : [];
  const written = known ?? (capitals.has(call.name) ? call.name.toUpperCase() : call.name);
  const distinct = call.distinct ? 'DISTINCT ' : '';
  return `${written}(${distinct}${[...given, ...missing.slice(given.length)].join(', ')})`;
}

const sides = { trim: 'BOTH', ltrim: 'LEADING', rtrim: 'TRAILING' } as const;

/** The values of `struct`, which stand behind their names; a name that was not written is not printed. */
function structNames(call: Call, given: string[]): string[] {
  return given.flatMap((value, index) => {
    if (index % 2 === 0) return [];
    const field = given[index - 1] ?? '';
    const argument = call.arguments[index];
    const own =
      argument?.kind === 'column' ? argument.path.at(-1)?.text : `col${String((index + 1) / 2)}`;
    return [field === own ? value : `${value} AS ${field}`];
  });
}

/** Window functions whose frame is their own. */
const rowFrames = new Set(['row_number', 'rank', 'dense_rank', 'percent_rank', 'ntile']);

function overName(call: Call, over: Window | { text: string }, name: Namer): string {
  if ('text' in over) return ` OVER ${over.text}`;
  const partition =
    over.partition.length === 0 ? '' : `PARTITION BY ${over.partition.map(name).join(', ')}`;
  const order = over.order.map(({ expr, direction, nulls }) => {
    return `${name(expr)} ${direction} NULLS ${nulls ?? (direction === 'ASC' ? 'FIRST' : 'LAST')}`;
  });
  const orderBy = order.length === 0 ? '' : `ORDER BY ${order.join(', ')}`;
  const parts = [partition, orderBy, frameName(call, over, name)];
  return ` OVER (${parts.filter((part) => part !== '').join(' ')})`;
}

function frameName(call: Call, { frame, order }: Window, name: Namer): string {
  if (call.name === 'lag' || call.name === 'lead') {
    const [, offset] = call.arguments;
    const sign = call.name === 'lag' ? '-' : '';
    const bound = `${sign}${offset === undefined ? '1' : name(offset)} FOLLOWING`;
    return `ROWS BETWEEN ${bound} AND ${bound}`;
  }
  if (frame !== null) return writtenFrame(frame, name);
  if (rowFrames.has(call.name)) return 'ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW';
  return order.length === 0
    ? 'ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING'
    : 'RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW';
}

function writtenFrame({ unit, start, end }: Frame, name: Namer): string {
  const bound = ({ side, offset }: Frame['start']) =>
    side === 'CURRENT ROW' ? side : `${offset === null ? 'UNBOUNDED' : name(offset)} ${side}`;
  return `${unit} BETWEEN ${bound(start)} AND ${bound(end)}`;
}
