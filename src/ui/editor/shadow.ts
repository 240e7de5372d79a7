import type { Attachment } from 'svelte/attachments';

/**
 * Builds a widget inside a shadow root of an element. CodeMirror writes its styles into a `<style>` element of the
 * document, which the page's policy forbids, but into a shadow root it adopts constructed style sheets, which it allows.
 * `build` returns what takes the widget down.
 */
export function inShadow(build: (root: ShadowRoot) => () => void): Attachment<HTMLElement> {
  return (host) => build(host.shadowRoot ?? host.attachShadow({ mode: 'open' }));
}
