import type { LaneJob } from '../../lab/lane-job.ts';
import type { Whereabouts } from '../../race/race-state.ts';
import { datasetName } from '../../words.ts';
import { strings } from '../strings.ts';
import type { Lane, Mark } from './picture.ts';
import { stopName } from './stop-name.ts';
import { textWidth } from './text.ts';

const texts = strings.controls;

type Held = Extract<Whereabouts, { is: 'held' }>;

/** What a lane's job waits for, in a few words beside its last mark; `null` if it waits for nothing. */
function waitingText({ where, held }: LaneJob): string | null {
  if (where?.is === 'queued') {
    return where.behind === null ? texts.queued : texts.queuedBehind(where.behind);
  }
  return held && where?.is === 'held' ? heldText(where) : null;
}

function heldText({ detail }: Held): string {
  if (detail.stop !== 'before-swap') return texts.heldAt(stopName(detail.stop));
  const { version } = detail.expected;
  return version === null
    ? texts.heldToCreate
    : texts.heldBeforeSwap(strings.race.version(version));
}

/** What is known of a table that a job is held before swapping. */
export interface HeldContext {
  /** The version that the table is at by now. */
  current: number;
  /** Whether the swap does not compare. */
  unsafe: boolean;
}

/** Says of a job that is held what it has in its hands. */
export function heldSentence(
  job: string,
  { detail, table }: Held,
  { current, unsafe }: HeldContext,
): string {
  if (detail.stop !== 'before-swap') return texts.held.at(job, stopName(detail.stop));
  const { version } = detail.expected;
  const name = datasetName(table ?? strings.race.table);
  if (version === null) return texts.held.beforeCreation(job, name);
  const read = strings.race.version(version);
  if (current > version) {
    const now = strings.race.version(current);
    const say = unsafe ? texts.held.willBury : texts.held.willLose;
    return say(job, read, name, now);
  }
  return (unsafe ? texts.held.beforeUnsafeSwap : texts.held.beforeSwap)(job, read, name);
}

/** What a waiting lane is laid out in. */
export interface WaitingRoom {
  /** Of the job's last mark. */
  x: number;
  y: number;
  step: number;
  barHeight: number;
  size: number;
  /** The right edge of the picture. */
  right: number;
}

/** The mark and the words of a job that waits. */
export function layoutWaiting(
  job: LaneJob,
  { x, y, step, barHeight, size, right }: WaitingRoom,
): { mark: Mark; status: Lane['status'] } | null {
  const text = waitingText(job);
  if (text === null) return null;
  const at = x + Math.max(step, size * 1.6);
  const fits = at + textWidth(text, size) < right;
  return {
    mark: {
      key: `${job.name}-waits`,
      seq: null,
      event: null,
      x: at,
      y,
      shape: 'held',
      ghost: false,
    },
    status: {
      text,
      x: fits ? at - size * 0.7 : Math.min(at + size, right),
      y: y + barHeight / 2 + size * 1.15,
      anchor: fits ? 'start' : 'end',
    },
  };
}
