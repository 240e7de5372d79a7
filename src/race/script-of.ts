import { ends, type Stop } from '../iceberg/stop.ts';
import type { Moment } from './causal-order.ts';
import type { Script, Step } from './script.ts';

/**
 * The script by which a race comes out as it did, from what happened in it in causal order. Each event was reached by
 * letting its job go on from the stop before. A job that was killed between two stops is killed at the first of them,
 * or at the second if somebody has read what it did between them.
 */
export function scriptOf(moments: readonly Moment[]): Script {
  const steps: Step[] = [];
  const last = new Map<string, Stop>();
  /** Jobs that came to their last stop, from which nothing but the start of other jobs follows. */
  const ended: Step[] = [];
  const kills = moments.flatMap(({ kill }) => kill ?? []);
  const killed = new Set(kills.map(({ job, at }) => `${job} ${at}`));
  for (const moment of moments) {
    const { job } = moment;
    const before = last.get(job);
    if (moment.kill !== undefined) {
      steps.push(...killSteps(moment));
      continue;
    }
    const { stop } = moment.event.detail;
    if (before !== undefined) {
      // A job that begins once more was restarted; what it ended by before is not waited for.
      const again = stop === 'start';
      if (again) steps.push(...ended.splice(0));
      steps.push({ do: again ? 'restart' : 'release', job, at: before });
    } else if (steps.length > 0) {
      steps.push(...ended.splice(0));
    }
    last.set(job, stop);
    if (ends.includes(stop) && !killed.has(`${job} ${stop}`)) {
      ended.push({ do: 'release', job, at: stop });
    }
  }
  return [...steps, ...ended];
}

function killSteps({ job, kill, makes }: Extract<Moment, { event?: never }>): Step[] {
  if (makes === undefined) return [{ do: 'kill', job, at: kill.at }];
  return [
    { do: 'release', job, at: kill.at },
    { do: 'kill', job, at: 'swap-won' },
  ];
}
