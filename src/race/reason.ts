import type { ErrorValue } from '../error.ts';
import { grouped } from '../words.ts';
import { conflictOf, conflictSentence } from './conflict.ts';
import type { History } from './history.ts';

/** Says in names why a job ended uncommitted; where no names are known, in the words of whoever refused it. Pure. */
export function reasonOf(error: ErrorValue, history: History): string {
  const conflict = conflictOf(error);
  if (conflict !== null) return conflictSentence(conflict, history);
  // Iceberg's own words for the last lost swap are the paths of three metadata files.
  if (!error.message.includes('it has been concurrently modified')) return error.message;
  const attempts = Number(error.context.attempts ?? 1);
  return attempts === 1
    ? 'It lost its swap, and may not try again.'
    : `It lost all of its ${grouped(attempts)} swaps, and may not try again.`;
}
