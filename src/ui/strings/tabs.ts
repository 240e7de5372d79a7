import { joined } from '../../words.ts';

const named = (tabs: readonly string[]) => joined(tabs.map((tab) => `Tab ${tab}`));

/** Several tabs on the same tables. */
export const tabs = {
  self: (tab: string) => `Tab ${tab}`,
  /** The title of the browser's tab. */
  title: (tab: string, app: string) => `Tab ${tab} · ${app}`,
  withOthers: (others: readonly string[]) =>
    `${named(others)} ${others.length === 1 ? 'is' : 'are'} open on the same tables: jobs that race there have their lanes here too.`,
  lane: (tab: string) => `Tab ${tab} · `,
  closedLane: (tab: string) => `Tab ${tab}, closed · `,
  steered: (tab: string) => `steered in Tab ${tab}`,
  closed: 'its tab was closed',
  strange: (others: readonly string[]) =>
    `${named(others)} ${others.length === 1 ? 'has' : 'have'} another version of this page open, so jobs that race there are not drawn here. Reload both to have them on the same version.`,
  met: (others: readonly string[]) =>
    `It met commits of ${named(others)}. A replay runs the jobs of this tab alone, and would go another way.`,
};
