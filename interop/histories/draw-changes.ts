import type { SchemaEdit } from '../../src/iceberg/update-schema.ts';
import type { Chance } from './chance.ts';
import type { RefRetention, SimpleOperation, SpecField } from './history.ts';

const day = 86_400_000;

/** Draws changes of what a table says of itself: snapshots, refs, properties, schema, spec and sort order. */
export class ChangeDraw {
  readonly #chance: Chance;
  #columns = 0;

  constructor(chance: Chance) {
    this.#chance = chance;
  }

  any(): SimpleOperation {
    const { one } = { one: <T>(choices: readonly T[]) => this.#chance.one(choices) };
    return this.#chance.weighed<SimpleOperation>([
      [4, () => ({ op: 'rewriteManifests', clusterBy: one(['partition', 'nothing']) })],
      [6, () => this.#expire()],
      [5, () => ({ op: 'cherryPick', snapshot: this.#snapshot() })],
      [9, () => this.#refs()],
      [4, () => this.properties()],
      [5, () => this.schema()],
      [5, () => this.spec()],
      [2, () => this.sortOrder()],
    ]);
  }

  /** What would undo the work of others, were it not done at once. */
  move(): SimpleOperation {
    return { op: this.#chance.one(['rollback', 'setCurrent']), snapshot: this.#snapshot() };
  }

  /** A column that nobody has added before. */
  newColumn(): SimpleOperation {
    const name = `new${(this.#columns += 1)}`;
    return { op: 'schema', edits: [{ edit: 'add', name, type: 'int' }] };
  }

  /**
   * What comes alone: each implementation takes its own moment for the age of snapshots, and in a transaction Java trims
   * the metadata log before it knows how.
   */
  alone(): SimpleOperation {
    if (this.#chance.percent(70)) return { op: 'expire', before: 'default', ids: [] };
    const set = { 'write.metadata.previous-versions-max': String(1 + this.#chance.below(3)) };
    return { op: 'properties', set, remove: [] };
  }

  #snapshot(): number {
    return this.#chance.below(12);
  }

  #expire(): SimpleOperation {
    return {
      op: 'expire',
      before: this.#chance.weighed<'all' | 'none' | number>([
        [4, () => 'all'],
        [2, () => 'none'],
        [3, () => this.#chance.below(14)],
      ]),
      ...(this.#chance.percent(60) && { retain: 1 + this.#chance.below(3) }),
      ids: this.#chance.percent(25) ? [this.#snapshot()] : [],
    };
  }

  #refs(): SimpleOperation {
    const chance = this.#chance;
    const branch = () => chance.one(['audit', 'audit', 'dev', 'v1', 'main']);
    const name = (usual: string, other: string) => (chance.percent(85) ? usual : other);
    return chance.weighed<SimpleOperation>([
      [4, () => this.#create('createBranch', chance.one(['audit', 'audit', 'dev', 'v1']))],
      [3, () => this.#create('createTag', name('v1', 'audit'))],
      [2, () => ({ op: 'removeBranch', name: name('audit', 'v1') })],
      [2, () => ({ op: 'removeTag', name: name('v1', 'audit') })],
      [1, () => ({ op: 'renameBranch', name: branch(), to: branch() })],
      [1, () => ({ op: 'replaceBranch', name: branch(), to: branch() })],
      [2, () => ({ op: 'fastForward', name: 'main', to: branch() })],
      [1, () => ({ op: 'fastForward', name: branch(), to: 'main' })],
    ]);
  }

  #create(op: 'createBranch' | 'createTag', name: string): SimpleOperation {
    const age = () => this.#chance.one([1, day]);
    const retention: RefRetention = {
      ...(op === 'createBranch' &&
        this.#chance.percent(20) && { minSnapshotsToKeep: 1 + this.#chance.below(3) }),
      ...(op === 'createBranch' && this.#chance.percent(15) && { maxSnapshotAgeMs: age() }),
      ...(this.#chance.percent(15) && { maxRefAgeMs: age() }),
    };
    return { op, name, snapshot: this.#snapshot(), ...retention };
  }

  properties(): SimpleOperation {
    const chance = this.#chance;
    if (chance.percent(15)) {
      const retries = String(chance.below(3));
      return { op: 'properties', set: { 'commit.retry.num-retries': retries }, remove: [] };
    }
    if (chance.percent(10)) {
      return { op: 'properties', set: { 'gc.enabled': chance.one(['true', 'false']) }, remove: [] };
    }
    if (chance.percent(5)) {
      const version = chance.one(['1', '2', '3']);
      return { op: 'properties', set: { 'format-version': version }, remove: [] };
    }
    if (chance.percent(15)) {
      const key = `write.metadata.metrics.column.${chance.one(['x', 'data', 'at', 'z'])}`;
      return chance.percent(75)
        ? { op: 'properties', set: { [key]: chance.one(['full', 'none']) }, remove: [] }
        : { op: 'properties', set: {}, remove: [key] };
    }
    const key = chance.one(['k', 'j']);
    const set = { [key]: String(2 + chance.below(3)) };
    if (chance.percent(70)) return { op: 'properties', set, remove: [] };
    return { op: 'properties', set: chance.percent(10) ? set : {}, remove: [key] };
  }

  /** The second edit is of another column: Java looks columns up in the schema as it was before the first. */
  schema(): SimpleOperation {
    const edit = this.#schemaEdit();
    if (this.#chance.percent(75)) return { op: 'schema', edits: [edit] };
    return { op: 'schema', edits: [edit, { edit: 'add', name: 'w', type: 'long' }] };
  }

  #schemaEdit(): SchemaEdit {
    const chance = this.#chance;
    const name = chance.one(['x', 'y', 'data', 'at']);
    return chance.weighed<SchemaEdit>([
      [4, () => ({ edit: 'add', name, type: 'int' })],
      [1, () => ({ edit: 'add', name, type: 'int', doc: 'what it is' })],
      [2, () => ({ edit: 'drop', column: name })],
      [2, () => ({ edit: 'rename', column: name, name: chance.one(['x', 'z']) })],
      [2, () => ({ edit: 'widen', column: chance.one(['x', 'y', 'p']), type: 'long' })],
      [1, () => ({ edit: 'make-optional', column: chance.one(['id', 'p', 'q']) })],
      [1, () => ({ edit: 'move', column: name })],
      [1, () => ({ edit: 'move', column: name, after: chance.one(['id', 'p', 'x']) })],
      [1, () => ({ edit: 'move', column: name, before: chance.one(['id', 'p', 'x']) })],
    ]);
  }

  spec(): SimpleOperation {
    const chance = this.#chance;
    const remove = () =>
      chance.one(['p', 'id_bucket', 'id_trunc', 'id_bucket_4', 'id_trunc_10', 'at_month', 'q']);
    return chance.weighed<SimpleOperation>([
      [5, () => ({ op: 'spec', add: [this.specField()], remove: [] })],
      [1, () => ({ op: 'spec', add: [this.specField(), this.specField()], remove: [] })],
      [3, () => ({ op: 'spec', add: [], remove: [remove()] })],
      [2, () => ({ op: 'spec', add: [this.specField()], remove: [remove()] })],
    ]);
  }

  specField(): SpecField {
    const chance = this.#chance;
    return {
      ...chance.weighed<SpecField>([
        [3, () => ({ column: 'id', transform: 'bucket' })],
        [3, () => ({ column: 'id', transform: 'truncate' })],
        [3, () => ({ column: 'p', transform: 'identity' })],
        [2, () => ({ column: 'at', transform: chance.one(['year', 'month', 'day', 'hour']) })],
        [1, () => ({ column: 'data', transform: 'identity' })],
      ]),
      ...(chance.percent(10) && { name: chance.one(['q', 'p', 'part']) }),
    };
  }

  sortOrder(): SimpleOperation {
    const chance = this.#chance;
    const column = (name: string) => ({
      column: name,
      descending: chance.percent(50),
      nullsLast: chance.percent(50),
    });
    const columns = chance.one([[], ['id'], ['p', 'id'], ['p']]).map(column);
    return { op: 'sortOrder', columns };
  }
}
