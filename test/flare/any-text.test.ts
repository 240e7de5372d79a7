import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { checkWorkflows } from '../../src/flare/check-workflows.ts';
import { fc } from './property.ts';

const seed = readFileSync(new URL('../golden/flare/append.yaml', import.meta.url), 'utf8');

/** Whatever the text, the answer is a workflow or at least one error, every range lies in the text. */
function check(text: string): void {
  const { workflows, problems } = checkWorkflows(text);
  const errors = problems.filter(({ severity }) => severity === 'error');
  expect(workflows.length === 0).toBe(errors.length > 0);
  const lines = text.split('\n').length;
  for (const { range, message } of problems) {
    expect(message).not.toMatch(/undefined|\[object|null/);
    expect(range.line).toBeGreaterThanOrEqual(1);
    expect(range.column).toBeGreaterThanOrEqual(1);
    expect(range.endLine).toBeLessThanOrEqual(lines);
    expect(range.endLine).toBeGreaterThanOrEqual(range.line);
    if (range.endLine === range.line) expect(range.endColumn).toBeGreaterThanOrEqual(range.column);
  }
}

test('any text at all is answered', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 200 }), check));
  const yamlish = fc.stringMatching(/^([a-z]{0,3}|[\s:>|{}[\]'"&*!%@`#,?-]){0,40}$/);
  fc.assert(fc.property(yamlish, check));
});

test('the workflow of the use case with any piece cut out or doubled is answered', () => {
  const place = fc.integer({ min: 0, max: seed.length });
  fc.assert(
    fc.property(place, fc.integer({ min: 0, max: 80 }), fc.boolean(), (start, length, doubled) => {
      const cut = seed.slice(0, start) + (doubled ? seed.slice(start, start + length) : '');
      check(cut + seed.slice(doubled ? start : start + length));
    }),
  );
});

test('the workflow of the use case with any key or value replaced is answered', () => {
  const lines = seed.split('\n');
  const value = fc.constantFrom(
    '',
    '~',
    '[]',
    '{}',
    '- a',
    '&a x',
    '*a',
    '|',
    '"',
    '!!int x',
    '{a: [b]}',
  );
  fc.assert(
    fc.property(fc.integer({ min: 3, max: lines.length - 1 }), value, (index, replacement) => {
      const changed = [...lines];
      changed[index] = (lines[index] ?? '').replace(/:\s.*$/, `: ${replacement}`);
      check(changed.join('\n'));
    }),
  );
});

test('a text that is nested without end, or doubles itself, is answered at once', () => {
  check(`name: ${'['.repeat(20_000)}`);
  const bomb = Array.from(
    { length: 30 },
    (_, i) => `l${i + 1}: &l${i + 1} [*l${i}, *l${i}, *l${i}]`,
  );
  check(['l0: &l0 x', ...bomb].join('\n'));
  expect(checkWorkflows('a: *missing').problems).not.toEqual([]);
});
