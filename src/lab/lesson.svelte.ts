import type { RaceEvent } from '../race/event.ts';
import type { WorkflowReport } from '../race/report.ts';
import type { Script } from '../race/script.ts';
import type { Challenge } from './challenges.ts';
import { remember, remembered } from './remembered.ts';
import { isAsAdvertised, type Scenario } from './scenarios/scenario.ts';
import type { SharedFile } from './share.ts';

/** How a race goes: the order in which its jobs go on, and its seed. `null`: as they please, and any. */
export interface RaceOrder {
  script: Script | string | null;
  seed: string | null;
}

/** What was opened, with what it needs or promises. */
export type Opened =
  | { kind: 'scenario'; scenario: Scenario }
  | { kind: 'challenge'; challenge: Challenge }
  | { kind: 'link'; order: RaceOrder; files: readonly SharedFile[] }
  | { kind: 'explored'; script: Script };

const freely: RaceOrder = { script: null, seed: null };

/** A scenario, a challenge, an explored schedule, or a race that came by a link. It counts while its workflow's text is not changed. */
export class Lesson {
  #opened = $state.raw<Opened | null>(null);
  #text = $state<string | null>(null);
  #reached = $state<boolean | null>(null);
  #solved = $state.raw<readonly string[]>(remembered('challenges')?.split(' ') ?? []);

  /** What is open. */
  get opened(): Opened | null {
    return this.#opened;
  }

  /** Whether the last race came to what the scenario promises or the challenge asks for; `null`: there was none yet. */
  get reached(): boolean | null {
    return this.#reached;
  }

  /** Names of the challenges that were solved, in this visit or an earlier one. */
  get solved(): readonly string[] {
    return this.#solved;
  }

  /** Opens something of which this is the workflow's text. */
  open(opened: Opened, text: string): void {
    this.#opened = opened;
    this.#text = text;
    this.#reached = null;
  }

  /** Puts the lesson away. */
  close(): void {
    this.#opened = null;
    this.#text = null;
    this.#reached = null;
  }

  /** How a race over this text is to go. */
  orderOf(text: string): RaceOrder {
    if (text !== this.#text) return freely;
    switch (this.#opened?.kind) {
      case 'scenario':
        return { script: this.#opened.scenario.script, seed: null };
      case 'link':
        return this.#opened.order;
      case 'explored':
        return { script: this.#opened.script, seed: null };
      default:
        return freely;
    }
  }

  /** Judges a race over this text. */
  judge(text: string, report: WorkflowReport, events: readonly RaceEvent[]): void {
    if (text !== this.#text) return;
    if (this.#opened?.kind === 'scenario') {
      this.#reached = isAsAdvertised(this.#opened.scenario, report);
    } else if (this.#opened?.kind === 'challenge') {
      const { name, isSolved } = this.#opened.challenge;
      this.#reached = isSolved(report, events);
      if (this.#reached) this.#markSolved(name);
    }
  }

  #markSolved(name: string): void {
    if (this.#solved.includes(name)) return;
    this.#solved = [...this.#solved, name];
    remember('challenges', this.#solved.join(' '));
  }
}
