import { IcejamError } from '../error.ts';
import { stops, type Stop } from '../iceberg/stop.ts';
import { nearest } from '../nearest.ts';
import type { Deed, Script, Step } from './script.ts';

const deeds: readonly Deed[] = ['release', 'run', 'kill', 'restart'];

/** `release vendor-one at before-swap`, `run vendor-one to base-read of attempt 2`. */
const line =
  /^(?<do>\S+)\s+(?<job>\S+)\s+(?:at|to)\s+(?<at>\S+)(?:\s+of\s+attempt\s+(?<attempt>\d+))?$/;

/**
 * A script as somebody wrote it: an array of steps, the same as JSON text, or a text with one step per line, where `#`
 * begins a comment. Throws `IllegalArgument` that names the step at fault.
 */
export function readScript(source: unknown): Script {
  const steps = typeof source === 'string' ? readText(source) : source;
  if (!Array.isArray(steps)) {
    throw illegal(
      'A script is a list of steps.',
      'Write [{ "do": "release", "job": …, "at": … }].',
    );
  }
  return steps.map(readStep);
}

function readText(text: string): unknown {
  if (!text.trimStart().startsWith('[')) return readLines(text);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw illegal(
      `The script is no JSON: ${String(cause)}.`,
      'Mend it, or write one step per line.',
    );
  }
}

function readLines(text: string): unknown[] {
  return text.split('\n').flatMap((written, index): unknown[] => {
    const step = written.replace(/(^|\s)#.*$/, '').trim();
    if (step === '') return [];
    const groups = line.exec(step)?.groups;
    if (groups === undefined) {
      throw illegal(
        `Line ${index + 1} of the script is no step: ${step}.`,
        'Write, for instance, release nytaxi-vendor-one at before-swap.',
      );
    }
    const { attempt, ...rest } = groups;
    return [attempt === undefined ? rest : { ...rest, attempt: Number(attempt) }];
  });
}

function readStep(value: unknown, index: number): Step {
  const { do: deed, job, at, attempt } = Object(value) as Record<string, unknown>;
  const place = `Step ${index + 1} of the script`;
  if (typeof job !== 'string')
    throw illegal(`${place} names no job.`, 'Say which "job" it is about.');
  return {
    do: oneOf<Deed>(deed, deeds, `${place} has no deed`),
    job,
    at: oneOf<Stop>(at, stops, `${place} has no stop`),
    ...(typeof attempt === 'number' ? { attempt } : {}),
  };
}

function oneOf<T extends string>(value: unknown, known: readonly T[], problem: string): T {
  const found = known.find((each) => each === value);
  if (found !== undefined) return found;
  const text = String(value);
  const [meant] = nearest(text, [...known], 1);
  throw illegal(
    `${problem} "${text}".`,
    meant === undefined ? `Write one of ${known.join(', ')}.` : `Did you mean ${meant}?`,
  );
}

function illegal(message: string, remedy: string): IcejamError {
  return new IcejamError('IllegalArgument', message, { remedy });
}
