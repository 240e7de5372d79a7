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
        | 'blank'
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

/**
 * What has the focus: a text; what scrolls, or a slider; one of several choices; a button or a link; nothing with a use
 * for keys.
 */
export type Focus = 'text' | 'scroller' | 'choice' | 'button' | 'none';

/** The keys that are left to what has the focus. A presenter’s remote sends Page keys, whatever was clicked last. */
const ownKeys: Readonly<Record<Exclude<Focus, 'text'>, RegExp>> = {
  scroller: /^( |Arrow|Page)/,
  choice: /^( |Arrow)/,
  button: /^ $/,
  none: /^$/,
};

/** What presenters’ remotes send to turn the screen black, and back again. */
const blankKeys: readonly string[] = ['b', '.'];

/** Whether a key is one that presentation programs turn the screen black for. */
export function isBlankKey(key: string): boolean {
  return blankKeys.includes(key.toLowerCase());
}

/**
 * What a key press asks for, `null` for nothing: keys are left to the text or the control that has the focus. Only a
 * screen that is projected goes black.
 */
export function shortcutOf(press: KeyPress, focus: Focus, isProjected = false): Shortcut | null {
  if (press.defaultPrevented || press.altKey || press.ctrlKey || press.metaKey) return null;
  if (focus === 'text') return null;
  const key = press.key.length === 1 ? press.key.toLowerCase() : press.key;
  if (ownKeys[focus].test(key)) return null;
  if (/^[1-9]$/.test(key)) return { do: 'lane', index: Number(key) - 1 };
  const asked = isProjected && isBlankKey(key) ? 'blank' : keys[key];
  if (asked === undefined) return null;
  // A key that is held down steps on, but does not do and undo.
  return press.repeat && asked !== 'forward' && asked !== 'back' ? null : { do: asked };
}

const focusSelectors = {
  text: 'textarea, select, [contenteditable], input:not([type]), input[type="text"], dialog',
  scroller: '[role="grid"], input[type="range"]',
  choice: '[role="tab"], input[type="radio"]',
  button: 'button, a, input, summary',
} as const;

/** What has the focus, by the element that a key press came to. */
export function focusOf(target: EventTarget | null): Focus {
  if (!(target instanceof Element)) return 'none';
  for (const focus of ['text', 'scroller', 'choice', 'button'] as const) {
    if (target.closest(focusSelectors[focus])) return focus;
  }
  const region = target.closest('[role="region"]');
  return region !== null && scrolls(region) ? 'scroller' : 'none';
}

const scrolls = ({ clientHeight, clientWidth, scrollHeight, scrollWidth }: Element): boolean =>
  scrollHeight > clientHeight || scrollWidth > clientWidth;
