import { describe, expect, test } from 'vitest';
import { parseOptions } from '../../cli/options.ts';
import { IcejamError } from '../../src/error.ts';

function refusal(args: string[]): IcejamError {
  try {
    parseOptions(args);
  } catch (thrown) {
    if (thrown instanceof IcejamError) return thrown;
  }
  throw new Error('The arguments were not refused.');
}

describe('the options of a run', () => {
  test('keep the order in which they were given', () => {
    const options = parseOptions(
      'run a.yaml b.yaml --import dataos://d:c/t=lake/t --data dataos://d:c/x=one.json --data dataos://d:c/x=two.json --query q1 --query q2 --protocol optimistic --json'.split(
        ' ',
      ),
    );
    expect(options).toEqual({
      imports: [{ address: 'dataos://d:c/t', path: 'lake/t' }],
      workflows: ['a.yaml', 'b.yaml'],
      data: [
        { address: 'dataos://d:c/x', path: 'one.json' },
        { address: 'dataos://d:c/x', path: 'two.json' },
      ],
      protocol: 'optimistic',
      queries: ['q1', 'q2'],
      exports: [],
      json: true,
    });
  });

  test('need no workflow', () => {
    expect(parseOptions(['run', '--query', 'select 1']).workflows).toEqual([]);
  });

  test('an address may carry its acl, a path may hold an equals sign', () => {
    expect(parseOptions(['run', '--data', 'dataos://d:c/x?acl=r=a=b.json']).data).toEqual([
      { address: 'dataos://d:c/x?acl=r', path: 'a=b.json' },
    ]);
  });

  test('a location loses its last slash', () => {
    const args = ['run', '--export', 'dataos://d:c/x=out', '--location', 'file:///data/x/'];
    expect(parseOptions(args).location).toBe('file:///data/x');
  });
});

test.each([
  [[], 'No command was given.', /icejam -- run/],
  [['walk'], 'There is no command "walk".', /icejam -- run/],
  [['run', '--qurey', 'x'], 'There is no option --qurey.', /--query/],
  [['run', '--query'], "Option '--query <value>' argument missing.", /--query SQL/],
  [['run', '--protocol', 'fast'], 'There is no protocol "fast".', /queued, optimistic, unsafe/],
  [
    ['run', '--data', 'trips.json'],
    '--data trips.json is not of the form ADDRESS=FILE.',
    /dataos:/,
  ],
  [
    ['run', '--data', 'dataos://icebase/x=a.json'],
    /^Invalid dataset found: dataos:\/\/icebase\/x: /,
    /dataos:\/\/depot:collection/,
  ],
  [['run', '--location', 'file:///x'], '--location was given with 0 exports.', /one --export/],
  [['run', '--import', 'lake'], '--import lake is not of the form ADDRESS=DIR.', /dataos:/],
  [['run', '--script', 'a.json'], '--script was given with 0 workflows.', /one workflow/],
])('%j is refused with a remedy', (args, message, remedy) => {
  const { message: found, remedy: help } = refusal(args);
  if (typeof message === 'string') expect(found).toBe(message);
  else expect(found).toMatch(message);
  expect(help).toMatch(remedy);
});
