import type { RaceEvent } from '../../race/event.ts';
import type { Past } from '../../race/past.ts';
import type { strings } from '../strings.ts';

/** The name of a rule's card. */
export type Rule = Exclude<keyof typeof strings.rules, 'close' | 'source'>;

/** The rule that an event is a case of, `null` if it is no case of one. */
export function ruleOf({ attempt, detail }: RaceEvent, past: Past): Rule | null {
  switch (detail.stop) {
    case 'before-swap':
    case 'swap-won':
      return past.latest('start')?.protocol === 'unsafe' && attempt > 0 ? 'unsafe' : 'swap';
    case 'swap-lost':
      return detail.next.do === 'give-up' ? 'retries' : 'swap';
    case 'failed':
      return ruleOfRefusal(detail.error.kind, detail.error.message);
    default:
      return null;
  }
}

function ruleOfRefusal(kind: string, message: string): Rule | null {
  if (kind === 'CommitFailed') return 'retries';
  if (kind !== 'Validation') return null;
  // Java looks for files that were added only if the isolation is serializable.
  if (message.startsWith('Found conflicting files')) return 'serializable';
  return message.startsWith('Found conflicting deleted files') ? 'snapshot' : 'conflict';
}
