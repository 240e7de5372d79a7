import { grouped, joined } from '../../words.ts';

/** The first three names of a list, and how many there are beside. */
export function few(names: readonly string[]): string {
  const more = names.length - 3;
  return joined(more <= 0 ? names : [...names.slice(0, 3), `${grouped(more)} more`]);
}
