import type { SourceRange } from '../error.ts';
import type { Problem } from '../flare/problem.ts';
import type { Workflow } from '../flare/workflow.ts';

/** Reads the workflows of a text; see `parseWorkflows` and `checkWorkflows` of src/flare. */
export type WorkflowParser = (text: string) => { workflows: Workflow[]; problems: Problem[] };

/** Loads a reader of workflows. */
type ParserLoader = () => Promise<WorkflowParser>;

/** In chunks of their own, so that the first paint waits for neither, and the first reading not for the check of SQL. */
const loaders: readonly ParserLoader[] = [
  async () => (await import('../flare/parse.ts')).parseWorkflows,
  async () => (await import('../flare/check-workflows.ts')).checkWorkflows,
];

/** The workflow's text in the editor, and what is understood of it. */
export class WorkflowText {
  /** Resolves when the text is being read, its SQL included. */
  readonly ready: Promise<void>;
  #parse: WorkflowParser | null = null;
  #text = $state('');
  #problems = $state.raw<readonly Problem[]>([]);
  #workflows = $state.raw<readonly Workflow[]>([]);
  #stale = $state(false);
  #reveal = $state.raw<SourceRange | null>(null);

  /** `parsers`: the readers of the text, each of which sees more than the one before. */
  constructor(parsers: readonly ParserLoader[] = loaders) {
    this.ready = this.#load(parsers);
  }

  get text(): string {
    return this.#text;
  }

  set text(text: string) {
    this.#text = text;
    this.#read();
  }

  /** Errors and warnings, in the order of the text. */
  get problems(): readonly Problem[] {
    return this.#problems;
  }

  /** The workflows of the text when it was last without errors. */
  get workflows(): readonly Workflow[] {
    return this.#workflows;
  }

  /** The jobs of all workflows, in the order of the text. */
  get jobs() {
    return this.#workflows.flatMap(({ jobs }) => jobs);
  }

  /** Whether {@link workflows} are of an earlier text than the one that stands there. */
  get stale(): boolean {
    return this.#stale;
  }

  /** Whether the text can be run. */
  get runnable(): boolean {
    return !this.#stale && this.#workflows.length > 0;
  }

  /** A place that the editor should show, as a new object each time. */
  get revealed(): SourceRange | null {
    return this.#reveal;
  }

  /** Asks the editor to show a place. */
  reveal(range: SourceRange): void {
    this.#reveal = { ...range };
  }

  async #load(parsers: readonly ParserLoader[]): Promise<void> {
    for (const load of parsers) {
      this.#parse = await load();
      this.#read();
    }
  }

  #read(): void {
    if (this.#parse === null) return;
    const { workflows, problems } = this.#parse(this.#text);
    this.#problems = problems;
    this.#stale = workflows.length === 0;
    if (!this.#stale) this.#workflows = workflows;
  }
}
