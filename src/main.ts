import { mount } from 'svelte';
import { consoleOf } from './lab/console.ts';
import { Lab } from './lab/lab.svelte.ts';
import { notesHash } from './lab/notes-channel.ts';
import { Session } from './lab/session.ts';
import './styles/base.css';
import App from './ui/shell/App.svelte';

if (location.hash === notesHash) void openNotes();
else openLab();

function openLab(): void {
  const session = new Session();
  const lab = new Lab(session);
  globalThis.icejam = consoleOf(session);
  mount(App, { target: document.body, props: { lab } });
  void lab.start();
  addEventListener('hashchange', () => void lab.openLink(location.hash));
}

/** The tab with the speaker's notes has no workers: it hears all from the page. */
async function openNotes(): Promise<void> {
  const { default: NotesPage } = await import('./ui/lessons/NotesPage.svelte');
  mount(NotesPage, { target: document.body });
}
