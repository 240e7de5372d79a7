import type { Random } from '../../iceberg/ports.ts';

/** Ids that count, apart from those of every other number: the same in every schedule, and easy to read. */
export function countingRandom(number: number): Random {
  let drawn = 0;
  return {
    uuid: () => {
      const [writer, count] = [String(number).padStart(8, '0'), String(++drawn).padStart(12, '0')];
      return `${writer}-0000-4000-8000-${count}`;
    },
    snapshotId: () => BigInt(number) * 1000n + BigInt(++drawn),
    below: () => 0,
  };
}
