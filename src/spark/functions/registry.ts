import { aggregates, windows } from './aggregates.ts';
import { collections } from './collections.ts';
import { conditions } from './conditions.ts';
import { datetime } from './datetime.ts';
import { hashes } from './hash.ts';
import { json } from './json.ts';
import { numbers } from './numbers.ts';
import type { FunctionRule, Functions } from './rule.ts';
import { strings } from './strings.ts';

/** Second names of functions. */
const aliases: Readonly<Record<string, string>> = {
  any: 'bool_or',
  approx_percentile: 'percentile_approx',
  array_agg: 'collect_list',
  cardinality: 'size',
  ceiling: 'ceil',
  char_length: 'length',
  character_length: 'length',
  chr: 'char',
  curdate: 'current_date',
  date_diff: 'datediff',
  dateadd: 'date_add',
  datepart: 'date_part',
  dayofmonth: 'day',
  every: 'bool_and',
  extract: 'date_part',
  lcase: 'lower',
  len: 'length',
  localtimestamp: 'current_timestamp',
  mean: 'avg',
  now: 'current_timestamp',
  position: 'locate',
  power: 'pow',
  random: 'rand',
  reduce: 'aggregate',
  regexp: 'regexp_like',
  sha: 'sha1',
  signum: 'sign',
  some: 'bool_or',
  std: 'stddev',
  struct: 'named_struct',
  substr: 'substring',
  to_unix_timestamp: 'unix_timestamp',
  ucase: 'upper',
};

const functions: Functions = {
  ...strings,
  ...datetime,
  ...numbers,
  ...conditions,
  ...collections,
  ...json,
  ...hashes,
  ...aggregates,
  ...windows,
};

/** The rule of a function by its name in small letters, and the name that its rule knows it by. */
export function findFunction(name: string): { name: string; rule: FunctionRule } | undefined {
  const known = Object.hasOwn(aliases, name) ? aliases[name] : name;
  if (known === undefined || !Object.hasOwn(functions, known)) return undefined;
  const rule = functions[known];
  return rule === undefined ? undefined : { name: known, rule };
}

/** All names that a call may use. */
export const functionNames: readonly string[] = [
  ...Object.keys(functions),
  ...Object.keys(aliases),
].sort();
