/** From `start` (epoch seconds) on, a zone is `offset` seconds ahead of UTC. */
export interface ZoneOffset {
  start: number;
  offset: number;
}

/** The years that zones are computed for; before and after, the first and the last offset go on. */
const [firstYear, lastYear] = [1970, 2100];

const known = new Map<string, ZoneOffset[]>();

/**
 * The offsets of a named zone in the order of time, the first from the beginning of time on; `null` for a name that
 * is no zone. DuckDB knows zones only with its ICU extension, JavaScript knows them always.
 */
export function zoneOffsets(zone: string): ZoneOffset[] | null {
  const cached = known.get(zone);
  if (cached !== undefined) return cached;
  const offsetAt = offsetReader(zone);
  if (offsetAt === null) return null;
  const month = 30 * 86_400;
  const end = Date.UTC(lastYear, 0) / 1000;
  let at = Date.UTC(firstYear, 0) / 1000;
  const offsets = [{ start: Number.MIN_SAFE_INTEGER, offset: offsetAt(at) }];
  for (; at < end; at += month) {
    const before = offsetAt(at);
    const after = offsetAt(at + month);
    if (before === after) continue;
    offsets.push({ start: changeBetween(at, at + month, before, offsetAt), offset: after });
  }
  known.set(zone, offsets);
  return offsets;
}

function changeBetween(
  from: number,
  to: number,
  before: number,
  offsetAt: (seconds: number) => number,
): number {
  let [low, high] = [from, to];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetAt(middle) === before) low = middle;
    else high = middle;
  }
  return high;
}

function offsetReader(zone: string): ((seconds: number) => number) | null {
  try {
    const format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      timeZoneName: 'longOffset',
    });
    return (seconds) => {
      const parts = format.formatToParts(seconds * 1000);
      const name = parts.find(({ type }) => type === 'timeZoneName')?.value ?? '';
      const [, sign, hours = '0', minutes = '0'] = /([+-])(\d+):(\d+)/.exec(name) ?? [];
      return (sign === '-' ? -1 : 1) * (Number(hours) * 3600 + Number(minutes) * 60);
    };
  } catch {
    return null;
  }
}
