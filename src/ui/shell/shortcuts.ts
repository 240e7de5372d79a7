/** What a single key asks for. */
export type Shortcut =
  | {
      do:
        | 'run-or-pause'
        | 'forward'
        | 'back'
        | 'meet'
        | 'hold'
        | 'kill'
        | 'safety'
        | 'fork'
        | 'projector'
        | 'share'
        | 'query'
        | 'help';
    }
  | { do: 'lane'; index: number };

const keys: Readonly<Record<string, Exclude<Shortcut, { do: 'lane' }>['do']>> = {
  ' ': 'run-or-pause',
  '.': 'run-or-pause',
  ArrowRight: 'forward',
  PageDown: 'forward',
  ArrowLeft: 'back',
  PageUp: 'back',
  a: 'meet',
  h: 'hold',
  k: 'kill',
  s: 'safety',
  f: 'fork',
  p: 'projector',
  l: 'share',
  '/': 'query',
  '?': 'help',
};

/** The parts of a keyboard event that say what is asked for. */
export type KeyPress = Pick<
  KeyboardEvent,
  'key' | 'altKey' | 'ctrlKey' | 'metaKey' | 'repeat' | 'defaultPrevented'
>;

/** Where the focus is: in a text, in a control that has uses for keys of its own, or in neither. */
export type Focus = 'text' | 'control' | 'none';

/** What a key press asks for, `null` for nothing: keys are left to the text or the control that has the focus. */
export function shortcutOf(press: KeyPress, focus: Focus): Shortcut | null {
  if (press.defaultPrevented || press.altKey || press.ctrlKey || press.metaKey) return null;
  if (focus === 'text') return null;
  const key = press.key.length === 1 ? press.key.toLowerCase() : press.key;
  if (focus === 'control' && (key === ' ' || key.startsWith('Arrow') || key.startsWith('Page'))) {
    return null;
  }
  if (/^[1-9]$/.test(key)) return { do: 'lane', index: Number(key) - 1 };
  const asked = keys[key];
  if (asked === undefined) return null;
  // A key that is held down steps on, but does not do and undo.
  return press.repeat && asked !== 'forward' && asked !== 'back' ? null : { do: asked };
}

/** Where the focus is, by the element that a key press came to. */
export function focusOf(target: EventTarget | null): Focus {
  if (!(target instanceof Element)) return 'none';
  if (
    target.closest(
      'textarea, select, [contenteditable], input:not([type]), input[type="text"], dialog',
    )
  ) {
    return 'text';
  }
  return target.closest('button, a, input, summary, [role="tab"], [role="grid"], [role="region"]')
    ? 'control'
    : 'none';
}
