import type { IcejamError } from '../error.ts';
import type { StopDetail } from '../iceberg/stop.ts';
import type { RaceEvent } from './event.ts';
import type { JobReport } from './report.ts';

/** The report of a job whose worker ended before it could make one; `stops`: what it had told, `ms`: how long it ran. */
export function deathReport(
  name: string,
  stops: readonly Pick<RaceEvent, 'attempt' | 'detail'>[],
  ms: number,
  error: IcejamError,
): JobReport {
  return {
    name,
    ...deathOutcome(stops.map(({ detail }) => detail)),
    attempts: Math.max(0, ...stops.map(({ attempt }) => attempt)),
    rows: 0,
    files: 0,
    ms,
    warnings: [],
    error: error.toValue(),
  };
}

/** What is known of a job whose worker died after these stops: between swap and answer nothing is. */
export function deathOutcome(
  stops: readonly StopDetail[],
): Pick<JobReport, 'outcome' | 'snapshotId'> {
  const won = stops.findLast((detail) => detail.stop === 'swap-won' && detail.snapshotId !== null);
  if (won?.stop === 'swap-won') return { outcome: 'killed', snapshotId: won.snapshotId };
  const outcome = stops.at(-1)?.stop === 'before-swap' ? 'unknown' : 'killed';
  return { outcome, snapshotId: null };
}
