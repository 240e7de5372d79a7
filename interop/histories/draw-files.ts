import type { Chance } from './chance.ts';
import type { Deletes, File, Filter, Pick } from './history.ts';

export const letters = ['a', 'b', 'c'] as const;

/** Draws files and what is said of them. */
export class FileDraw {
  readonly #chance: Chance;
  readonly #version: 1 | 2 | 3;
  #count = 0;

  constructor(chance: Chance, version: 1 | 2 | 3) {
    this.#chance = chance;
    this.#version = version;
  }

  file(letter: string = this.#chance.one(letters)): File {
    const chance = this.#chance;
    const isNull = chance.percent(8);
    return {
      name: `${isNull ? 'n' : letter}${(this.#count += 1)}`,
      p: isNull ? null : letter,
      id: chance.below(30),
      at: chance.percent(8) ? null : chance.one([-30, 0, 1, 25, 800]),
      data: chance.one(['x', 'y', null]),
      records: 1 + chance.below(4),
      bytes: 10 + chance.below(20),
      ...(chance.percent(4) && { spec: chance.below(3) }),
      ...(chance.percent(6) && { bare: true }),
    };
  }

  /** One to `most`; now and then one twice, with another size. */
  some(most: number, letter?: string): File[] {
    const files = this.#chance.some(most, () => this.file(letter));
    const [first] = files;
    if (first !== undefined && this.#chance.percent(2)) files.push({ ...first, bytes: 5 });
    return files;
  }

  deletes(count: number): Deletes[] {
    return Array.from({ length: count }, () => ({
      name: `del-${(this.#count += 1)}`,
      kind: this.#kind(),
      bytes: 5 + this.#chance.below(5),
    }));
  }

  /** Now and then one that the format version does not allow. */
  #kind(): Deletes['kind'] {
    if (this.#chance.percent(25)) return 'equality';
    const isOther = this.#chance.percent(2);
    if ((this.#version === 3) !== isOther) return 'vector';
    return this.#chance.percent(20) ? 'nameless' : 'position';
  }

  pick(letter: string = this.#chance.one(letters), most = 2): Pick {
    return {
      letter: this.#chance.percent(10) ? 'n' : letter,
      from: this.#chance.below(4),
      count: 1 + this.#chance.below(most),
    };
  }

  filter(letter: string): Filter {
    const chance = this.#chance;
    const isLetter: Filter = { op: '==', column: 'p', value: letter };
    const id = chance.below(30);
    const other = letter === 'a' ? 'c' : letter;
    return chance.weighed<Filter>([
      [5, () => isLetter],
      [1, () => ({ op: 'true' })],
      [1, () => ({ op: 'and', left: isLetter, right: { op: '<', column: 'id', value: id } })],
      [1, () => ({ op: 'or', left: isLetter, right: { op: '==', column: 'p', value: 'b' } })],
      [1, () => ({ op: chance.one(['in', 'not in']), column: 'p', values: ['a', other] })],
      [1, () => ({ op: 'not', operand: isLetter })],
      [1, () => ({ op: chance.one(['is_null', 'not_null']), column: this.#column() })],
      [1, () => ({ op: chance.one(['<', '<=', '>', '>=']), column: 'id', value: id })],
      [1, () => ({ op: '!=', column: 'p', value: letter })],
      // Not `<=`: Java, which sorts null first, takes files whose partition is null for matches.
      [1, () => ({ op: chance.one(['>', '>=']), column: 'p', value: letter })],
      [1, () => ({ op: chance.one(['==', '!=']), column: 'data', value: chance.one(['x', 'z']) })],
      [1, () => ({ op: chance.one(['>', '>=', '==']), column: 'at', value: this.#instant() })],
    ]);
  }

  #column(): string {
    return this.#chance.one(['p', 'data', 'at']);
  }

  #instant(): number {
    return this.#chance.one([-30, 0, 1, 24, 744]) * 3_600_000_000;
  }
}
