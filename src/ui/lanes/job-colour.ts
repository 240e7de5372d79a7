const colours = 8;

/** The colours of the nth job of a workflow, from 0, as custom properties of the theme; they come again after eight. */
export function jobColour(index: number): { strong: string; soft: string } {
  const number = (Math.max(index, 0) % colours) + 1;
  return { strong: `var(--job-${number})`, soft: `var(--job-${number}-soft)` };
}
