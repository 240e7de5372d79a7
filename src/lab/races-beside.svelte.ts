import { cutOff, racesBeside, type Span, type ToldRace } from '../race/told-race.ts';

/** Epoch ms, with fractions, on the one clock of all tabs. */
export const epochNow = (): number => performance.timeOrigin + performance.now();

/** The races of other tabs that stand beside the one on screen. */
export class RacesBeside {
  readonly #soon: () => void;
  #span: Span = { from: -Infinity, to: -Infinity };
  /** As they were told last; on screen with the next frame. */
  #told: readonly ToldRace[] = [];
  #shown = $state.raw<readonly ToldRace[]>([]);
  #isPast = false;

  /** `soon` is to have {@link flush} called with the next frame. */
  constructor(soon: () => void) {
    this.#soon = soon;
  }

  /** On screen: races of other tabs that meet the one on screen, or the latest of each tab. */
  get shown(): readonly ToldRace[] {
    return this.#shown;
  }

  /** As they were told last, also while a race of the past is on screen. */
  get told(): readonly ToldRace[] {
    return this.#told;
  }

  /** A race of this tab begins; others are beside it as long as it is on screen. Epoch ms. */
  begin(at: number): void {
    this.#goOn({ from: at, to: null });
  }

  /** The race of this tab is over. */
  end(at: number): void {
    this.#goOn({ from: this.#span.from, to: at });
  }

  /** The race of this tab is put away; those of others that are over go with it. */
  clear(at: number): void {
    this.#goOn({ from: at, to: at });
  }

  /** A race of the past is on screen, with those that met it. */
  showPast(met: readonly ToldRace[]): void {
    this.#isPast = true;
    this.#shown = met;
  }

  /** What is told of a race replaces what was told before. */
  hear(race: ToldRace): void {
    const known = this.#told.some(({ id }) => id === race.id);
    this.#told = known
      ? this.#told.map((other) => (other.id === race.id ? race : other))
      : [...this.#told, race];
    this.#told = racesBeside(this.#told, this.#span);
    this.#soon();
  }

  /** A tab was closed, or crashed: so were the workers of its race. */
  tabGone(tab: string, at: number): void {
    for (const race of this.#told) if (race.tab === tab) this.hear(cutOff(race, at));
  }

  /** Puts on screen what was told. */
  flush(): void {
    if (!this.#isPast) this.#shown = this.#told;
  }

  #goOn(span: Span): void {
    this.#span = span;
    this.#told = racesBeside(this.#told, span);
    this.#isPast = false;
    this.flush();
  }
}
