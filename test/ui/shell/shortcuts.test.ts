import { expect, test } from 'vitest';
import { type KeyPress, shortcutOf } from '../../../src/ui/shell/shortcuts.ts';

const press = (key: string, more: Partial<KeyPress> = {}): KeyPress => ({
  key,
  altKey: false,
  ctrlKey: false,
  metaKey: false,
  repeat: false,
  defaultPrevented: false,
  ...more,
});

test('a presenter’s remote and the arrows step, Space and the full stop pause', () => {
  for (const key of ['PageDown', 'ArrowRight']) {
    expect(shortcutOf(press(key), 'none')).toEqual({ do: 'forward' });
  }
  for (const key of ['PageUp', 'ArrowLeft']) {
    expect(shortcutOf(press(key), 'none')).toEqual({ do: 'back' });
  }
  for (const key of [' ', '.']) {
    expect(shortcutOf(press(key), 'none')).toEqual({ do: 'run-or-pause' });
  }
});

test('a presenter’s remote steps whatever button or tab was clicked last', () => {
  for (const focus of ['button', 'choice'] as const) {
    expect(shortcutOf(press('PageDown'), focus)).toEqual({ do: 'forward' });
    expect(shortcutOf(press('PageUp'), focus)).toEqual({ do: 'back' });
  }
  expect(shortcutOf(press('ArrowRight'), 'button')).toEqual({ do: 'forward' });
});

test('the black-screen key of a remote is heard in the projector view alone', () => {
  for (const key of ['b', 'B', '.']) {
    for (const focus of ['none', 'button', 'choice', 'scroller'] as const) {
      expect(shortcutOf(press(key), focus, true)).toEqual({ do: 'blank' });
    }
    expect(shortcutOf(press(key), 'text', true)).toBeNull();
  }
  expect(shortcutOf(press('b'), 'none')).toBeNull();
  expect(shortcutOf(press('b', { repeat: true }), 'none', true)).toBeNull();
  expect(shortcutOf(press('.', { ctrlKey: true }), 'none', true)).toBeNull();
});

test('F forks', () => {
  expect(shortcutOf(press('f'), 'none')).toEqual({ do: 'fork' });
  expect(shortcutOf(press('f'), 'text')).toBeNull();
});

test('figures choose lanes, letters do not ask for a case', () => {
  expect(shortcutOf(press('1'), 'none')).toEqual({ do: 'lane', index: 0 });
  expect(shortcutOf(press('9'), 'button')).toEqual({ do: 'lane', index: 8 });
  expect(shortcutOf(press('0'), 'none')).toBeNull();
  expect(shortcutOf(press('H'), 'none')).toEqual(shortcutOf(press('h'), 'none'));
});

test('nothing is taken from a text, from a control with uses of its own, or from the browser', () => {
  expect(shortcutOf(press('k'), 'text')).toBeNull();
  for (const focus of ['scroller', 'choice', 'button'] as const) {
    expect(shortcutOf(press(' '), focus)).toBeNull();
    expect(shortcutOf(press('k'), focus)).toEqual({ do: 'kill' });
  }
  for (const focus of ['scroller', 'choice'] as const) {
    expect(shortcutOf(press('ArrowRight'), focus)).toBeNull();
  }
  expect(shortcutOf(press('PageDown'), 'scroller')).toBeNull();
  expect(shortcutOf(press('k', { ctrlKey: true }), 'none')).toBeNull();
  expect(shortcutOf(press('ArrowRight', { defaultPrevented: true }), 'none')).toBeNull();
});

test('a key that is held down steps on, but kills nobody twice', () => {
  expect(shortcutOf(press('ArrowRight', { repeat: true }), 'none')).toEqual({ do: 'forward' });
  expect(shortcutOf(press('h', { repeat: true }), 'none')).toBeNull();
});
