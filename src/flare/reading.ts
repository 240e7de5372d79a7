import { IcejamError } from '../error.ts';
import type { SourceRange } from '../error.ts';
import { nearest } from '../nearest.ts';
import { parseAddress } from './address.ts';
import type { Address } from './address.ts';
import { suggestion } from './check.ts';
import { flagField, rangeOfField } from './fields.ts';
import type { ProblemList } from './problem.ts';
import type { YamlNode, YamlScalar } from './yaml-tree.ts';

/** What reading one text needs everywhere. */
export interface Reading {
  text: string;
  problems: ProblemList;
}

/** Reads an address with a dataset; `null` after a problem. */
export function readAddress(scalar: YamlScalar | undefined, problems: ProblemList): Address | null {
  return readBy(parseAddress, scalar, problems);
}

/** Reads a scalar by a function that throws `WorkflowInvalid`; `null` after a problem. */
export function readBy<T>(
  parse: (text: string) => T,
  scalar: YamlScalar | undefined,
  problems: ProblemList,
): T | null {
  if (scalar === undefined) return null;
  try {
    return parse(scalar.text);
  } catch (thrown) {
    const { message, remedy } = IcejamError.from(thrown);
    problems.error(scalar.range, message, remedy === undefined ? {} : { remedy });
    return null;
  }
}

/** Reports a stream, which only a cluster can run. */
export function refuseStream(node: YamlNode, problems: ProblemList): void {
  if (!flagField(node, 'isStream')) return;
  problems.error(rangeOfField(node, 'isStream'), 'Streams are not supported here.', {
    remedy: 'Write isStream: false.',
    allowed: ['false'],
  });
}

/** Reports a name that stands for nothing, with the names that it may have meant. */
export function unknownName(
  range: SourceRange,
  message: string,
  name: string,
  allowed: readonly string[],
  problems: ProblemList,
): void {
  const remedy =
    allowed.length === 0 ? 'There is none yet.' : suggestion(nearest(name, allowed), allowed);
  problems.error(range, message, { remedy, allowed });
}
