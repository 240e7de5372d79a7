/**
 * A value equal to `next`, made of the parts of `before` that are equal to its own: what has not changed stays the same
 * object, and is not drawn again. For plain data alone.
 */
export function reuse<T>(before: T | null, next: T): T {
  if (Object.is(before, next) || !isComposite(before) || !isComposite(next)) return next;
  if (Array.isArray(before) !== Array.isArray(next)) return next;
  const old = before as Record<string, unknown>;
  const entries = Object.entries(next).map(([key, value]: [string, unknown]) => {
    return [key, reuse(old[key] ?? null, value)] as const;
  });
  const isSame =
    Object.keys(old).length === entries.length &&
    entries.every(([key, value]) => Object.is(old[key], value));
  if (isSame) return before;
  const made = Array.isArray(next)
    ? entries.map(([, value]) => value)
    : Object.fromEntries(entries);
  return made as T;
}

function isComposite(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
