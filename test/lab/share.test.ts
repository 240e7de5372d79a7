import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { RaceEvent } from '../../src/race/event.ts';
import { scenarios } from '../../src/lab/scenarios/scenarios.ts';
import { hashOf, missingFiles, orderOfRace, raceOf, type SharedRace } from '../../src/lab/share.ts';

const race: SharedRace = {
  workflow: '# Ünïcode – ✓\nname: x\n',
  protocol: 'optimistic',
  script: [{ do: 'run', job: 'vendor-one', at: 'before-swap', attempt: 1 }],
  seed: 'a seed',
  query: 'select 1',
  files: [{ address: 'thirdparty01:none/mine', name: 'trips.json', sha256: '4f52' }],
};

describe('a link', () => {
  it('brings back what it was made of', async () => {
    const hash = await hashOf(race);
    expect(hash).toMatch(/^#v1\.[A-Za-z0-9_-]+$/);
    expect(await raceOf(hash)).toEqual(race);
  });

  it('is shorter than 4 kB for every scenario', async () => {
    for (const { name, protocol, script, query } of scenarios) {
      const text = readFileSync(`public/scenarios/${name}.yaml`, 'utf8');
      const hash = await hashOf({ workflow: text, protocol, script, seed: null, query, files: [] });
      expect(hash.length).toBeLessThan(4000);
    }
  });

  it('is nothing of ours without the mark', async () => {
    for (const hash of ['', '#', '#race', '#vx.abc']) expect(await raceOf(hash)).toBe(null);
  });

  it('that was damaged says so, wherever it was cut', async () => {
    const hash = await hashOf(race);
    for (let length = 4; length < hash.length; length += 7) {
      await expect(raceOf(hash.slice(0, length))).rejects.toMatchObject({
        kind: 'InputInvalid',
        message: 'This link is damaged: a part of it is missing or was changed.',
      });
    }
    await expect(raceOf('#v1.!!!')).rejects.toMatchObject({ kind: 'InputInvalid' });
  });

  it('whose content is none of ours is damaged too', async () => {
    const strange = [
      { ...race, protocol: 'fast' },
      { ...race, files: [{}] },
      { ...race, script: 3 },
    ];
    for (const content of [...strange, null, 'text', {}]) {
      const hash = await hashOf(content as unknown as SharedRace);
      await expect(raceOf(hash)).rejects.toMatchObject({ kind: 'InputInvalid' });
    }
  });

  it('of a newer version says what to do', async () => {
    await expect(raceOf('#v2.abc')).rejects.toMatchObject({
      message: 'This link has the format v2; this page reads v1.',
      remedy: 'Reload the page to get its newest version, or ask for a new link.',
    });
  });
});

describe('the order of a race', () => {
  const event = (seq: number, operation: string): RaceEvent => ({
    seq,
    at: seq,
    job: 'one',
    table: 'icebase:raw01/taxi',
    attempt: 0,
    detail: { stop: 'swap-won', version: 1, location: 'x', snapshotId: null, operation, rows: 0 },
  });
  const report = { script: [], seed: 'a seed' };

  it('goes into a link if the race made its tables itself', () => {
    expect(orderOfRace(report, [event(0, 'create'), event(1, 'append')])).toEqual(report);
  });

  it('stays out if it found them there, as somebody else may have none', () => {
    expect(orderOfRace(report, [event(0, 'append')])).toEqual({ script: null, seed: null });
  });
});

describe('the files that a link asks for', () => {
  it('are those of which the dropzone has no copy, whatever its name', () => {
    const [file] = race.files;
    const dataset = (address: string, sha256: string) => ({ address, files: [{ sha256 }] });
    expect(missingFiles(race.files, [])).toEqual([file]);
    expect(missingFiles(race.files, [dataset('thirdparty01:none/mine', '0000')])).toEqual([file]);
    expect(missingFiles(race.files, [dataset('thirdparty01:none/other', '4f52')])).toEqual([file]);
    expect(missingFiles(race.files, [dataset('thirdparty01:none/mine', '4f52')])).toEqual([]);
  });
});
