import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { append } from '../../../src/iceberg/append.ts';
import type { Change } from '../../../src/iceberg/change.ts';
import { deleteFiles } from '../../../src/iceberg/delete-files.ts';
import { compare } from '../../../src/iceberg/expression.ts';
import { content } from '../../../src/iceberg/manifest-types.ts';
import { overwriteFiles } from '../../../src/iceberg/overwrite-files.ts';
import { replacePartitions } from '../../../src/iceberg/replace-partitions.ts';
import { rewriteFiles } from '../../../src/iceberg/rewrite-files.ts';
import { rewriteManifests } from '../../../src/iceberg/rewrite-manifests.ts';
import { rowDelta } from '../../../src/iceberg/row-delta.ts';
import type { ChangedFile } from '../../../src/iceberg/snapshot-summary.ts';
import type { Isolation } from '../../../src/iceberg/stop.ts';
import type { Table } from '../../../src/iceberg/table.ts';
import { expectCommitted, expectRejected, modes, Scenario } from './fixture.ts';

const cells = readFileSync(new URL('../../golden/conflict-matrix.txt', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => {
    const [second = '', first = '', outcome = '', live = ''] = line.split(' | ');
    return { second, first, outcome, live };
  });

const inA = compare('p', '==', 'a');

/** The files that the operations of the matrix are about. */
async function makeFiles(t: Scenario) {
  const positionDelete = (name: string) =>
    t.file(name, { partition: ['a'], content: content.positionDeletes, bytes: 5 });
  const [A0, AA0, B0, A1, AA1, B1, A2] = await t.files('A0', 'AA0', 'B0', 'A1', 'AA1', 'B1', 'A2');
  const [PD1, PD2] = [await positionDelete('PD1'), await positionDelete('PD2')];
  return { A0, AA0, B0, A1, AA1, B1, A2, PD1, PD2 };
}

type Files = Awaited<ReturnType<typeof makeFiles>>;
type Build = (table: Table, files: Files, since: bigint) => Change;

const isolations: Record<string, Isolation> = {
  none: 'none',
  snapshot: 'snapshot',
  serializable: 'serializable',
};

const rewrite =
  (remove: keyof Files, add: keyof Files): Build =>
  (_table, files, since) =>
    rewriteFiles({ remove: [files[remove]], add: [files[add]] }, { since, dataSequenceNumber: 1 });

const firsts: Record<string, Build> = {
  'append a': (_table, { A1 }) => append([A1]),
  'append b': (_table, { B1 }) => append([B1]),
  'RP a': (table, { A1 }) => replacePartitions(table, [A1]),
  'RP b': (table, { B1 }) => replacePartitions(table, [B1]),
  'SO a': (table, { A1 }) => overwriteFiles(table, { filter: inA, add: [A1] }),
  'SO a delete only': (table) => overwriteFiles(table, { filter: inA, add: [] }),
  'COW A0': (table, { A0, A1 }) => overwriteFiles(table, { remove: [A0], add: [A1] }),
  'DELETE A0': (_table, { A0 }) => deleteFiles({ files: [A0] }),
  'RowDelta A0': (_table, { PD1 }) => rowDelta({ add: [PD1] }),
  'Rewrite A0': (_table, { A0, A1 }) => rewriteFiles({ remove: [A0], add: [A1] }),
  'Rewrite AA0': (_table, { AA0, AA1 }) => rewriteFiles({ remove: [AA0], add: [AA1] }),
  'Rewrite B0': (_table, { B0, B1 }) => rewriteFiles({ remove: [B0], add: [B1] }),
};

/** The second operation of a cell, named as in the golden file. */
function buildSecond(name: string, table: Table, files: Files, since: bigint): Change {
  const { A0, A2, PD2 } = files;
  const isolation = isolations[name.slice(name.lastIndexOf(' ') + 1)] ?? 'none';
  const options = { isolation, since };
  const delta = (command: 'delete' | 'update', add: ChangedFile[]) =>
    rowDelta(
      { add },
      {
        ...options,
        command,
        conflictFilter: inA,
        referencedFiles: [A0.data_file.file_path],
      },
    );
  if (name.startsWith('RP')) return replacePartitions(table, [A2], options);
  if (name.startsWith('SO')) return overwriteFiles(table, { filter: inA, add: [A2] }, options);
  if (name.startsWith('RD delete')) return delta('delete', [PD2]);
  if (name.startsWith('RD update')) return delta('update', [PD2, A2]);
  if (name.startsWith('COW')) {
    const conflictFilter = isolation === 'serializable' ? { conflictFilter: inA } : {};
    return overwriteFiles(table, { remove: [A0], add: [A2] }, { ...options, ...conflictFilter });
  }
  switch (name) {
    case 'append':
      return append([A2]);
    case 'Rewrite A0':
      return rewrite('A0', 'A2')(table, files, since);
    case 'delete by filter':
      return deleteFiles({ filter: inA });
    case 'rewrite manifests':
      return rewriteManifests();
    default:
      throw new Error(`No operation is called ${name}`);
  }
}

/** Files that a rejected operation leaves behind are its data files: the table layer never deletes those. */
const unused = ['A1', 'AA1', 'B1', 'A2', 'PD1', 'PD2'];

it('knows all cells', () => {
  expect(cells).toHaveLength(204);
  expect(new Set(cells.map(({ first }) => first))).toEqual(new Set(Object.keys(firsts)));
});

const [queued, , optimistic] = modes;
const settings = [queued, optimistic].flatMap((mode) =>
  (['before the second begins', 'in the window of its swap'] as const).map((when) => ({
    ...mode,
    when,
  })),
);

describe.each(settings)('the first commits $when, $protocol (queue: $queued)', (setting) => {
  it.each(cells)('$second after $first: $outcome', async ({ second, first, outcome, live }) => {
    const t = await Scenario.begin(setting);
    const since = await t.seed('A0', 'AA0', 'B0');
    const files = await makeFiles(t);
    const built = await t.build((table) => buildSecond(second, table, files, since));
    const rival = await t.build((table) => {
      const build = firsts[first];
      if (build === undefined) throw new Error(`No operation is called ${first}`);
      return build(table, files, since);
    });
    const writer = t.writer();
    const commitFirst = async () => {
      expectCommitted(await t.commit(rival));
    };
    if (setting.when === 'in the window of its swap') writer.once('before-swap', commitFirst);
    else await commitFirst();
    const result = await t.commit(built, writer);
    if (outcome === 'OK') expectCommitted(result);
    else expectRejected(result, 'Validation', outcome);
    expect((await t.live()).join(', ')).toBe(live);
    await t.expectInvariants({ orphans: unused });
  });
});
