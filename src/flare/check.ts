import type { SourceRange } from '../error.ts';
import { exhaustive } from '../exhaustive.ts';
import { nearest } from '../nearest.ts';
import type { ProblemList } from './problem.ts';
import type { Keys, Rule } from './rule.ts';
import type { YamlEntry, YamlNode, YamlScalar } from './yaml-tree.ts';

/** Where a value stands: the name to speak of it by, and where to point when it is missing. */
interface Spot {
  name: string;
  range: SourceRange;
  /** The stack that the job names, once it is known. */
  stack: string | undefined;
}

/** Reports everywhere that a document breaks a rule: unknown and missing keys, wrong kinds and values. */
export function check(node: YamlNode, rule: Rule, problems: ProblemList): void {
  checkValue(node, rule, { name: 'The workflow', range: firstLine(node), stack: undefined });

  function checkValue(node: YamlNode, rule: Rule, spot: Spot): void {
    switch (rule.kind) {
      case 'ignored':
        return;
      case 'unsupported':
        problems.error(spot.range, `${spot.name} is not supported here.`, { remedy: rule.remedy });
        return;
      case 'mapping':
        if (node.kind === 'mapping') checkKeys(node.entries, rule.keys, spot);
        else wrongKind(node, spot, 'keys with values');
        return;
      case 'list':
        checkList(node, rule, spot);
        return;
      case 'options':
        if (node.kind === 'mapping') for (const entry of node.entries) checkOption(entry);
        else wrongKind(node, spot, 'names with values');
        return;
      case 'by-stack': {
        const chosen = rule.rules[spot.stack ?? ''];
        if (chosen !== undefined) checkValue(node, chosen, spot);
        return;
      }
      case 'text':
      case 'name':
      case 'integer':
      case 'flag':
      case 'choice':
        if (node.kind === 'scalar') checkScalar(node, rule, spot, problems);
        else wrongKind(node, spot, 'a single value');
        return;
      default:
        exhaustive(rule);
    }
  }

  function checkKeys(entries: YamlEntry[], keys: Keys, spot: Spot): void {
    const stack = entries.find(({ key }) => key === 'stack')?.value;
    const stackName = stack?.kind === 'scalar' ? stack.text.split(':')[0] : spot.stack;
    for (const { key, keyRange, value } of entries) {
      const known = Object.hasOwn(keys, key) ? keys[key] : undefined;
      if (known === undefined) unknownKey(key, keyRange, Object.keys(keys));
      else if (value.kind !== 'empty' || known.rule.kind === 'unsupported') {
        checkValue(value, known.rule, { name: `"${key}"`, range: keyRange, stack: stackName });
      }
    }
    for (const [key, { required, doc }] of Object.entries(keys)) {
      const entry = entries.find((entry) => entry.key === key);
      if (required !== true || (entry !== undefined && entry.value.kind !== 'empty')) continue;
      problems.error(entry?.keyRange ?? spot.range, `${spot.name} needs the key "${key}".`, {
        remedy: `Write ${key}: ${doc.charAt(0).toLowerCase()}${doc.slice(1)}.`,
      });
    }
  }

  function checkList(node: YamlNode, rule: Rule & { kind: 'list' }, spot: Spot): void {
    if (node.kind !== 'list') {
      if (rule.orOne === true) checkValue(node, rule.of, spot);
      else wrongKind(node, spot, 'a list, each item after a hyphen');
      return;
    }
    for (const item of node.items) {
      const itemSpot = { ...spot, name: `This item of ${spot.name}`, range: firstLine(item) };
      checkValue(item, rule.of, itemSpot);
    }
  }

  function checkOption({ key, value }: YamlEntry): void {
    if (value.kind === 'mapping' || value.kind === 'list') {
      problems.error(firstLine(value), `"${key}" must be a single value.`);
    }
  }

  function unknownKey(key: string, range: SourceRange, allowed: string[]): void {
    const near = nearest(key, allowed);
    problems.error(range, `Unknown key "${key}".`, { remedy: suggestion(near, allowed), allowed });
  }

  function wrongKind(node: YamlNode, spot: Spot, expected: string): void {
    const range = node.kind === 'empty' ? spot.range : firstLine(node);
    problems.error(range, `${spot.name} must be ${expected}.`);
  }
}

type ScalarRule = Extract<Rule, { kind: 'text' | 'name' | 'integer' | 'flag' | 'choice' }>;

function checkScalar(node: YamlScalar, rule: ScalarRule, spot: Spot, problems: ProblemList): void {
  const value = node.text.trim();
  switch (rule.kind) {
    case 'text':
      if (value === '') problems.error(node.range, `${spot.name} must not be empty.`);
      return;
    case 'name':
      if (rule.pattern.test(node.text)) return;
      problems.error(node.range, `"${node.text}" is no name that is allowed here.`, {
        remedy: `Use ${rule.form}.`,
      });
      return;
    case 'integer':
      if (/^\d{1,9}$/.test(value) && Number(value) >= rule.least) return;
      problems.error(
        node.range,
        `${spot.name} must be a whole number of at least ${String(rule.least)}, not "${value}".`,
      );
      return;
    case 'flag':
      if (/^(true|false)$/i.test(value)) return;
      problems.error(node.range, `${spot.name} must be true or false, not "${value}".`, {
        allowed: ['true', 'false'],
      });
      return;
    case 'choice': {
      if (rule.values.some((allowed) => allowed.toLowerCase() === value.toLowerCase())) return;
      const here = rule.known?.includes(value.toLowerCase()) === true;
      problems.error(
        node.range,
        here
          ? `The value "${value}" of ${spot.name} is not supported here.`
          : `Unknown value "${value}" of ${spot.name}.`,
        {
          remedy: suggestion(here ? [] : nearest(value, rule.values), rule.values),
          allowed: rule.values,
        },
      );
      return;
    }
    default:
      exhaustive(rule);
  }
}

/** A sentence that offers what is near, or else all that is allowed. */
export function suggestion(near: readonly string[], allowed: readonly string[]): string {
  return near.length > 0 ? `Did you mean ${near.join(' or ')}?` : `Allowed: ${allowed.join(', ')}.`;
}

/** The beginning of a value: a problem about a long value is not drawn under all of it. */
function firstLine(node: YamlNode): SourceRange {
  const { line, column, endLine, endColumn } = node.range;
  const entry = node.kind === 'mapping' ? node.entries[0] : undefined;
  if (line === endLine) return { line, column, endLine, endColumn };
  return entry?.keyRange ?? { line, column, endLine: line, endColumn: column + 1 };
}
