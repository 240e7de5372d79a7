import { IcejamError } from '../error.ts';

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

/**
 * The compression that a property names, in any case, out of those that Iceberg knows there. Throws `IllegalArgument`
 * naming them for another.
 */
export function codecProperty<Codec>(
  properties: Record<string, string>,
  key: string,
  fallback: string,
  codecs: Readonly<Record<string, Codec>>,
): Codec {
  const name = properties[key] ?? fallback;
  const codec = codecs[name.toLowerCase()];
  if (codec !== undefined) return codec;
  throw new IcejamError('IllegalArgument', `Unsupported compression codec: ${name}`, {
    context: { property: key },
    remedy: `Use one of ${Object.keys(codecs).join(', ')}.`,
  });
}
