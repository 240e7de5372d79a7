/** What went wrong, as the few classes that callers tell apart. One sentence of teaching each. */
export const errorKinds = {
  CommitFailed:
    'Another writer moved the table first. Nothing was committed; trying again is safe.',
  Validation: 'The operation conflicts with a commit made since it started. It is never retried.',
  CommitStateUnknown: 'The swap may or may not have happened. Nothing is deleted.',
  IllegalArgument: 'The request contradicts itself or the table.',
  IllegalState: 'The table is not in the state that the request needs.',
  NoSuchTable: 'The catalog has no table of that name.',
  AlreadyExists: 'A file or table of that name exists already.',
  NotFound: 'A file that was asked for does not exist.',
  Corrupt: 'A file does not follow its format.',
  Unsupported: 'A feature of the format that is not supported here.',
  WorkflowInvalid: 'The workflow text breaks the grammar of Flare.',
  SqlInvalid: 'A statement cannot be analysed or failed while it ran.',
  InputInvalid: 'An input is missing or holds what cannot be read.',
  AccessDenied: 'An output is written without acl=rw.',
  StorageFull: 'The browser has no room left for this site.',
  StorageUnavailable: 'The browser does not let this page store files.',
  WorkerKilled: 'The worker ended before it answered.',
  Internal: 'A fault in this program.',
} as const;

/** The name of an error class. */
export type ErrorKind = keyof typeof errorKinds;

/** A place in a text of the user's: lines and columns count from 1, the end is exclusive. */
export interface SourceRange {
  line: number;
  column: number;
  endLine: number;
  endColumn: number;
}

/** An {@link IcejamError} as plain data, for crossing a worker's border and for reports. */
export interface ErrorValue {
  kind: ErrorKind;
  message: string;
  context: Record<string, string>;
  retryable: boolean;
  /** What the user can do about it, as one sentence. */
  remedy?: string;
  /** Where in the user's text the cause stands. */
  range?: SourceRange;
}

/** What may be said of an error beyond its kind and message. */
export interface ErrorOptions {
  context?: Record<string, string>;
  retryable?: boolean;
  remedy?: string;
  range?: SourceRange;
  cause?: unknown;
}

/** The one error class of the project. Retrying code reads `retryable`, never the message. */
export class IcejamError extends Error {
  readonly kind: ErrorKind;
  readonly context: Record<string, string>;
  readonly retryable: boolean;
  readonly remedy: string | undefined;
  readonly range: SourceRange | undefined;

  constructor(kind: ErrorKind, message: string, options: ErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'IcejamError';
    this.kind = kind;
    this.context = options.context ?? {};
    this.retryable = options.retryable ?? false;
    this.remedy = options.remedy;
    this.range = options.range;
  }

  /** This error as plain data; the cause stays behind. */
  toValue(): ErrorValue {
    return {
      kind: this.kind,
      message: this.message,
      context: this.context,
      retryable: this.retryable,
      ...(this.remedy === undefined ? {} : { remedy: this.remedy }),
      ...(this.range === undefined ? {} : { range: this.range }),
    };
  }

  /** The error that a value from another worker stands for. */
  static fromValue(value: ErrorValue): IcejamError {
    return new IcejamError(value.kind, value.message, value);
  }

  /** Any thrown thing as an IcejamError: what is not one already is a fault of this program. */
  static from(thrown: unknown): IcejamError {
    if (thrown instanceof IcejamError) return thrown;
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    return new IcejamError('Internal', message, { cause: thrown });
  }
}
