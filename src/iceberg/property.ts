/** A whole-number table property; the default if it is absent or no number. */
export function integerProperty(
  properties: Record<string, string>,
  key: string,
  fallback: number,
): number {
  const value = Number.parseInt(properties[key] ?? '', 10);
  return Number.isNaN(value) ? fallback : value;
}

/** A yes-or-no table property, read as Java reads it: `true` in any case is yes, all else is no. */
export function booleanProperty(
  properties: Record<string, string>,
  key: string,
  fallback: boolean,
): boolean {
  return properties[key] === undefined ? fallback : properties[key].toLowerCase() === 'true';
}
