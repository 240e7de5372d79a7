import { SeededRandom } from '../../src/iceberg/memory.ts';
import type { Isolation } from '../../src/iceberg/stop.ts';
import type {
  Deletes,
  File,
  Filter,
  History,
  Operation,
  SimpleOperation,
  Step,
} from './history.ts';

const letters = ['a', 'b', 'c'] as const;
const isolations: readonly Isolation[] = ['none', 'snapshot', 'serializable'];

/** A random history: the same for the same seed. */
export function generateHistory(seed: number): History {
  return new Generator(seed).history();
}

class Generator {
  readonly #random: SeededRandom;
  readonly #seed: number;
  readonly #version: 1 | 2 | 3;
  #files = 0;

  constructor(seed: number) {
    this.#random = new SeededRandom(seed);
    this.#seed = seed;
    this.#version = this.#one([1, 2, 2, 2, 3, 3] as const);
  }

  history(): History {
    const steps: Step[] = [];
    const building = new Set<string>();
    steps.push({ do: 'run', op: this.#append(), windows: [] });
    for (let count = 6 + this.#random.below(8); count > 0; count -= 1) {
      const writer = this.#one(['W1', 'W2', 'W3']);
      if (building.has(writer)) {
        building.delete(writer);
        steps.push({ do: 'commit', writer, windows: this.#windows() });
      } else if (this.#chance(50)) {
        building.add(writer);
        steps.push({ do: 'build', writer, op: this.#operation() });
      } else {
        steps.push({ do: 'run', op: this.#freshOperation(), windows: [] });
      }
    }
    for (const writer of building) steps.push({ do: 'commit', writer, windows: [] });
    return {
      seed: this.#seed,
      table: {
        formatVersion: this.#version,
        spec: this.#one([
          [{ column: 'p', transform: 'identity' as const }],
          [{ column: 'p', transform: 'identity' as const }],
          [
            { column: 'p', transform: 'identity' as const },
            { column: 'id', transform: 'bucket' as const },
          ],
          [{ column: 'id', transform: 'truncate' as const }],
          [],
        ]),
        properties: {
          'commit.retry.min-wait-ms': '1',
          'commit.retry.max-wait-ms': '2',
          ...(this.#chance(25) && { 'commit.retry.num-retries': '1' }),
          ...(this.#chance(40) && { 'commit.manifest.min-count-to-merge': '2' }),
          ...(this.#chance(15) && { 'commit.manifest-merge.enabled': 'false' }),
          ...(this.#chance(15) && { 'write.summary.partition-limit': '10' }),
          ...(this.#chance(15) && { 'write.metadata.previous-versions-max': '3' }),
        },
      },
      steps,
    };
  }

  #windows(): Operation[][] {
    if (!this.#chance(40)) return [];
    const windows = [[this.#freshOperation()]];
    if (this.#chance(40)) windows.push([this.#freshOperation()]);
    return windows;
  }

  /** One that nobody interferes with: also what moves main back. */
  #freshOperation(): Operation {
    // Java applies a transaction when it is built, and when it makes it again, gives its manifests the sequence numbers of
    // the first time.
    if (this.#chance(8)) return { op: 'transaction', ops: this.#some(3, () => this.#simple()) };
    if (this.#chance(88)) return this.#operation();
    return { op: this.#one(['rollback', 'setCurrent']), snapshot: this.#random.below(12) };
  }

  #operation(): Operation {
    const kind = this.#random.below(100);
    if (kind < 16) return this.#append();
    if (kind < 28) return this.#replacePartitions();
    if (kind < 38) return this.#overwrite();
    if (kind < 45) return this.#copyOnWrite();
    if (kind < 48) return this.#delete();
    if (kind < 51) {
      return {
        op: 'deleteFiles',
        remove: this.#pick(),
        mustExist: this.#chance(50),
        ...this.#branch(),
      };
    }
    if (kind < 61) return this.#version === 1 ? this.#append() : this.#rowDelta();
    if (kind < 68) return this.#rewrite();
    if (kind < 72)
      return { op: 'rewriteManifests', clusterBy: this.#one(['partition', 'nothing']) };
    if (kind < 78) return this.#expire();
    if (kind < 82) return { op: 'cherryPick', snapshot: this.#random.below(12) };
    if (kind < 89) return this.#refs();
    if (kind < 92) return this.#properties();
    if (kind < 95) return this.#schema();
    if (kind < 98) return this.#spec();
    return { op: 'sortOrder', columns: this.#one([['id'], ['p', 'id'], []]) };
  }

  #simple(): SimpleOperation {
    const kind = this.#random.below(10);
    if (kind < 4) return this.#append();
    if (kind < 6) return this.#replacePartitions();
    if (kind < 8) return this.#overwrite();
    return kind < 9 ? this.#delete() : this.#properties();
  }

  #append(): SimpleOperation & { op: 'append' } {
    return {
      op: 'append',
      fast: this.#chance(50),
      files: this.#some(3, () => this.#file()),
      ...this.#target(),
    };
  }

  #replacePartitions(): SimpleOperation & { op: 'replacePartitions' } {
    return {
      op: 'replacePartitions',
      files: this.#some(2, () => this.#file()),
      isolation: this.#one(isolations),
      ...(this.#chance(8) && { appendOnly: true }),
      ...this.#target(),
    };
  }

  #overwrite(): SimpleOperation & { op: 'overwrite' } {
    const letter = this.#one(letters);
    const filter = this.#filter(letter);
    return {
      op: 'overwrite',
      filter,
      files: this.#chance(15) ? [] : this.#some(2, () => this.#file(letter)),
      isolation: this.#one(isolations),
      ...(this.#chance(20) && { conflictFilter: this.#filter(letter) }),
      ...(this.#chance(15) && { addedFilesMatchFilter: true }),
      ...this.#branch(),
    };
  }

  #copyOnWrite(): Operation {
    const letter = this.#one(letters);
    return {
      op: 'copyOnWrite',
      remove: this.#pick(letter),
      files: this.#chance(20) ? [] : this.#some(2, () => this.#file(letter)),
      isolation: this.#one(isolations),
      ...(this.#chance(60) && { conflictFilter: this.#filter(letter) }),
      ...this.#branch(),
    };
  }

  #delete(): SimpleOperation & { op: 'delete' } {
    return { op: 'delete', filter: this.#filter(this.#one(letters)), ...this.#branch() };
  }

  #rowDelta(): Operation {
    const letter = this.#one(letters);
    const targets = this.#pick(letter);
    const kind = (): Deletes['kind'] => {
      if (this.#chance(25)) return 'equality';
      return this.#version === 3 ? 'vector' : 'position';
    };
    const deletes = Array.from({ length: this.#chance(15) ? 0 : targets.count }, () => ({
      name: `del-${(this.#files += 1)}`,
      kind: kind(),
      bytes: 5 + this.#random.below(5),
    }));
    return {
      op: 'rowDelta',
      files: this.#chance(50) ? [] : [this.#file(letter)],
      targets,
      deletes,
      remove: this.#chance(20) ? this.#pick(letter) : null,
      isolation: this.#one(isolations),
      command: this.#one(['delete', 'update']),
      conflictFilter: this.#chance(70) ? this.#filter(letter) : { op: 'true' },
      ...this.#branch(),
    };
  }

  #rewrite(): Operation {
    const letter = this.#one(letters);
    return {
      op: 'rewrite',
      remove: this.#pick(letter, 3),
      files: this.#chance(10) ? [] : [{ ...this.#file(letter), records: this.#chance(85) ? 1 : 9 }],
      startingSequence: this.#chance(50),
      ...this.#branch(),
    };
  }

  #expire(): Operation {
    return {
      op: 'expire',
      all: this.#chance(75),
      ...(this.#chance(60) && { retain: 1 + this.#random.below(3) }),
      ids: this.#chance(25) ? [this.#random.below(12)] : [],
    };
  }

  #refs(): Operation {
    const name = this.#one(['audit', 'v1']);
    const snapshot = this.#random.below(12);
    switch (this.#random.below(6)) {
      case 0:
      case 1:
        return { op: 'createBranch', name: this.#chance(90) ? 'audit' : name, snapshot };
      case 2:
        return { op: 'createTag', name: this.#chance(90) ? 'v1' : name, snapshot };
      case 3:
        return { op: 'removeBranch', name: this.#chance(80) ? 'audit' : name };
      case 4:
        return { op: 'removeTag', name: this.#chance(80) ? 'v1' : name };
      default:
        return this.#chance(50)
          ? { op: 'fastForward', name: 'main', to: this.#one(['audit', 'v1']) }
          : { op: 'fastForward', name: 'audit', to: 'main' };
    }
  }

  #properties(): SimpleOperation & { op: 'properties' } {
    const key = this.#one(['k', 'j']);
    return this.#chance(70)
      ? { op: 'properties', set: { [key]: String(2 + this.#random.below(3)) }, remove: [] }
      : { op: 'properties', set: {}, remove: [key] };
  }

  #schema(): Operation {
    const name = this.#one(['x', 'y', 'data']);
    return {
      op: 'schema',
      edits: [
        this.#one([
          { edit: 'add' as const, name, type: 'int' },
          { edit: 'add' as const, name, type: 'int' },
          { edit: 'drop' as const, column: name },
          { edit: 'rename' as const, column: name, name: this.#one(['x', 'z']) },
          { edit: 'widen' as const, column: this.#one(['x', 'y', 'p']), type: 'long' },
          { edit: 'make-optional' as const, column: 'id' },
        ]),
      ],
    };
  }

  #spec(): Operation {
    return this.#chance(60)
      ? {
          op: 'spec',
          add: [
            this.#one([
              { column: 'id', transform: 'bucket' as const },
              { column: 'id', transform: 'truncate' as const },
              { column: 'p', transform: 'identity' as const },
            ]),
          ],
          remove: [],
        }
      : { op: 'spec', add: [], remove: [this.#one(['p', 'id_bucket', 'id_trunc'])] };
  }

  #filter(letter: string): Filter {
    const isLetter: Filter = { op: '==', column: 'p', value: letter };
    const id = this.#random.below(30);
    switch (this.#random.below(14)) {
      case 0:
        return { op: 'true' };
      case 1:
        return { op: 'and', left: isLetter, right: { op: '<', column: 'id', value: id } };
      case 2:
        return { op: 'or', left: isLetter, right: { op: '==', column: 'p', value: 'b' } };
      case 3:
        return { op: 'in', column: 'p', values: ['a', letter === 'a' ? 'c' : letter] };
      case 4:
        return { op: 'not', operand: isLetter };
      case 5:
        return { op: this.#one(['is_null', 'not_null']), column: 'p' };
      case 6:
        return { op: this.#one(['<', '<=', '>', '>=']), column: 'id', value: id };
      case 7:
        return { op: '!=', column: 'p', value: letter };
      case 8:
        // Not `<=`: Java, which sorts null first, takes files whose partition is null for matches.
        return { op: this.#one(['>', '>=']), column: 'p', value: letter };
      default:
        return isLetter;
    }
  }

  #file(letter: string = this.#one(letters)): File {
    const isNull = this.#chance(8);
    return {
      name: `${isNull ? 'n' : letter}${(this.#files += 1)}`,
      p: isNull ? null : letter,
      id: this.#random.below(30),
      records: 1 + this.#random.below(4),
      bytes: 10 + this.#random.below(20),
    };
  }

  #pick(letter: string = this.#one(letters), most = 2) {
    return {
      letter: this.#chance(10) ? 'n' : letter,
      from: this.#random.below(4),
      count: 1 + this.#random.below(most),
    };
  }

  #target() {
    return this.#chance(7) ? { wap: this.#one(['w1', 'w2']) } : this.#branch();
  }

  #branch() {
    return this.#chance(10) ? { branch: this.#chance(85) ? 'audit' : 'v1' } : {};
  }

  #chance(percent: number): boolean {
    return this.#random.below(100) < percent;
  }

  #one<T>(choices: readonly T[]): T {
    return choices[this.#random.below(choices.length)] as T;
  }

  #some<T>(most: number, make: () => T): T[] {
    return Array.from({ length: 1 + this.#random.below(most) }, make);
  }
}
