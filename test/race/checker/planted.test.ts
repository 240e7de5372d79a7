import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { anomaly } from '../../../src/race/checker/anomalies.ts';
import { doubt, fault } from '../../../src/race/checker/faults.ts';
import { appends, replaces } from '../../../src/race/explorer/writers.ts';
import { race, type Race } from '../stage.ts';
import { Bed, type FaultBed, type Kind } from './beds/bed.ts';
import { compacted } from './beds/compaction.ts';
import { partlyKnown } from './beds/doubts.ts';
import { forgottenByExpiry, forgottenDeletes } from './beds/expiry.ts';
import { pickedByOther, rolledBack } from './beds/moves.ts';
import { deleteBetween, gaveUp, neverAsked, unknownOutcome } from './beds/outcomes.ts';
import {
  refusedAtLast,
  refusedForAdded,
  refusedForDeleted,
  refusedForMissing,
} from './beds/refusals.ts';
import {
  readBeforeAppend,
  readBeforeDelete,
  readerBetween,
  skewedOverwrites,
} from './beds/reads.ts';
import { threeJobs } from './beds/three-jobs.ts';
import { lostTransaction } from './beds/transaction.ts';

const beds = [
  threeJobs,
  refusedForAdded,
  refusedForDeleted,
  refusedForMissing,
  deleteBetween,
  unknownOutcome,
  gaveUp,
  lostTransaction,
  readerBetween,
  skewedOverwrites,
  partlyKnown,
  compacted,
  forgottenByExpiry,
  forgottenDeletes,
  neverAsked,
  pickedByOther,
  readBeforeAppend,
  readBeforeDelete,
  refusedAtLast,
  rolledBack,
];

type Planted = (typeof beds)[number]['faults'][number][0];
type Unplanted = Exclude<Kind, Planted>;

/** A rule of which no bed has a planted fault does not compile. */
const allArePlanted = true satisfies [Unplanted] extends [never] ? true : Unplanted;

/** Races that hold and that no order of the jobs explains, by what the checker has to call them. */
const anomalies = {
  lostUpdate: () =>
    race({ one: appends({ a: 1 }), two: replaces({ a: 2 }) }, [
      ['two', 'before-swap'],
      ['one', 'end'],
    ]),
  writeSkew: skewedOverwrites.race,
} satisfies Record<keyof typeof anomaly, () => Promise<Race>>;

/** Listens to what the checker says of one kind; gives all that it has said. */
function sayingsOf(kind: Kind): () => string[] {
  const sentences: Record<string, (...things: never[]) => string> = kind in doubt ? doubt : fault;
  const said = vi.spyOn(sentences, kind);
  return () => said.mock.results.map(({ value }) => String(value));
}

afterEach(() => void vi.restoreAllMocks());

describe.each<FaultBed>(beds)('the checker, $of', ({ race: run, faults }) => {
  let raced: Race;
  beforeAll(async () => {
    raced = await run();
  });

  it('finds nothing wrong where nothing is', () => {
    expect(new Bed(raced).verdict.result).toBe('holds');
  });

  it.each(faults)('finds %s: %s', (kind, _, plant, sentence) => {
    const bed = new Bed(raced);
    const sayings = sayingsOf(kind);
    plant(bed);
    const { ledger, result, sentences } = bed.verdict;
    expect(result).toBe(kind in doubt ? 'cannot-tell' : 'violated');
    if (result === 'cannot-tell') expect(ledger).toEqual([]);
    // A verdict's sentence begins with a capital.
    const all = sentences.join('\n').toLowerCase();
    const own = sayings().filter((saying) => all.includes(saying.toLowerCase()));
    expect(own.join('\n'), all).toMatch(new RegExp(sentence, 'i'));
  });
});

it.each([
  ['readSkew', 'three inputs-read', 'two swap-won'],
  ['readSkew', 'three inputs-read'],
  ['readOtherState', 'three inputs-read'],
  ['readDirty', 'three inputs-read', 'four failed'],
  ['readOtherRows', 'three inputs-read', 'one swap-won'],
] as const)(
  'points at the scan and at who made what it saw: %s, %s, %s',
  async (kind, ...events) => {
    const raced = await readerBetween.race();
    const found = readerBetween.faults
      .filter(([other]) => other === kind)
      .map(([, , plant]) => {
        const bed = new Bed(raced);
        plant(bed);
        return bed.pointed;
      });
    expect(found).toContainEqual(events);
  },
);

it('points at nothing where nothing was scanned wrongly', async () => {
  expect(new Bed(await readerBetween.race()).pointed).toEqual([]);
});

it('has a planted fault of every kind', () => {
  expect(allArePlanted).toBe(true);
});

it.each(Object.entries(anomalies))('calls a race that holds by its name: %s', async (kind, run) => {
  const said = vi.spyOn(anomaly, kind as keyof typeof anomaly);
  const { verdict } = await run();
  expect(verdict.result).toBe('holds');
  expect(verdict.sentences).toContain(said.mock.results[0]?.value);
});
