import type { StopDetail } from '../iceberg/stop.ts';

/** The version of its table that a stop speaks of; 0: that there is no table, `null`: it speaks of none. */
export function versionOf(detail: StopDetail): number | null {
  switch (detail.stop) {
    case 'base-read':
      return detail.base.version ?? 0;
    case 'swap-lost':
      return detail.found ?? 0;
    case 'swap-won':
      return detail.version;
    default:
      return null;
  }
}
