import { type RaceNews, tabsVersion, type ToldRace } from '../race/told-race.ts';

/** What one tab tells all others. */
export type TabMessage =
  /** This tab has opened, or missed something: which races are on? */
  | { type: 'ask' }
  /** The race that is on here, from its beginning; `null`: none is. */
  | { type: 'race'; race: ToldRace | null }
  | { type: 'news'; news: RaceNews };

/** Who says something. This much never changes, so that every version of this page can read it. */
export interface Sender {
  version: number;
  /** The tab's name. */
  tab: string;
  /** The lock that it holds for its life. */
  lock: string;
}

/** A line between the tabs. */
export interface TabsChannel {
  tell: (message: TabMessage) => void;
  close: () => void;
}

/**
 * Opens the line. `hear` is told what the others say, in their order; `message` is `null` if the sender is of another
 * version, whose messages may mean something else.
 */
export function openTabsChannel(
  { tab, lock }: Omit<Sender, 'version'>,
  hear: (sender: Sender, message: TabMessage | null) => void,
): TabsChannel {
  const channel = new BroadcastChannel('icejam tabs');
  channel.onmessage = ({ data }: MessageEvent<{ sender: Sender; message: TabMessage }>) => {
    const { sender, message } = data;
    hear(sender, sender.version === tabsVersion ? message : null);
  };
  const sender: Sender = { version: tabsVersion, tab, lock };
  return {
    tell: (message) => channel.postMessage({ sender, message }),
    close: () => channel.close(),
  };
}
