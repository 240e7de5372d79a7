import type { TextArithmetic } from './text-arithmetic.ts';
import { translate } from './translate.ts';
import type { KnownColumn } from './translate.ts';

/**
 * Where a statement uses text columns as numbers, each place of a column once, in the order of the text. Throws what
 * {@link translate} throws.
 */
export function findTextArithmetic(sql: string, columns: readonly KnownColumn[]): TextArithmetic[] {
  const { textArithmetic } = translate(sql, { columns });
  return [...textArithmetic].sort((a, b) => a.start - b.start);
}
