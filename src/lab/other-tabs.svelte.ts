import type { Workflow } from '../flare/workflow.ts';
import { tabsVersion, withNews } from '../race/told-race.ts';
import type { Race } from '../race/runner.ts';
import { RaceTeller } from './race-teller.ts';
import { epochNow, type RacesBeside } from './races-beside.svelte.ts';
import type { RaceObserver } from './session.ts';
import { claimTab, type TabLock, whenTabEnds } from './tab-lock.ts';
import { openTabsChannel, type Sender, type TabMessage, type TabsChannel } from './tabs-channel.ts';

/** Another tab that has this page open. */
export interface OtherTab {
  name: string;
  /** The lock that it holds for its life. */
  lock: string;
  /** Whether it has another version of the page, so that its races cannot be drawn. */
  isStrange: boolean;
}

/**
 * The other tabs that have this page open, on the same tables: what races there is heard here, and what races here is told
 * there. A tab is there as long as it holds its lock.
 */
export class OtherTabs {
  readonly #beside: RacesBeside;
  #self = $state.raw<TabLock | null>(null);
  #tabs = $state.raw<readonly OtherTab[]>([]);
  #channel: TabsChannel | null = null;
  /** The race of this tab. */
  #teller: RaceTeller | null = null;

  /** What is heard goes to `beside`. */
  constructor(beside: RacesBeside) {
    this.#beside = beside;
  }

  /** The name of this tab, `null` while there is no other. */
  get name(): string | null {
    return this.#tabs.length === 0 ? null : (this.#self?.tab ?? null);
  }

  /** The other tabs, by name. */
  get list(): readonly OtherTab[] {
    return this.#tabs;
  }

  /** Takes a name, and asks the others what is on. */
  async join(): Promise<void> {
    const self = await claimTab();
    this.#self = self;
    this.#channel = openTabsChannel(self, (sender, message) => this.#hear(sender, message));
    this.#channel.tell({ type: 'ask' });
  }

  /** Tells the others no more, and gives the name back. */
  leave(): void {
    this.#channel?.close();
    this.#channel = null;
    this.#self?.release();
  }

  /** Tells the others of a race of this tab from now on. */
  watch(race: Race, workflow: Workflow): RaceObserver {
    this.#teller = new RaceTeller(race, workflow, (news) => this.#tell({ type: 'news', news }));
    this.#tellRace();
    return this.#teller.observer();
  }

  #tellRace(): void {
    const { tab } = this.#self ?? {};
    if (tab === undefined) return;
    const isOn = this.#teller?.isOver === false;
    this.#tell({ type: 'race', race: isOn ? (this.#teller?.whole(tab) ?? null) : null });
  }

  #tell(message: TabMessage): void {
    if (this.#tabs.length > 0) this.#channel?.tell(message);
  }

  #hear(sender: Sender, message: TabMessage | null): void {
    this.#meet(sender);
    switch (message?.type) {
      case 'ask':
        this.#tellRace();
        return;
      case 'race':
        if (message.race !== null) this.#beside.hear(message.race);
        return;
      case 'news': {
        const { news } = message;
        const race = this.#beside.told.find(({ id }) => id === news.id);
        const heard = race === undefined ? null : withNews(race, news);
        if (heard !== null) this.#beside.hear(heard);
        // Of a race that is over nothing more is of interest.
        else if (news.endedAt === null) this.#channel?.tell({ type: 'ask' });
        return;
      }
      default:
    }
  }

  /** Notes a tab that was not heard before, until its lock is free: it says nothing when it crashes. */
  #meet({ lock, tab, version }: Sender): void {
    if (this.#tabs.some((other) => other.lock === lock)) return;
    const met = { name: tab, lock, isStrange: version !== tabsVersion };
    this.#tabs = [...this.#tabs, met].toSorted((a, b) => a.name.localeCompare(b.name));
    void whenTabEnds(lock).then(() => {
      this.#tabs = this.#tabs.filter((other) => other !== met);
      this.#beside.tabGone(tab, epochNow());
    });
  }
}
