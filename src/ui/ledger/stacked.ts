/**
 * Whether a ledger’s names stand above their numbers, in lines of their own: the panel is some 24 times as wide as its
 * type is high, and a name that is broken within its hyphens cannot be read.
 */
export function isStacked(names: readonly string[], showReplaced: boolean): boolean {
  const longest = Math.max(0, ...names.map(({ length }) => length));
  return longest > (showReplaced ? 11 : 18);
}
