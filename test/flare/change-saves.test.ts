import { expect, test } from 'vitest';
import { changeSaves } from '../../src/flare/change-saves.ts';

const lines = (...all: string[]) => all.join('\n');

test('only the lines of the change are touched: comments, order and indentation stay', () => {
  const text = lines(
    'outputOptions: # how',
    '  saveMode: append # for now',
    '  iceberg:',
    '     properties:',
    '        write.format.default: parquet',
  );
  expect(changeSaves(text, 'overwrite')).toBe(
    lines(
      'outputOptions: # how',
      '  saveMode: overwrite # for now',
      '  iceberg:',
      '     properties:',
      '        overwrite-mode: dynamic',
      '        write.format.default: parquet',
    ),
  );
});

test('what is missing on the way to an option is made, in blocks and in braces', () => {
  expect(changeSaves('a:\n  saveMode: append\n', 'overwrite')).toBe(
    'a:\n  iceberg:\n    properties:\n      overwrite-mode: dynamic\n  saveMode: overwrite\n',
  );
  expect(changeSaves('a: { saveMode: append }', 'overwrite')).toBe(
    'a: { iceberg: { properties: { overwrite-mode: dynamic } }, saveMode: overwrite }',
  );
});

test('an option that is there is given the value, and one without use is commented out', () => {
  const text = lines(
    'saveMode: overwrite',
    'iceberg:',
    '  properties:',
    '    isolation-level: snapshot',
    '    overwrite-mode: dynamic',
    '    a: b',
  );
  expect(changeSaves(text, 'serializable')).toBe(text.replace('snapshot', 'serializable'));
  expect(changeSaves(text, 'append')).toBe(
    lines(
      'saveMode: append',
      'iceberg:',
      '  properties:',
      '    # isolation-level: snapshot',
      '    # overwrite-mode: dynamic',
      '    a: b',
    ),
  );
});

test('a text that is no valid YAML stays as it is', () => {
  expect(changeSaves('a: [', 'overwrite')).toBe('a: [');
});
