/** What the browser must offer, each with the sentence that is said when it does not. */
const needs: readonly [test: () => boolean, sentence: string][] = [
  [
    () => isSecureContext,
    'This page must come over https or from localhost: only then does the browser let it store files.',
  ],
  [
    () => 'storage' in navigator && 'getDirectory' in navigator.storage,
    'This browser, or its private window, keeps no files for a page, so tables cannot be written.',
  ],
  [
    () => 'indexedDB' in globalThis,
    'This browser keeps no database for a page, so there is no catalog.',
  ],
  [
    () => 'locks' in navigator,
    'This browser has no Web Locks, so jobs cannot queue for a table and a crash goes unnoticed.',
  ],
  [
    () => 'CompressionStream' in globalThis,
    'This browser cannot compress, so the files of a table cannot be written.',
  ],
];

/** One plain sentence for each thing that this browser lacks; none if all is there. */
export function missingFeatures(): string[] {
  return needs.flatMap(([test, sentence]) => (test() ? [] : [sentence]));
}
