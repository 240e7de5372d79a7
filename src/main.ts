import { mount } from 'svelte';
import { consoleOf } from './lab/console.ts';
import { Lab } from './lab/lab.svelte.ts';
import { Session } from './lab/session.ts';
import './styles/base.css';
import App from './ui/shell/App.svelte';

const session = new Session();
const lab = new Lab(session);
globalThis.icejam = consoleOf(session);
mount(App, { target: document.body, props: { lab } });
void lab.start();
