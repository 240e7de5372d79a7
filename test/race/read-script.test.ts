import { describe, expect, it } from 'vitest';
import { readScript } from '../../src/race/read-script.ts';

const steps = [
  { do: 'run', job: 'one', at: 'before-swap', attempt: 1 },
  { do: 'release', job: 'two', at: 'start' },
  { do: 'kill', job: 'one', at: 'before-swap' },
];

describe('a script', () => {
  it('is read from an array and from JSON', () => {
    expect(readScript(steps)).toEqual(steps);
    expect(readScript(JSON.stringify(steps))).toEqual(steps);
  });

  it('is read from lines', () => {
    const text = `
      # vendor one is about to swap
      run one to before-swap of attempt 1
      release two at start   # now the other

      kill one at before-swap`;
    expect(readScript(text)).toEqual(steps);
  });

  it.each([
    [{}, 'A script is a list of steps.'],
    ['[{', 'The script is no JSON'],
    ['release one', 'Line 1 of the script is no step: release one.'],
    [[{ do: 'free', job: 'one', at: 'start' }], 'Step 1 of the script has no deed "free".'],
    [[steps[0], { do: 'kill', at: 'start' }], 'Step 2 of the script names no job.'],
    ['release one at before-swp', 'Step 1 of the script has no stop "before-swp".'],
  ])('that cannot be read says where: %j', (source, message) => {
    expect(() => readScript(source)).toThrow(message);
  });

  it('with a misspelt stop says which was meant', () => {
    try {
      readScript('release one at before-swp');
      expect.unreachable();
    } catch (thrown) {
      expect(thrown).toMatchObject({ remedy: 'Did you mean before-swap?' });
    }
  });
});
