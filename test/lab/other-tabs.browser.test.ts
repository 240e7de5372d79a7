import { afterEach, expect, it, vi } from 'vitest';
import { OtherTabs } from '../../src/lab/other-tabs.svelte.ts';
import { RacesBeside } from '../../src/lab/races-beside.svelte.ts';
import { claimTab, whenTabEnds } from '../../src/lab/tab-lock.ts';
import { openTabsChannel, type TabMessage } from '../../src/lab/tabs-channel.ts';
import type { RaceNews } from '../../src/race/told-race.ts';
import { toldRace } from '../race/two-tabs.ts';
import { RaceLog } from '../ui/fixture/race-log.ts';

const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

/** A tab that hears, and one that the test speaks for. */
async function twoTabs() {
  const beside = new RacesBeside(() => undefined);
  const tabs = new OtherTabs(beside);
  await tabs.join();
  const other = await claimTab();
  const heard: TabMessage[] = [];
  const channel = openTabsChannel(other, (_, message) => {
    if (message !== null) heard.push(message);
  });
  ends.push(() => tabs.leave(), channel.close, other.release);
  return { beside, tabs, other, tell: channel.tell, heard };
}

const log = new RaceLog().work('one', 10);
const begun = toldRace(log.events.slice(0, 2), { id: 'r', endedAt: null });
const news = (after: number, more: Partial<RaceNews> = {}): TabMessage => ({
  type: 'news',
  news: {
    id: 'r',
    endedAt: null,
    events: log.events.slice(after),
    after,
    reports: {},
    lanes: {},
    ...more,
  },
});

it('gives each page the first name that is free, and frees it with the page', async () => {
  const claims = await Promise.all([claimTab(), claimTab(), claimTab()]);
  const [first, second, third] = claims;
  expect(claims.map(({ tab }) => tab).sort()).toEqual(['A', 'B', 'C']);
  const end = whenTabEnds(second.lock);
  second.release();
  await end;
  const next = await claimTab();
  expect(next.tab).toBe(second.tab);
  expect(next.lock).not.toBe(second.lock);
  for (const { release } of [first, third, next]) release();
});

it('has no name of its own before another tab is heard', async () => {
  const { tabs, tell } = await twoTabs();
  expect(tabs.name).toBeNull();
  tell({ type: 'ask' });
  await vi.waitFor(() => expect(tabs.name).toBe('A'));
  expect(tabs.list.map(({ name }) => name)).toEqual(['B']);
});

it('answers who asks that no race is on', async () => {
  const { tell, heard } = await twoTabs();
  tell({ type: 'ask' });
  await vi.waitFor(() => expect(heard).toContainEqual({ type: 'race', race: null }));
});

it('follows a race from its beginning by its news', async () => {
  const { beside, tell } = await twoTabs();
  tell({ type: 'race', race: begun });
  tell(news(2, { endedAt: 700 }));
  await vi.waitFor(() => expect(beside.told[0]?.events).toEqual(log.events));
  expect(beside.told[0]?.endedAt).toBe(700);
});

it('asks for the whole race if it has missed some of it', async () => {
  const { beside, tell, heard } = await twoTabs();
  tell({ type: 'race', race: begun });
  tell(news(3));
  await vi.waitFor(() => expect(heard.at(-1)).toEqual({ type: 'ask' }));
  expect(beside.told[0]?.events).toHaveLength(2);
});

it('sees by its lock that a tab is gone, and what that means for its jobs', async () => {
  const { beside, tabs, other, tell } = await twoTabs();
  tell({ type: 'race', race: begun });
  await vi.waitFor(() => expect(beside.told).toHaveLength(1));
  other.release();
  await vi.waitFor(() => expect(beside.told[0]?.isCutOff).toBe(true));
  expect(beside.told[0]?.reports.one?.outcome).toBe('killed');
  expect(tabs.name).toBeNull();
});
