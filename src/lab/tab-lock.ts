/** The lock that this page holds for its life, by which the others see that it is open. */
export interface TabLock {
  /** The page's short name, for people: `A`, `B`, …; free again when it is closed. */
  tab: string;
  /** No other page ever has a lock of this name. */
  lock: string;
  /** Gives name and lock back before the page ends. */
  release: () => void;
}

const prefix = 'icejam:tab:';

/** Two pages that open at once choose their names one after the other. */
const choiceLock = 'icejam:tabs';

/** Takes the first name that no open page has, for the life of this one. */
export async function claimTab(): Promise<TabLock> {
  return await navigator.locks.request(choiceLock, async () => {
    const { held = [] } = await navigator.locks.query();
    // Whoever waits for the end of a page has its lock as well, shared and for a moment.
    const taken = held.flatMap(({ mode, name = '' }) => (mode === 'exclusive' ? tabOf(name) : []));
    let index = 0;
    while (taken.includes(nameAt(index))) index += 1;
    const tab = nameAt(index);
    const lock = `${prefix}${tab}/${crypto.randomUUID()}`;
    return { tab, lock, release: await hold(lock) };
  });
}

/** Resolves when the page that holds a lock is closed, or has crashed. */
export async function whenTabEnds(lock: string): Promise<void> {
  await navigator.locks.request(lock, { mode: 'shared' }, () => undefined);
}

async function hold(lock: string): Promise<() => void> {
  return await new Promise((resolve, reject) => {
    navigator.locks
      .request(lock, () => new Promise<void>((release) => resolve(release)))
      .catch(reject);
  });
}

/** The name of the page that a lock stands for; none if it is another kind of lock. */
function tabOf(lock: string): string[] {
  return lock.startsWith(prefix) ? [lock.slice(prefix.length, lock.lastIndexOf('/'))] : [];
}

/** A to Z, then A2 and so on. */
function nameAt(index: number): string {
  const letter = String.fromCharCode(65 + (index % 26));
  return index < 26 ? letter : `${letter}${Math.floor(index / 26) + 1}`;
}
