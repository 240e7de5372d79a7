import type { JobOutcome, LedgerRow, Verdict } from '../report.ts';
import type { Schedule } from './exploration.ts';
import type { Script } from './script.ts';

/** Schedules that come to the same, as the people see it who ran the jobs. */
export interface OutcomeKind {
  /** In the order of the writers. `attempts` of a job that was killed are those until then. */
  jobs: { name: string; outcome: JobOutcome; attempts: number }[];
  /** Jobs in the order in which they won their swaps. */
  order: string[];
  result: Verdict['result'];
  /** Rows told and rows found. */
  ledger: LedgerRow[];
  /** Whether jobs were killed on the way. */
  crashed: boolean;
  /** How many schedules are of this kind. */
  count: number;
  /** The first of them. */
  example: Script;
}

/** Sorts schedules into kinds as they come. */
export class OutcomeKinds {
  readonly #kinds = new Map<string, OutcomeKind>();

  /** The kinds so far: what is violated first, what was killed last, the frequent before the rare. */
  get list(): OutcomeKind[] {
    return [...this.#kinds.values()].toSorted(
      (one, other) => rank(one) - rank(other) || other.count - one.count,
    );
  }

  add(schedule: Schedule): void {
    const kind = kindOf(schedule);
    const { jobs, order, result, ledger } = kind;
    // Where exactly a job was killed makes no kind of its own.
    const ends = jobs.map(({ name, outcome, attempts }) => [
      name,
      outcome,
      kind.crashed || attempts,
    ]);
    const key = JSON.stringify([ends, order, result, ledger]);
    const known = this.#kinds.get(key);
    if (known === undefined) this.#kinds.set(key, kind);
    else known.count += 1;
  }
}

const rank = ({ result, crashed }: OutcomeKind): number =>
  (result === 'violated' ? 0 : 2) + (crashed ? 1 : 0);

function kindOf({ events, jobs, script, verdict }: Schedule): OutcomeKind {
  return {
    jobs: jobs.map(({ name, outcome, attempts }) => ({ name, outcome, attempts })),
    order: events.filter(({ detail }) => detail.stop === 'swap-won').map(({ job }) => job),
    result: verdict.result,
    ledger: verdict.ledger,
    crashed: script.some((step) => step.do === 'kill'),
    count: 1,
    example: script,
  };
}
