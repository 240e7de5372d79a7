import { remember, remembered } from './remembered.ts';

/** Whether single keys steer the page, kept for the next visit (WCAG 2.2, 2.1.4: it must be possible to turn them off). */
export class Keys {
  #enabled = $state(remembered('keys') !== 'off');

  get enabled(): boolean {
    return this.#enabled;
  }

  set enabled(enabled: boolean) {
    this.#enabled = enabled;
    remember('keys', enabled ? null : 'off');
  }
}
