/**
 * Epoch ms from text: a number of ms, or a date and time as ISO and Spark write them, in UTC unless it says otherwise;
 * `undefined` for anything else.
 */
export function parseMoment(text: string): number | undefined {
  const trimmed = text.trim();
  if (/^\d+$/.test(trimmed)) return Number(trimmed);
  const [, date = '', time = '00:00:00', zone = 'Z'] =
    /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?))?\s*(Z|[+-]\d{2}:\d{2})?$/i.exec(
      trimmed,
    ) ?? [];
  const millis = Date.parse(`${date}T${time}${zone.toUpperCase()}`);
  return Number.isNaN(millis) ? undefined : millis;
}
