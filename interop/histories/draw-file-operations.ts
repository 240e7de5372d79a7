import type { Isolation } from '../../src/iceberg/stop.ts';
import type { Chance } from './chance.ts';
import { letters, type FileDraw } from './draw-files.ts';
import type { FileOperation, Target, Validated } from './history.ts';

const isolations: readonly Isolation[] = ['none', 'snapshot', 'serializable'];

/** Draws operations on files. */
export class FileOperationDraw {
  readonly #chance: Chance;
  readonly #files: FileDraw;
  readonly #version: 1 | 2 | 3;

  constructor(chance: Chance, files: FileDraw, version: 1 | 2 | 3) {
    this.#chance = chance;
    this.#files = files;
    this.#version = version;
  }

  any(): FileOperation {
    return this.#chance.weighed([
      [16, () => this.append()],
      [12, () => this.replacePartitions()],
      [11, () => this.overwrite()],
      [7, () => this.copyOnWrite()],
      [3, () => this.delete()],
      [3, () => this.deleteFiles()],
      [this.#version === 1 ? 0 : 10, () => this.rowDelta()],
      [8, () => this.rewrite()],
    ]);
  }

  append(): FileOperation {
    return {
      op: 'append',
      fast: this.#chance.percent(50),
      files: this.#files.some(3),
      ...this.#target(),
    };
  }

  replacePartitions(): FileOperation {
    return {
      op: 'replacePartitions',
      files: this.#files.some(2),
      ...this.#validated(),
      ...(this.#chance.percent(8) && { appendOnly: true }),
      ...this.#target(),
    };
  }

  overwrite(): FileOperation {
    const letter = this.#chance.one(letters);
    const filter = this.#chance.percent(5) ? null : this.#files.filter(letter);
    return {
      op: 'overwrite',
      filter,
      ...(this.#chance.percent(10) && { remove: this.#files.pick() }),
      files: this.#filesOf(letter, filter === null ? 0 : 15),
      ...this.#validated(),
      ...(this.#chance.percent(20) && { conflictFilter: this.#files.filter(letter) }),
      ...(filter !== null && this.#chance.percent(15) && { addedFilesMatchFilter: true }),
      ...this.#target(),
    };
  }

  copyOnWrite(): FileOperation {
    const letter = this.#chance.one(letters);
    return {
      op: 'copyOnWrite',
      remove: this.#files.pick(letter),
      files: this.#filesOf(letter, 20),
      ...this.#validated(),
      ...(this.#chance.percent(60) && { conflictFilter: this.#files.filter(letter) }),
      ...this.#target(),
    };
  }

  delete(): FileOperation {
    return {
      op: 'delete',
      filter: this.#files.filter(this.#chance.one(letters)),
      ...this.#target(),
    };
  }

  deleteFiles(): FileOperation {
    return {
      op: 'deleteFiles',
      remove: this.#files.pick(),
      mustExist: this.#chance.percent(50),
      ...this.#target(),
    };
  }

  rowDelta(): FileOperation {
    const letter = this.#chance.one(letters);
    const targets = this.#files.pick(letter);
    return {
      op: 'rowDelta',
      files: this.#filesOf(letter, 50, 1),
      targets,
      deletes: this.#files.deletes(this.#chance.percent(15) ? 0 : targets.count),
      remove: this.#chance.percent(20) ? this.#files.pick(letter) : null,
      ...(this.#chance.percent(15) && { removeDeletes: true }),
      command: this.#chance.one(['delete', 'update']),
      ...this.#validated(),
      conflictFilter: this.#chance.percent(70) ? this.#files.filter(letter) : { op: 'true' },
      ...this.#target(),
    };
  }

  rewrite(): FileOperation {
    const letter = this.#chance.one(letters);
    const records = this.#chance.percent(85) ? 1 : 9;
    const files = this.#filesOf(letter, 10, 1).map((file) => ({ ...file, records }));
    return {
      op: 'rewrite',
      remove: this.#files.pick(letter, 3),
      files,
      startingSequence: this.#chance.percent(50),
      ...this.#since(),
      ...(this.#chance.percent(25) && { removeDeletes: true }),
      ...(this.#chance.percent(10) && { keepData: true }),
      ...this.#target(),
    };
  }

  #filesOf(letter: string, none: number, most = 2) {
    return this.#chance.percent(none) ? [] : this.#files.some(most, letter);
  }

  #validated(): Validated {
    return { isolation: this.#chance.one(isolations), ...this.#since() };
  }

  #since(): Pick<Validated, 'since'> {
    if (!this.#chance.percent(8)) return {};
    return { since: this.#chance.percent(30) ? 'none' : this.#chance.below(12) };
  }

  #target(): Target {
    const chance = this.#chance;
    const summary = { ...(chance.percent(5) && { summary: { team: 'blue' } }) };
    if (chance.percent(6)) return { wap: chance.one(['w1', 'w2']), ...summary };
    if (!chance.percent(12)) return summary;
    return { branch: chance.one(['audit', 'audit', 'audit', 'dev', 'v1']), ...summary };
  }
}
