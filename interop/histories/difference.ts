import { isDeepStrictEqual } from 'node:util';
import type { Protocol } from '../../src/iceberg/stop.ts';
import { expectedDifference } from './expected.ts';
import type { StepResult } from './history.ts';

/** Where two runs of one history part. `reason`: why that is meant to be so, `null` if it is not. */
export interface Difference {
  /** The number of the commit, from 1. */
  at: number;
  path: string;
  java: string;
  ours: string;
  reason: string | null;
}

/** The first difference between what Java and we made of a history, `null` if there is none. */
export function firstDifference(
  java: readonly StepResult[],
  ours: readonly StepResult[],
  protocol: Protocol,
): Difference | null {
  for (const [index, result] of ours.entries()) {
    const reference = java[index];
    if (reference === undefined) throw new Error('Java has run fewer steps');
    const found = differenceOf(sorted(reference), sorted(result), '');
    if (found === null) continue;
    return { at: index + 1, ...found, reason: expectedDifference(reference, result, protocol) };
  }
  return null;
}

/** Lists of files and partitions in a message come in any order; so do manifests. */
function sorted(result: StepResult): StepResult {
  const outcome = result.outcome.replaceAll(
    /\[([^\]]*)\]/g,
    (_, list: string) => `[${list.split(', ').sort().join(', ')}]`,
  );
  // Java prints all that it knows of the file, any of the partitions, and of several files that are cut the first.
  const [shortened = outcome] = outcome.split(
    /(?<=for replaced data file: |existing partition: |rows match filter .*: )/,
  );
  return {
    ...result,
    windows: result.windows.map(sorted),
    outcome: shortened,
    state: inOrder(result.state),
  };
}

/** Java rewrites manifests in several threads: their order is chance. */
function inOrder(state: unknown): unknown {
  const { manifests, ...rest } = state as { manifests: Record<string, unknown[]> };
  const lists = Object.entries(manifests).map(([ref, list]) => [ref, list.map(text).sort()]);
  return { ...rest, manifests: Object.fromEntries(lists) as unknown };
}

function differenceOf(
  java: unknown,
  ours: unknown,
  path: string,
): { path: string; java: string; ours: string } | null {
  if (isDeepStrictEqual(java, ours)) return null;
  // Java also counts what the attempts before the last one replaced.
  if (path.endsWith('.manifests-replaced') && Number(java) > Number(ours)) return null;
  if (isRecord(java) && isRecord(ours)) {
    for (const key of new Set([...Object.keys(java), ...Object.keys(ours)])) {
      const found = differenceOf(java[key], ours[key], `${path}.${key}`);
      if (found !== null) return found;
    }
    return null;
  }
  return { path, java: text(java), ours: text(ours) };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

const text = (value: unknown): string => (value === undefined ? 'nothing' : JSON.stringify(value));
