import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { yaml } from '@codemirror/lang-yaml';
import { bracketMatching, foldGutter, foldKeymap, indentOnInput } from '@codemirror/language';
import { type Extension, EditorState } from '@codemirror/state';
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  keymap,
  lineNumbers,
} from '@codemirror/view';
import { jobLines } from './job-lines.ts';
import { editorTheme } from './theme.ts';

/** What an editor is built from. */
export interface EditorOptions {
  root: ShadowRoot;
  doc: string;
  /** Read aloud when the editor gets the focus; says how to leave it. */
  label: string;
  onchange: (doc: string) => void;
  /** Called on Ctrl or Cmd with Enter. */
  onrun: () => void;
  extensions?: Extension;
}

/** An editor of YAML. Tab indents; after Escape it moves the focus on (CodeMirror's own rule). */
export function yamlEditor(options: EditorOptions): EditorView {
  return editor({
    ...options,
    extensions: [
      lineNumbers(),
      foldGutter(),
      highlightActiveLine(),
      indentOnInput(),
      bracketMatching(),
      yaml(),
      jobLines,
      keymap.of([...foldKeymap, indentWithTab]),
      options.extensions ?? [],
    ],
  });
}

/** What all editors of the page have in common. */
export function editor({
  root,
  doc,
  label,
  onchange,
  onrun,
  extensions,
}: EditorOptions): EditorView {
  const run = () => {
    onrun();
    return true;
  };
  return new EditorView({
    root,
    parent: root,
    state: EditorState.create({
      doc,
      extensions: [
        history(),
        drawSelection(),
        keymap.of([{ key: 'Mod-Enter', run }]),
        extensions ?? [],
        keymap.of([...defaultKeymap, ...historyKeymap]),
        editorTheme,
        // axe counts editable content as reachable by keyboard only with an explicit tabindex.
        EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0' }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) onchange(update.state.doc.toString());
        }),
      ],
    }),
  });
}

/** Puts a text in place of the whole document, unless it is the same. */
export function replaceDocument(view: EditorView, text: string): void {
  const { doc } = view.state;
  if (doc.toString() === text) return;
  view.dispatch({ changes: { from: 0, to: doc.length, insert: text } });
}
