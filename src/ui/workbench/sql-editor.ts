import { sql, StandardSQL } from '@codemirror/lang-sql';
import { EditorView, placeholder } from '@codemirror/view';
import { editor, type EditorOptions } from '../editor/yaml-editor.ts';

/** An editor of SQL. Tab moves the focus on. */
export function sqlEditor(options: EditorOptions): EditorView {
  return editor({
    ...options,
    extensions: [
      sql({ dialect: StandardSQL }),
      EditorView.lineWrapping,
      placeholder('select …'),
      options.extensions ?? [],
    ],
  });
}
