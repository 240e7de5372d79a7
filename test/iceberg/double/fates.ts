import { expect } from 'vitest';
import type { CommitResult } from '../../../src/iceberg/commit.ts';
import type { FileScanTask } from '../../../src/iceberg/scan.ts';

/** What is known of a row: it must be in the table, must not be, or may be. */
type Fate = 'there' | 'gone' | 'perhaps';

/** What a commit does to rows. */
export interface Intent {
  adds: readonly string[];
  removes: readonly string[];
}

/**
 * What must be in a table after commits of which some were killed. Rows are told apart by tokens; a data file has one,
 * the file of a compaction those of the files that it replaces.
 */
export class Fates {
  readonly #tokens = new Map<string, readonly string[]>();
  readonly #fates = new Map<string, Fate>();

  /** A data file that is about to be written holds these tokens. */
  wrote(path: string, tokens: readonly string[]): void {
    this.#tokens.set(path, tokens);
  }

  /** The tokens of a data file. */
  tokensOf(path: string): readonly string[] {
    return this.#tokens.get(path) ?? [];
  }

  /** All tokens that begin so. */
  known(prefix: string): string[] {
    return [...this.#tokens.values()].flat().filter((token) => token.startsWith(prefix));
  }

  /** A commit begins; until the function is called that is returned, what it does is uncertain. */
  begin({ adds, removes }: Intent): (outcome: CommitResult['outcome']) => void {
    const before = new Map(removes.map((token) => [token, this.#fates.get(token)]));
    for (const token of adds) this.#fates.set(token, 'perhaps');
    for (const token of removes) {
      if (this.#fates.get(token) === 'there') this.#fates.set(token, 'perhaps');
    }
    return (outcome) => {
      if (outcome === 'unknown') return;
      const landed = outcome === 'committed';
      for (const token of adds) this.#fates.set(token, landed ? 'there' : 'gone');
      for (const [token, fate] of before) {
        if (landed) this.#fates.set(token, 'gone');
        else if (fate !== undefined) this.#fates.set(token, fate);
      }
    };
  }

  /** Every token is in the table as its fate says, and never twice. */
  expectIn(tasks: readonly FileScanTask[]): void {
    const live = tasks.flatMap(({ file }) => this.tokensOf(file.data_file.file_path));
    expect(live).toHaveLength(new Set(live).size);
    const there = new Set(live);
    const certain = [...this.#fates].filter(([, fate]) => fate !== 'perhaps');
    expect(certain.filter(([token, fate]) => there.has(token) !== (fate === 'there'))).toEqual([]);
  }
}
