import { parseJson, stringifyJson } from '../iceberg/json.ts';

/** One step of a path: a field, an element, or all of either. */
type Step = string | number | typeof all;

const all = Symbol('*');

const stepToken = /\.(?<name>[^.[\]]+)|\[(?<index>\d+)\]|\['(?<quoted>[^']*)'\]|\[\*\]/y;

/** JSON text as a value, `undefined` if it is none. */
export function readJson(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}

/** A value as Spark gives it out of JSON: text as it is, all else as JSON without spaces, `null` for nothing. */
function jsonText(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  return typeof value === 'string' ? value : stringifyJson(value);
}

/** Spark's `get_json_object`: what a path such as `$.a[0].b` finds; `null` if it finds nothing, or if either is broken. */
export function getJsonObject(text: string, path: string): string | null {
  const steps = parsePath(path);
  const value = steps === null ? undefined : readJson(text);
  if (steps === null || value === undefined) return null;
  const found = follow(value, steps);
  return found.length > 1 ? stringifyJson(found) : jsonText(found[0]);
}

function parsePath(path: string): Step[] | null {
  if (!path.startsWith('$')) return null;
  const steps: Step[] = [];
  stepToken.lastIndex = 1;
  for (let at = 1; at < path.length; at = stepToken.lastIndex) {
    const groups = stepToken.exec(path)?.groups;
    if (groups === undefined) return null;
    const { name, index, quoted } = groups as Partial<Record<string, string>>;
    if (index !== undefined) steps.push(Number(index));
    else if (quoted !== undefined) steps.push(quoted);
    else steps.push(name === undefined || name === '*' ? all : name);
  }
  return steps;
}

function follow(value: unknown, [step, ...rest]: readonly Step[]): unknown[] {
  if (step === undefined) return [value];
  return members(value, step).flatMap((member) => follow(member, rest));
}

function members(value: unknown, step: Step): unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  if (step === all) return Object.values(value);
  if (Array.isArray(value) !== (typeof step === 'number')) return [];
  return Object.hasOwn(value, step) ? [(value as Record<string, unknown>)[step]] : [];
}
