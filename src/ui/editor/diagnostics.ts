import { type Diagnostic, setDiagnostics } from '@codemirror/lint';
import type { Text, TransactionSpec } from '@codemirror/state';
import type { EditorView } from '@codemirror/view';
import type { SourceRange } from '../../error.ts';
import { withRemedy } from '../../words.ts';

/** Something to underline. */
export interface Remark {
  severity: 'error' | 'warning';
  message: string;
  remedy?: string;
  range: SourceRange;
}

/** The offset of a place in a text; a place beyond its end is its end. Lines and columns count from 1. */
export function offsetOf(text: Text, line: number, column: number): number {
  if (line > text.lines) return text.length;
  const { from, to } = text.line(Math.max(1, line));
  return Math.min(to, from + Math.max(0, column - 1));
}

/** The change that shows these remarks in an editor, in place of those before. */
export function showRemarks(view: EditorView, remarks: readonly Remark[]): TransactionSpec {
  const { doc } = view.state;
  return setDiagnostics(
    view.state,
    remarks.map((remark): Diagnostic => {
      const { severity, range } = remark;
      const from = offsetOf(doc, range.line, range.column);
      const to = Math.max(from, offsetOf(doc, range.endLine, range.endColumn));
      return { from, to, severity, message: withRemedy(remark) };
    }),
  );
}
