import { expect, it } from 'vitest';
import { compare } from '../../src/iceberg/expression.ts';
import { overwriteFiles } from '../../src/iceberg/overwrite-files.ts';
import { replacePartitions } from '../../src/iceberg/replace-partitions.ts';
import type { PartitionSpec, Schema } from '../../src/iceberg/table-metadata.ts';
import { expectRejected, modes, Scenario } from './scenarios/fixture.ts';

const schema: Schema = {
  type: 'struct',
  'schema-id': 0,
  fields: [
    { id: 1, name: 'd', required: false, type: 'decimal(9, 2)' },
    { id: 2, name: 'f', required: false, type: 'double' },
  ],
};

const spec: PartitionSpec = {
  'spec-id': 0,
  fields: [
    { name: 'd', transform: 'identity', 'source-id': 1, 'field-id': 1000 },
    { name: 'f', transform: 'identity', 'source-id': 2, 'field-id': 1001 },
  ],
};

it('prints partitions and filters in its errors as Java does', async () => {
  const t = await Scenario.begin(modes[2], { schema, spec });
  const partition = [12_340n, 1];
  const [a0, a1] = [await t.file('A0', { partition }), await t.file('A1', { partition })];
  const options = { isolation: 'serializable', since: null } as const;
  const late = await t.build((table) => replacePartitions(table, [a1], options));
  const filtered = await t.build((table) =>
    overwriteFiles(table, { filter: compare('f', '==', 1), add: [a1] }, options),
  );
  await t.run((table) => replacePartitions(table, [a0]));
  expectRejected(
    await t.commit(late),
    'Validation',
    'Found conflicting files that can contain records matching partitions [d=123.40, f=1.0]: [A0]',
  );
  expectRejected(
    await t.commit(filtered),
    'Validation',
    'Found conflicting files that can contain records matching ref(name="f") == 1.0: [A0]',
  );
  expect(await t.live()).toEqual(['A0@1']);
});
