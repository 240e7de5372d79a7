import { nearest } from '../../nearest.ts';
import { findFunction, functionNames } from '../functions/registry.ts';
import { CallSite } from './call-site.ts';
import type { CallExpr, Compiling } from './call-site.ts';
import { fail } from './context.ts';
import { compileExpression } from './expression.ts';
import type { Scope } from './scope.ts';
import type { Value } from './value.ts';
import { compileModifiers, compileOrderBy } from './window.ts';

const compiling: Compiling = {
  expression: compileExpression,
  modifiers: compileModifiers,
  orderBy: compileOrderBy,
};

/** A function call. Throws Spark's errors for unknown functions and for wrong numbers of arguments. */
export function compileCall(call: CallExpr, scope: Scope): Value {
  const found = findFunction(call.name);
  if (found === undefined) return unknownFunction(call, scope);
  const { name, rule } = found;
  const [least, most] = rule.arity;
  const count = call.arguments.length;
  if (count < least || count > most) {
    const expected =
      least === most
        ? String(least)
        : most === Number.POSITIVE_INFINITY
          ? `> ${String(least - 1)}`
          : `${String(least)} to ${String(most)}`;
    return fail(
      scope.context,
      call,
      'WRONG_NUM_ARGS.WITHOUT_SUGGESTION',
      `The \`${call.name}\` requires ${expected} parameters but the actual number is ${String(count)}.`,
      `Call ${call.name} with ${expected.replace('> ', 'more than ')} arguments.`,
    );
  }
  if (rule.kind !== 'aggregate' && (call.distinct || call.filter !== null)) {
    const what = call.distinct ? 'DISTINCT' : 'FILTER';
    const message = `The function \`${call.name}\` does not support ${what}.`;
    return fail(
      scope.context,
      call,
      'INVALID_SQL_SYNTAX.FUNCTION_WITH_UNSUPPORTED_SYNTAX',
      message,
      `Leave ${what} out.`,
    );
  }
  if (rule.kind === 'window' && call.over === null) {
    const message = `The window function ${call.name} needs an OVER clause.`;
    return fail(
      scope.context,
      call,
      'MISSING_WINDOW',
      message,
      `Write ${call.name}() OVER (ORDER BY …).`,
    );
  }
  return rule.compile(new CallSite({ ...call, name }, scope, compiling));
}

/** Functions of Spark's that are not done here. */
const unsupported =
  'aes_decrypt aes_encrypt approx_top_k array_insert arrays_zip bitmap_count current_schema from_csv from_xml ' +
  'histogram_numeric hll_sketch_agg input_file_name java_method luhn_check make_dt_interval ' +
  'make_interval make_ym_interval map_zip_with mask randn randstr reflect schema_of_csv schema_of_json sentences ' +
  'session_window shiftrightunsigned shuffle to_binary to_char to_csv to_number to_varchar to_xml try_to_number ' +
  'version width_bucket window_time xpath xpath_string zip_with';

function unknownFunction(call: CallExpr, scope: Scope): never {
  if (unsupported.split(' ').includes(call.name)) {
    const message = `The function \`${call.name}\` is not supported here.`;
    return fail(
      scope.context,
      call.nameSpan,
      'UNSUPPORTED_FEATURE',
      message,
      'Say it with other functions.',
    );
  }
  const near = nearest(call.name, functionNames);
  return fail(
    scope.context,
    call.nameSpan,
    'UNRESOLVED_ROUTINE',
    `Cannot resolve function \`${call.name}\` on search path [\`system\`.\`builtin\`, \`system\`.\`session\`, \`spark_catalog\`.\`default\`].`,
    near.length > 0 ? `Did you mean ${near.join(' or ')}?` : "Use a function of Spark SQL's.",
  );
}
