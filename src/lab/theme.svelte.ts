/** The look of the page; `system` follows the operating system's setting. */
export type Look = 'system' | 'light' | 'dark';

const key = 'icejam.look';

/** The chosen look, kept for the next visit. */
export class Theme {
  #look = $state<Look>('system');
  readonly #root: HTMLElement;

  constructor(root: HTMLElement) {
    this.#root = root;
    this.look = asLook(stored());
  }

  get look(): Look {
    return this.#look;
  }

  set look(look: Look) {
    this.#look = look;
    if (look === 'system') delete this.#root.dataset.look;
    else this.#root.dataset.look = look;
    keep(look);
  }
}

function asLook(text: string | null): Look {
  return text === 'light' || text === 'dark' ? text : 'system';
}

// A browser that keeps nothing for this site throws here; the look then lasts as long as the page.
function stored(): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function keep(look: Look): void {
  try {
    if (look === 'system') localStorage.removeItem(key);
    else localStorage.setItem(key, look);
  } catch {
    return;
  }
}
