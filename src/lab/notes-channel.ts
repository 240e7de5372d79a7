/** What the speaker sees of the lesson that is open. */
export interface SpeakerNotes {
  /** Such as `Lesson 3 of 15`. */
  place: string;
  title: string;
  text: readonly string[];
  notes: readonly string[];
  /** What just happened in the race. */
  sentence: string;
  /** Whether the screen was turned black. */
  blank: boolean;
}

/** What the page and the tab with the notes tell each other. */
export type NotesMessage =
  | { type: 'show'; notes: SpeakerNotes | null }
  /** The tab with the notes was opened. */
  | { type: 'ask' }
  /** The speaker goes on to the next lesson, or back. */
  | { type: 'go'; by: 1 | -1 }
  /** The speaker steps the race, or back. */
  | { type: 'step'; by: 1 | -1 }
  /** The speaker turns the screen black, or brings it back. */
  | { type: 'blank' };

/** The hash under which the page shows the notes alone. */
export const notesHash = '#notes';

/** A line between the page and the tab with the notes; `hear` is told what the other end says. */
export function openNotesChannel(hear: (message: NotesMessage) => void): {
  tell: (message: NotesMessage) => void;
  close: () => void;
} {
  const channel = new BroadcastChannel('icejam notes');
  channel.onmessage = ({ data }: MessageEvent<NotesMessage>) => hear(data);
  return { tell: (message) => channel.postMessage(message), close: () => channel.close() };
}
