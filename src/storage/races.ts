import { announce } from './channel.ts';
import { write } from './database.ts';
import type { Database } from './database.ts';
import { guard } from './failure.ts';
import type { ListedRace, StoredRace } from './records.ts';

/** How many races are kept; saving one more deletes the oldest. */
export const keptRaces = 100;

/** Saves a race in place of one with the same id, and deletes the oldest beyond {@link keptRaces}. */
export async function saveRace(db: Database, race: StoredRace): Promise<void> {
  await write(db, ['races'], `the race ${race.id}`, async (transaction) => {
    const store = transaction.objectStore('races');
    await store.put(race);
    const newestLast = await store.index('startedAt').getAllKeys();
    for (const id of newestLast.slice(0, -keptRaces)) await store.delete(id);
  });
  announce({ type: 'races-changed' });
}

/** Counts that a race with this seed begins; the answer is how many there were before. */
export async function countSeed(db: Database, seed: string): Promise<number> {
  const key = `seed ${seed}`;
  return await write(db, ['settings'], `the seed ${seed}`, async (transaction) => {
    const store = transaction.objectStore('settings');
    const uses = Number((await store.get(key)) ?? 0);
    await store.put(uses + 1, key);
    return uses;
  });
}

/** A saved race, `null` if there is none of that id. */
export async function loadRace(db: Database, id: string): Promise<StoredRace | null> {
  return (await guard(`the race ${id}`, () => db.get('races', id))) ?? null;
}

/** The saved races without their logs, the newest first. */
export async function listRaces(db: Database): Promise<ListedRace[]> {
  return await guard('the list of races', async () => {
    const races = await db.getAllFromIndex('races', 'startedAt');
    return races.map(({ id, startedAt, summary }) => ({ id, startedAt, summary })).reverse();
  });
}

/** Deletes a saved race; a missing one is no error. */
export async function deleteRace(db: Database, id: string): Promise<void> {
  await write(db, ['races'], `the race ${id}`, (transaction) =>
    transaction.objectStore('races').delete(id),
  );
  announce({ type: 'races-changed' });
}
