import type { SourceRange } from '../error.ts';

/** Something to say about a workflow's text. Errors keep the workflow from running; warnings do not. */
export interface Problem {
  severity: 'error' | 'warning';
  kind: 'WorkflowInvalid' | 'AccessDenied' | 'SqlInvalid';
  /** What is wrong. */
  message: string;
  /** What to write instead, as one sentence. */
  remedy?: string;
  range: SourceRange;
  /** The names or values that may stand here. */
  allowed?: readonly string[];
}

/** What may be said of a problem beyond its place and message. */
export type ProblemDetail = Partial<Pick<Problem, 'kind' | 'remedy' | 'allowed'>>;

/** Collects the problems of one text. */
export class ProblemList {
  readonly all: Problem[] = [];

  error(range: SourceRange, message: string, detail: ProblemDetail = {}): void {
    this.all.push({ severity: 'error', kind: 'WorkflowInvalid', message, range, ...detail });
  }

  warn(range: SourceRange, message: string, remedy: string): void {
    this.all.push({ severity: 'warning', kind: 'WorkflowInvalid', message, range, remedy });
  }

  /** Puts the problems into the order of the text. */
  sort(): void {
    this.all.sort((a, b) => a.range.line - b.range.line || a.range.column - b.range.column);
  }

  /** Errors so far. */
  get errors(): number {
    return this.all.filter(({ severity }) => severity === 'error').length;
  }
}
