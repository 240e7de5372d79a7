import { appendsAndOverwrites } from './appends-and-overwrites.ts';
import { crashesAndReaders } from './crashes-and-readers.ts';
import { protocolLessons } from './protocols.ts';
import type { Scenario } from './scenario.ts';

/** Every scenario, in the order of a course. */
export const scenarios: readonly Scenario[] = [
  ...appendsAndOverwrites,
  ...protocolLessons,
  ...crashesAndReaders,
];
