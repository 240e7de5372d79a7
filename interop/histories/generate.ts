import { Chance } from './chance.ts';
import { ChangeDraw } from './draw-changes.ts';
import { FileOperationDraw } from './draw-file-operations.ts';
import { FileDraw } from './draw-files.ts';
import type {
  Answer,
  History,
  Operation,
  SimpleOperation,
  SpecField,
  Step,
  Swaps,
} from './history.ts';

/** A random history: the same for the same seed. */
export function generateHistory(seed: number): History {
  return new Generator(seed).history();
}

class Generator {
  readonly #seed: number;
  readonly #chance: Chance;
  readonly #version: 1 | 2 | 3;
  readonly #files: FileOperationDraw;
  readonly #changes: ChangeDraw;

  constructor(seed: number) {
    this.#seed = seed;
    this.#chance = new Chance(seed);
    this.#version = this.#chance.one([1, 2, 2, 2, 3, 3] as const);
    const files = new FileDraw(this.#chance, this.#version);
    this.#files = new FileOperationDraw(this.#chance, files, this.#version);
    this.#changes = new ChangeDraw(this.#chance);
  }

  history(): History {
    const chance = this.#chance;
    const steps: Step[] = [];
    const building = new Set<string>();
    if (chance.percent(90)) steps.push({ do: 'run', op: this.#files.append(), windows: [] });
    for (let count = 6 + chance.below(10); count > 0; count -= 1) {
      const writer = chance.one(['W1', 'W2', 'W3']);
      if (building.has(writer)) {
        building.delete(writer);
        steps.push({ do: 'commit', writer, ...this.#swaps() });
      } else if (chance.percent(50)) {
        building.add(writer);
        steps.push({ do: 'build', writer, op: this.#operation() });
      } else {
        steps.push(this.#run());
      }
    }
    for (const writer of building) steps.push({ do: 'commit', writer, windows: [] });
    const table = {
      formatVersion: this.#version,
      spec: this.#spec(),
      properties: this.#properties(),
    };
    return { seed: this.#seed, table, steps };
  }

  #spec(): SpecField[] {
    const byP: SpecField = { column: 'p', transform: 'identity' };
    return this.#chance.one<SpecField[]>([
      [byP],
      [byP],
      [byP, { column: 'id', transform: 'bucket' }],
      [byP, { column: 'at', transform: 'month' }],
      [{ column: 'id', transform: 'truncate' }],
      [{ column: 'at', transform: this.#chance.one(['year', 'month', 'day', 'hour']) }],
      [],
    ]);
  }

  #properties(): Record<string, string> {
    const chance = this.#chance;
    return {
      'commit.retry.min-wait-ms': '1',
      'commit.retry.max-wait-ms': '2',
      'commit.status-check.min-wait-ms': '1',
      'commit.status-check.max-wait-ms': '2',
      ...(chance.percent(30) && { 'commit.retry.num-retries': String(chance.below(3)) }),
      ...(chance.percent(40) && { 'commit.manifest.min-count-to-merge': '2' }),
      ...(chance.percent(15) && { 'commit.manifest-merge.enabled': 'false' }),
      ...(chance.percent(10) && { 'commit.manifest.target-size-bytes': '1' }),
      ...(chance.percent(15) && { 'write.summary.partition-limit': '10' }),
      ...(chance.percent(15) && { 'write.metadata.previous-versions-max': '3' }),
      ...(chance.percent(10) && { 'write.metadata.delete-after-commit.enabled': 'true' }),
      ...(chance.percent(10) && { 'write.metadata.compression-codec': 'gzip' }),
      ...(chance.percent(10) && { 'history.expire.min-snapshots-to-keep': '2' }),
      ...(chance.percent(20) && { 'history.expire.max-snapshot-age-ms': '1' }),
      ...(chance.percent(15) && { 'write.metadata.metrics.column.data': 'counts' }),
      ...(chance.percent(10) && { 'write.parquet.stats-enabled.column.at': 'false' }),
    };
  }

  #run(): Step {
    if (this.#chance.percent(6)) return { do: 'run', op: this.#changes.alone(), windows: [] };
    return this.#chance.percent(20)
      ? { do: 'run', op: this.#operation(), ...this.#swaps() }
      : { do: 'run', op: this.#freshOperation(), windows: [] };
  }

  #swaps(): Swaps {
    const chance = this.#chance;
    const windows: Operation[][] = [];
    for (let likely = 40; chance.percent(likely) && windows.length < 4; likely = 45) {
      windows.push(this.#chance.some(chance.percent(20) ? 2 : 1, () => this.#freshOperation()));
    }
    if (!chance.percent(10)) return { windows };
    const missing = chance.one<Answer>(['lost', 'lost', 'unsent']);
    const answers: Answer[] = [...windows.map((): Answer => 'comes'), missing];
    if (chance.percent(20)) answers.shift();
    const behind = chance.percent(40) ? [this.#freshOperation()] : [];
    return { windows, answers, behind };
  }

  /** One that nobody interferes with: also what moves main back, and several in one, of whatever kind. */
  #freshOperation(): Operation {
    const chance = this.#chance;
    if (chance.percent(8)) {
      return { op: 'transaction', ops: chance.some(4, () => fromHead(this.#simple())) };
    }
    return chance.percent(90) ? this.#operation() : this.#changes.move();
  }

  #operation(): Operation {
    const chance = this.#chance;
    if (chance.percent(4)) return this.#rebasedTransaction();
    return this.#simple();
  }

  #simple() {
    return this.#chance.percent(68) ? this.#files.any() : this.#changes.any();
  }

  /**
   * Java applies a transaction when it is built, and when it makes it again, gives its manifests the sequence numbers
   * of the first time: only one of its operations makes a snapshot.
   */
  #rebasedTransaction(): Operation {
    const chance = this.#chance;
    const file = chance.percent(60) ? this.#files.append() : this.#files.replacePartitions();
    // Java meets what does not validate before it meets what no other commit may come before.
    if ('isolation' in file) file.isolation = 'none';
    const others = chance.some(2, () =>
      chance.weighed([
        [6, () => this.#changes.properties()],
        [2, () => this.#changes.sortOrder()],
        [2, () => this.#changes.newColumn()],
      ]),
    );
    return { op: 'transaction', ops: [file, ...others] };
  }
}

/** For us operations of one transaction never conflict; for Java they do, if one is validated from before the others. */
function fromHead(operation: SimpleOperation): SimpleOperation {
  if ('since' in operation) delete operation.since;
  return operation;
}
