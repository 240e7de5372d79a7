import { describe, expect, it } from 'vitest';
import { exploredWorld, writersOf } from '../../../src/race/explorer/explored-jobs.ts';
import { explore } from '../../../src/race/explorer/explore.ts';
import type { Schedule } from '../../../src/race/explorer/exploration.ts';
import { type Operation, operations } from '../../../src/race/explorer/operations.ts';
import { Run } from '../../../src/race/explorer/run.ts';
import type { Writers } from '../../../src/race/explorer/script.ts';
import { type Cue, judgedByFiles, race, raceByFiles, stage } from '../stage.ts';

const names = ['one', 'two', 'three', 'four', 'five'];

const doing = (...does: Operation[]): Writers =>
  writersOf(
    does.map((operation, index) => ({ name: names[index] ?? '', operation, partition: 'a' })),
  );

const inOrder = (writers: Writers, ...order: string[]): Cue[] => [
  ...order.map((job): Cue => [job, 'end']),
  ...Object.keys(writers).map((job): Cue => [job, 'end']),
];

describe('a race in which an expiry took the manifests of earlier commits', () => {
  it.each(operations.filter((operation) => operation !== 'expire-snapshots'))(
    'comes to the same by the files that are left as by all there were: %s',
    async (operation) => {
      const world = await exploredWorld();
      const writers = doing(
        operation,
        'append',
        'dynamic-overwrite',
        'expire-snapshots',
        operation,
      );
      const cues = inOrder(writers, 'two', 'one', 'three', 'four');
      const { history, verdict } = await raceByFiles(writers, cues, { world });
      expect(history.reach).toBe('expired');
      expect(verdict.result).toBe('holds');
      expect(verdict).toEqual((await race(writers, cues, { world })).verdict);
    },
  );

  it('is told by two expiries and what was between them', async () => {
    const world = await exploredWorld();
    const writers = doing('append', 'expire-snapshots', 'append', 'append', 'expire-snapshots');
    const { history, verdict } = await raceByFiles(writers, [], { world });
    expect(history.forgotten?.changes).toHaveLength(2);
    expect(verdict).toEqual((await race(writers, [], { world })).verdict);
  });

  it('comes to the same in every order and with every kill', async () => {
    const options = await stage({ protocol: 'optimistic', world: await exploredWorld() });
    const writers = doing('expire-snapshots', 'dynamic-overwrite');
    const schedules: Schedule[] = [];
    const keep = (schedule: Schedule) => schedules.push(schedule);
    await explore(writers, { ...options, kills: true, onSchedule: keep, onCrash: keep });
    const reaches = new Set<string>();
    for (const { script, verdict } of schedules) {
      const run = new Run(writers, options);
      for (const step of script) await run.take(step);
      const byFiles = await judgedByFiles(run);
      reaches.add(byFiles.history.reach);
      expect(byFiles.verdict, JSON.stringify(script)).toEqual(verdict);
    }
    // Whoever is killed before it deletes leaves the manifests.
    expect([...reaches].sort()).toEqual(['expired', 'whole']);
  });
});
