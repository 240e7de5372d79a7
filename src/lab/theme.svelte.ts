import { remember, remembered } from './remembered.ts';

/** The look of the page; `system` follows the operating system's setting. */
export type Look = 'system' | 'light' | 'dark';

/** How the page looks, kept for the next visit. */
export class Theme {
  #look = $state<Look>('system');
  #projector = $state(false);

  /** Whether the screen is black, so that a class looks at its teacher; not kept. */
  blank = $state(false);

  readonly #root: HTMLElement;

  constructor(root: HTMLElement) {
    this.#root = root;
    this.look = asLook(remembered('look'));
    this.projector = remembered('projector') === 'on';
  }

  get look(): Look {
    return this.#look;
  }

  set look(look: Look) {
    this.#look = look;
    if (look === 'system') delete this.#root.dataset.look;
    else this.#root.dataset.look = look;
    remember('look', look === 'system' ? null : look);
  }

  /** Whether the page is made for the back row: larger type, and only what matters. */
  get projector(): boolean {
    return this.#projector;
  }

  set projector(on: boolean) {
    this.#projector = on;
    if (on) this.#root.dataset.projector = '';
    else delete this.#root.dataset.projector;
    remember('projector', on ? 'on' : null);
  }
}

function asLook(text: string | null): Look {
  return text === 'light' || text === 'dark' ? text : 'system';
}
