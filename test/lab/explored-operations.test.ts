import { describe, expect, it } from 'vitest';
import { readFileSync } from 'node:fs';
import { parseWorkflows } from '../../src/flare/parse.ts';
import { operationsOf } from '../../src/lab/explored-operations.ts';

const text = (name: string) => readFileSync(`public/workflows/${name}.yaml`, 'utf8');
const found = (yaml: string) =>
  parseWorkflows(yaml).workflows.flatMap(({ jobs }) => jobs.map((job) => operationsOf(job)));

describe('what a job does, in the words of the explorer', () => {
  it('is read from the save mode of its sinks', () => {
    expect(found(text('append'))).toEqual([['append'], ['append']]);
    expect(found(text('overwrite-dynamic'))).toEqual([
      ['dynamic-overwrite'],
      ['dynamic-overwrite'],
    ]);
    const all = text('append').replaceAll('saveMode: append', 'saveMode: overwrite');
    expect(found(all)).toEqual([['overwrite'], ['overwrite']]);
  });

  it('knows the isolation that an overwrite asks for', () => {
    const serializable = text('overwrite-dynamic').replace(
      'overwrite-mode: dynamic',
      'overwrite-mode: dynamic\n                      isolation-level: serializable',
    );
    expect(found(serializable)).toEqual([
      ['dynamic-overwrite-serializable'],
      ['dynamic-overwrite'],
    ]);
  });

  it('is nothing for a tool that writes no rows', () => {
    expect(found(text('set-metadata'))).toEqual([[]]);
  });
});
