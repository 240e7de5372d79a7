import type { ErrorValue } from '../../error.ts';
import { exhaustive } from '../../exhaustive.ts';
import type { FileSummary } from '../../iceberg/stop.ts';
import type { RaceEvent } from '../../race/event.ts';
import type { Detail } from '../../race/history.ts';
import type { Past } from '../../race/past.ts';
import { counted, fileName, grouped, joined, sized } from '../../words.ts';
import { strings } from '../strings.ts';
import type { Comparison, DifferenceLine, Fact, FileLine } from './fact.ts';
import { type Removal, removalsOf } from './removals.ts';
import { fileFact, lost, snapshotFact, versionText, won } from './swap-inspection.ts';

const texts = strings.inspector;

/** What there is to see at an event. */
export interface Inspection {
  headline: string;
  tone: 'plain' | 'won' | 'lost' | 'refused' | 'unknown' | 'killed';
  comparison: Comparison | null;
  difference: DifferenceLine[];
  facts: Fact[];
  files: FileLine[];
  /** What a commit replaces by rule. */
  removals: Removal[];
  error: ErrorValue | null;
}

/** What an event shows, given what came before it. */
export function inspect(event: RaceEvent, past: Past): Inspection {
  const { detail } = event;
  const plain: Inspection = {
    headline: strings.stop[detail.stop].headline,
    tone: 'plain',
    comparison: null,
    difference: [],
    facts: [],
    files: [],
    removals: [],
    error: null,
  };
  switch (detail.stop) {
    case 'start':
      return { ...plain, facts: [{ label: texts.protocol, value: detail.protocol }] };
    case 'inputs-read':
      return { ...plain, files: detail.inputs.map(inputLine) };
    case 'rows-computed':
      return { ...plain, facts: computed(detail) };
    case 'data-written':
      return {
        ...plain,
        facts: [{ label: texts.took, value: texts.ms(detail.ms) }],
        files: detail.files.map((file) => fileLine('new', file)),
      };
    case 'manifests-written':
      return { ...plain, files: detail.files.map((file) => fileLine('new', file)) };
    case 'base-read':
      return { ...plain, facts: [...baseFacts(detail), ...waitFacts(past)] };
    case 'validated':
      return {
        ...plain,
        facts: [
          { label: texts.isolation, value: detail.isolation },
          ...(detail.isolation === 'none'
            ? []
            : [snapshotFact(texts.since, detail.since, texts.beginning)]),
        ],
        files: detail.removes.map((file) => fileLine('removed', file)),
        removals: removalsOf(detail.removes, past),
      };
    case 'list-written':
      return {
        ...plain,
        facts: [
          { label: texts.operation, value: detail.operation },
          snapshotFact(texts.snapshot, detail.snapshotId),
        ],
        files: [fileLine('new', detail.file)],
      };
    case 'metadata-written':
      return { ...plain, files: [fileLine('new', detail.file)] };
    case 'before-swap':
      return {
        ...plain,
        comparison: {
          expected: versionText(detail.expected.version),
          found: null,
          same: null,
          becomes: null,
        },
        facts: [fileFact(texts.next, detail.next)],
      };
    case 'swap-won': {
      const removes = detail.operation === 'create' ? [] : past.latest('validated')?.removes;
      const removals = removalsOf(removes ?? [], past);
      return { ...plain, ...won(detail, past), removals };
    }
    case 'swap-lost': {
      const { facts, ...shown } = lost(detail, event, past);
      return { ...plain, tone: 'lost', ...shown, facts: [...facts, ...waitFacts(past)] };
    }
    case 'cleaned-up':
      return {
        ...plain,
        files: detail.deleted.map((path) => ({
          mark: 'gone',
          name: fileName(path),
          path,
          note: '',
        })),
      };
    case 'finished':
      return {
        ...plain,
        tone: 'won',
        facts: [
          { label: texts.rows, value: grouped(detail.rows) },
          { label: strings.stop['data-written'].name, value: grouped(detail.files) },
        ],
      };
    case 'failed':
      return { ...plain, ...failure(detail.error, event, past) };
    case 'unknown':
      return { ...plain, tone: 'unknown', error: detail.error };
    default:
      return exhaustive(detail);
  }
}

function fileLine(mark: FileLine['mark'], { path, bytes, rows, partition }: FileSummary): FileLine {
  const name = partition ? `${partition}/${fileName(path)}` : fileName(path);
  const note = rows === undefined ? sized(bytes) : `${counted(rows, 'row')}, ${sized(bytes)}`;
  return { mark, name, path, note };
}

function inputLine({ name, dataset, rows, bytes }: Detail<'inputs-read'>['inputs'][number]) {
  return {
    mark: 'kept' as const,
    name,
    path: dataset,
    note: `${counted(rows, 'row')}, ${sized(bytes)}`,
  };
}

function computed({ rows, statements }: Detail<'rows-computed'>): Fact[] {
  return [
    { label: texts.rows, value: grouped(rows) },
    ...statements.map(({ name, ms }) => ({ label: name, value: texts.ms(ms) })),
  ];
}

function baseFacts({ base }: Detail<'base-read'>): Fact[] {
  return [
    { label: texts.version, value: versionText(base.version) },
    { label: texts.rowsOfTable, value: grouped(base.rows) },
    snapshotFact(texts.snapshot, base.snapshotId),
    ...(base.location === null ? [] : [fileFact(texts.metadata, base.location)]),
  ];
}

/** How long the job waited for the table, and for whom. */
function waitFacts(past: Past): Fact[] {
  const wait = past.queueWait();
  if (wait === null) return [];
  const { wait: waited, waiting, holder, noHolder } = strings.stopFiles;
  return [
    { label: waited, value: wait.ms === null ? waiting : texts.ms(wait.ms) },
    ...(wait.ms === null || wait.holders.length > 0
      ? [{ label: holder, value: joined(wait.holders) || noHolder }]
      : []),
  ];
}

function failure(error: ErrorValue, event: RaceEvent, past: Past): Partial<Inspection> {
  if (error.kind === 'WorkerKilled') return { headline: texts.killed, tone: 'killed', error };
  const refused = error.kind === 'Validation' || error.kind === 'CommitFailed';
  const last = error.kind === 'CommitFailed' ? past.latest('swap-lost') : undefined;
  return {
    ...(refused ? {} : { headline: texts.failed }),
    ...(last === undefined ? {} : gaveUp(error, lost(last, event, past))),
    tone: 'refused',
    error,
  };
}

/** The swap that was one too many, and what Iceberg says of it, which is too long to read. */
function gaveUp({ message }: ErrorValue, last: ReturnType<typeof lost>): Partial<Inspection> {
  const says = { label: texts.says, value: texts.saysShort(message), copy: message };
  return { comparison: last.comparison, difference: last.difference, facts: [says] };
}
