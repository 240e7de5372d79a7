import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../src/job/random.ts';

describe('seeded chance', () => {
  it('repeats itself for a seed and differs for another', () => {
    const draw = (seed: string) => {
      const random = seededRandom(seed);
      return [random.uuid(), random.snapshotId(), random.below(1000)];
    };
    expect(draw('a/one')).toEqual(draw('a/one'));
    expect(draw('a/one')).not.toEqual(draw('a/two'));
  });

  it('gives version 4 UUIDs and positive 63-bit ids, all different', () => {
    const random = seededRandom('seed');
    const uuids = Array.from({ length: 2000 }, () => random.uuid());
    const ids = Array.from({ length: 2000 }, () => random.snapshotId());
    expect(new Set(uuids).size).toBe(2000);
    expect(new Set(ids).size).toBe(2000);
    for (const uuid of uuids) {
      expect(uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    }
    for (const id of ids) expect(id > 0n && id < 2n ** 63n).toBe(true);
    expect(ids.some((id) => id > 2n ** 62n)).toBe(true);
  });

  it('draws below its bound and reaches all of it', () => {
    const random = seededRandom('seed');
    const drawn = new Set(Array.from({ length: 500 }, () => random.below(7)));
    expect([...drawn].sort()).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });
});
