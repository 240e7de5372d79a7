import { tableName } from '../flare/address.ts';
import type { Workflow } from '../flare/workflow.ts';
import type { Protocol } from '../iceberg/stop.ts';
import type { RaceEvent } from '../race/event.ts';
import type { WorkflowReport } from '../race/report.ts';
import type { ToldRace } from '../race/told-race.ts';
import type { Dropzone } from './dropzone.svelte.ts';
import type { Lesson, RaceOrder } from './lesson.svelte.ts';
import { sampleAddress, sampleName } from './samples.ts';
import { hashOf, missingFiles, orderOfRace, type SharedFile } from './share.ts';
import type { Workbench } from './workbench.svelte.ts';
import type { WorkflowText } from './workflow-text.svelte.ts';

/** What became of the last link that was asked for. */
export type LinkState = 'none' | 'copied' | 'in-address-bar';

/** ms that {@link Links.state} tells of a link. */
const toldFor = 2000;

/** What a link tells of. */
interface Shared {
  readonly workflow: WorkflowText;
  readonly protocol: Protocol;
  readonly lesson: Lesson;
  readonly workbench: Workbench;
  readonly dropzone: Dropzone;
}

/** Links to what is on the page, and what the link that is open needs. */
export class Links {
  readonly #page: Shared;
  #state = $state<LinkState>('none');
  /** The last race, by its workflow's text. */
  #last: { text: string; order: RaceOrder } | null = null;

  constructor(page: Shared) {
    this.#page = page;
  }

  get state(): LinkState {
    return this.#state;
  }

  /** Files that the open link asks for and the dropzone has not got. */
  get neededFiles(): SharedFile[] {
    const { dropzone, lesson } = this.#page;
    const { opened } = lesson;
    return opened?.kind === 'link' ? missingFiles(opened.files, dropzone.datasets) : [];
  }

  /** A race over this text is over: a link tells the order in which its jobs went on. */
  raceEnded(
    text: string,
    report: WorkflowReport,
    events: readonly RaceEvent[],
    others: readonly ToldRace[],
  ): void {
    this.#last = { text, order: orderOfRace(report, events, others) };
  }

  /** Copies a link to workflow, protocol, order and query; where the browser forbids that, the address bar takes it. */
  async copy(): Promise<void> {
    const link = `${location.href.replace(/#.*$/s, '')}${await this.#hash()}`;
    try {
      await navigator.clipboard.writeText(link);
      this.#state = 'copied';
    } catch {
      history.replaceState(null, '', link);
      this.#state = 'in-address-bar';
    }
    setTimeout(() => (this.#state = 'none'), toldFor);
  }

  #hash(): Promise<string> {
    const { protocol, workbench, workflow } = this.#page;
    const { text } = workflow;
    return hashOf({
      workflow: text,
      protocol,
      ...this.#orderOf(text),
      query: workbench.sql.trim() === '' ? null : workbench.sql,
      files: this.#files(),
    });
  }

  /** The lesson's order where it has one, else that of the last race. */
  #orderOf(text: string): RaceOrder {
    const given = this.#page.lesson.orderOf(text);
    return given.script === null && this.#last?.text === text ? this.#last.order : given;
  }

  /** The dropped files that the workflow reads; the sample trips come by themselves. */
  #files(): SharedFile[] {
    const inputs = inputsOf(this.#page.workflow.workflows);
    return this.#page.dropzone.datasets
      .filter(({ address }) => inputs.includes(address))
      .flatMap(({ address, files }) =>
        files
          .filter(({ name }) => address !== sampleAddress || name !== sampleName)
          .map(({ name, sha256 }) => ({ address, name, sha256 })),
      );
  }
}

/** The datasets that workflows read, `depot:collection/dataset`. */
export function inputsOf(workflows: readonly Workflow[]): string[] {
  return workflows
    .flatMap(({ jobs }) => jobs.map(({ stack }) => stack))
    .flatMap((stack) => (stack.kind === 'flare' ? stack.inputs : []))
    .map(({ address }) => tableName(address));
}
