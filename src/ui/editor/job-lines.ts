import { type Extension, RangeSetBuilder, StateEffect, StateField } from '@codemirror/state';
import { Decoration, type DecorationSet, EditorView } from '@codemirror/view';
import { jobColour } from '../lanes/job-colour.ts';

/** The first line of each job's text, from 1, in the order of the text. */
export const setJobLines = StateEffect.define<readonly number[]>();

const colours = 8;

/** Marks the line on which each job begins in the job's colour. */
export const jobLines: Extension = [
  StateField.define<DecorationSet>({
    create: () => Decoration.none,
    update(marks, { changes, effects, state }) {
      const lines = effects.find((effect) => effect.is(setJobLines));
      if (lines === undefined) return marks.map(changes);
      const builder = new RangeSetBuilder<Decoration>();
      for (const [index, line] of lines.value.entries()) {
        if (line > state.doc.lines) continue;
        const { from } = state.doc.line(line);
        builder.add(from, from, Decoration.line({ class: `cm-job-${index % colours}` }));
      }
      return builder.finish();
    },
    provide: (field) => EditorView.decorations.from(field),
  }),
  EditorView.theme(
    Object.fromEntries(
      Array.from({ length: colours }, (_, index) => [
        `.cm-line.cm-job-${index}`,
        { backgroundColor: jobColour(index).soft },
      ]),
    ),
  ),
];
