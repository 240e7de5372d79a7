import { counted, grouped, joined } from '../words.ts';
import { explorer } from './strings/explorer.ts';
import { controls } from './strings/controls.ts';
import { lessons } from './strings/lessons.ts';
import { races } from './strings/races.ts';
import { rules } from './strings/rules.ts';
import { tabs } from './strings/tabs.ts';
import { stopFiles } from './strings/stop-files.ts';
import { unsafe } from './strings/unsafe.ts';
import { tableImport } from './strings/table-import.ts';

/** Every text of the page that is not data: labels, hints, and what screen readers are told. */
export const strings = {
  explorer,
  lessons,
  races,
  tabs,

  app: {
    name: 'Icejam',
    tagline: 'Many writers, one Iceberg table, one browser tab.',
    privacy: 'Runs in this browser. Your files are not uploaded.',
  },

  bar: {
    label: 'Race controls',
    workflow: 'Workflow',
    run: 'Run the race',
    runShortcut: (mac: boolean) => (mac ? '⌘ ↵' : 'Ctrl ↵'),
    running: 'Running …',
    protocol: 'Protocol',
    protocols: {
      queued: {
        name: 'queued',
        hint: 'Compare-and-swap. A job that lost queues for the table, so nobody starves.',
      },
      optimistic: {
        name: 'optimistic',
        hint: 'Compare-and-swap. A job that lost waits and tries again, five attempts at most.',
      },
      unsafe: {
        name: 'unsafe',
        hint: 'No comparison: a swap cannot be lost, so rows can. The table is marked.',
      },
    },
    reset: {
      open: 'Start over',
      title: 'Start over?',
      explain:
        'This deletes every table, every dropped file and every race that this page stored in this browser. Your own files stay where they are.',
      confirm: 'Delete everything',
      cancel: 'Keep it',
    },
    theme: {
      now: (look: string) => `Look: ${look}`,
      system: 'as the system',
      light: 'light',
      dark: 'dark',
    },
  },

  dropzone: {
    title: 'Dropzone',

    prompt: 'Drop JSON here, or',
    choose: 'choose files',

    sampleNote: 'The sample trips load with the first run.',
    reading: (name: string) => `Reading ${name} …`,
    contents: (rows: number, columns: number) =>
      `${counted(rows, 'row')}, ${counted(columns, 'column')}`,
    file: (name: string, rows: number) => `${name}: ${counted(rows, 'row')}`,
    rejected: (rows: number) => `${counted(rows, 'row')} rejected`,
    more: (count: number) => `and ${grouped(count)} more`,
    clear: 'Empty',
  },

  editor: {
    title: 'Workflow',
    label: 'Workflow, as YAML. Press Escape, then Tab, to leave the editor.',
    loading: 'Loading the editor …',
    noProblems: 'no problems',
    problems: (count: number) => counted(count, 'problem'),
    problemsLabel: 'Problems of the workflow',
    place: (line: number, column: number) => `${grouped(line)}:${grouped(column)}`,
    dagLabel: 'Jobs of the workflow',
    stale: 'as last understood',
    writes: 'write',
    writesOne: 'writes',
    moves: 'moves',
    examples: {
      append: 'Two jobs append',
      'overwrite-dynamic': 'Two jobs overwrite',
      'set-metadata': 'Register the latest version',
    },
  },

  race: {
    title: 'Race',
    label: 'Race diagram. Left and right move between events, up and down between jobs.',
    axis: {
      label: 'Axis',
      events: 'Events',
      clock: 'Clock',
      eventsNote: 'one column per event',
      clockNote: 'true time',
    },
    table: 'the table',
    attempt: (attempt: number) => `attempt ${grouped(attempt)}`,
    create: 'create the table',
    createShort: 'create',
    work: { read: 'read', compute: 'compute', write: 'write files' },
    created: 'created',
    rows: (rows: number) => counted(rows, 'row'),
    replaced: (rows: number) => `${grouped(rows)} replaced`,
    version: (version: number) => `v${grouped(version)}`,
    none: 'none',
    expected: (version: string) => `expected ${version},`,
    found: (version: string) => `found ${version}`,
    differs: (expected: string, found: string) => `${expected} ≠ ${found}`,
    differsFrom: (found: string) => `≠ ${found}`,
    queued: 'queued',
    waited: (ms: number) => `${grouped(Math.round(ms))} ms`,
    waitsFor: (names: readonly string[]) => `waits for ${joined(names)}`,
    skipped: 'skipped: a job that it depends on did not commit',
    starting: 'starting …',
    idle: 'Many writers, one table. Run the race: each job gets a lane, and each commit moves the table.',
    back: 'Step back',
    forward: 'Step forward',
    live: 'To the end',
    earlier: 'Earlier events',
    later: 'Later events',
    at: (index: number, count: number) => `event ${grouped(index)} of ${grouped(count)}`,
    log: 'Event log',
    killed: 'killed',
    forked: 'forked here; behind it the old future',
    forget: 'Hide the old future',
    legend: {
      label: 'What the marks mean',
      read: 'read its base',
      won: 'won the swap',
      lost: 'lost, tries again',
      refused: 'refused',
      unknown: 'nobody can tell',
      killed: 'killed',
    },
  },

  outcome: {
    committed: 'committed',
    rejected: 'refused',
    unknown: 'unknown',
    skipped: 'skipped',
    killed: 'killed',
  },

  stop: {
    start: { name: 'start', headline: 'The job starts' },
    'inputs-read': { name: 'inputs', headline: 'The inputs are read' },
    'rows-computed': { name: 'rows', headline: 'The rows are computed' },
    'data-written': { name: 'data files', headline: 'The data files are written' },
    'manifests-written': { name: 'manifests', headline: 'The manifests are written' },
    'base-read': { name: 'base', headline: 'The base is read' },
    validated: { name: 'validation', headline: 'Nothing stands in the way' },
    'list-written': { name: 'manifest list', headline: 'The manifest list is written' },
    'metadata-written': { name: 'metadata file', headline: 'The next metadata file is written' },
    'before-swap': { name: 'before the swap', headline: 'Ready to swap' },
    'swap-won': { name: 'swap', headline: 'Won: the pointer has moved' },
    'swap-lost': { name: 'swap', headline: 'Lost: somebody else was first' },
    'cleaned-up': { name: 'clean-up', headline: 'Cleaned up' },
    finished: { name: 'end', headline: 'Done' },
    failed: { name: 'end', headline: 'Refused' },
    unknown: { name: 'end', headline: 'Nobody can tell' },
  },

  inspector: {
    empty: 'Inspector',
    steps: [
      {
        do: 'Run the race.',
        say: 'Each job reads the table, writes its files and swaps the pointer.',
      },
      {
        do: 'Pick an event in the diagram.',
        say: 'Here is what the job held in its hands at that moment.',
      },
      {
        do: 'Step in.',
        say: 'Hold a job before its swap, kill it, or let it swap unsafe: the verdict says what it did to the rows.',
      },
    ],
    stepsLabel: 'First steps',
    lesson: 'Open the first lesson',
    created: 'Won: the table exists',
    put: 'Put without comparing: nobody was in between',
    buried: 'Put without comparing: a version is buried',
    createLost: 'The table exists already',
    killed: 'Killed',
    failed: 'Failed',
    expected: 'expected',
    found: 'found',
    noTable: 'no table',
    noSnapshot: 'none',
    ours: 'ours',
    difference: 'What the swap changes',
    adds: (operation: string, rows: number) => `${operation}, +${grouped(rows)}`,
    makes: (operation: string, rows: number) => `${operation}, ${counted(rows, 'row')}`,
    unread: '?',
    becomes: (version: string) => `now ${version}`,
    protocol: 'protocol',
    rows: 'rows',
    rowsOfTable: 'rows of the table',
    version: 'version',
    snapshot: 'snapshot',
    operation: 'operation',
    metadata: 'metadata',
    isolation: 'isolation',
    since: 'checked since',
    beginning: 'the beginning',
    took: 'took',
    ms: (ms: number) => `${grouped(Math.round(ms))} ms`,
    next: 'next',
    nextWait: (ms: string) => `wait ${ms}, then read again`,
    nextQueue: 'queue, then read again',
    nextGiveUp: 'give up',
    says: 'Iceberg says',
    saysShort: (message: string) => `${message.slice(0, 22)} …`,
    mark: { kept: 'kept', gone: 'thrown away', new: 'new', removed: 'replaced' },
    files: (count: number, total: string) => `${counted(count, 'file')}, ${total}`,
    dataFiles: (count: number) => counted(count, 'data file'),
    manifests: (count: number) => counted(count, 'manifest'),
    manifestList: 'manifest list',
    metadataFile: 'metadata file',
    showLine: (line: number) => `Show line ${grouped(line)}`,
    showRule: 'Show the rule',
    showFiles: 'Show the files',
    runAgain: 'Run this job again',
    close: 'Close',
    conflict: {
      title: 'The files in conflict',
      explain:
        'They came into the table, or left it, between what this job had read and its commit.',
      message: 'What Iceberg says:',
      elder: 'older than this race, or written by somebody else',
    },
    copy: (what: string) => `Copy ${what}`,
    copied: 'Copied',
  },

  controls,

  rules,

  stopFiles,

  unsafe,

  verdict: {
    title: 'Verdict',
    details: 'What the check found',
    holds: 'Holds',
    violated: 'Violated',
    'cannot-tell': 'Cannot tell',
    none: 'After each race, the history is checked from the files of the table.',
    checking: 'The race is on. It is judged when all jobs have ended.',
    lostUpdate: 'Violated: lost update',
    witness: {
      label: (first: string, second: string) =>
        `The contradiction: ${first} and ${second} each come before the other`,
      made: (version: number) => `made v${grouped(version)}`,
      pointer: (first: number, second: number) => `v${grouped(first)}, then v${grouped(second)}`,
      never: (base: number, buried: number) => `read v${grouped(base)}, not v${grouped(buried)}`,
      explain: 'Each comes before the other: no order of the two explains the table.',
    },
    exhibit: {
      label: {
        'write-skew': 'The circle: each comes before the next, and the last before the first',
        scan: 'What was read, and who made what was seen',
      },
      explain: {
        'write-skew':
          'Each read what the next one changed afterwards: no order of the jobs explains it.',
        scan: 'A scan is of one version of the table, whole.',
      },
      read: (versions: readonly number[]) =>
        joined(versions.map((version) => `read v${grouped(version)}`)),
    },
    note: 'Checked from the files, not from the log.',
    ledger: 'Rows told and rows found, by job',
    job: 'job',
    told: 'told',
    found: 'in table',
    replaced: 'replaced',
    missing: 'missing',
  },

  notices: {
    label: 'What the jobs report',
    refused: (job: string) => `${job} was refused.`,
    failed: (job: string) => `${job} failed.`,
    unknown: (job: string) => `Nobody can tell whether ${job} committed.`,
    killed: (job: string) => `${job} was killed.`,
    skipped: (job: string) => `${job} was skipped.`,
    warning: (job: string) => `${job} has a remark.`,
    told: (job: string, command: string) => `${job}: ${command}`,
  },

  dock: {
    label: 'Workbench, files, log and races',
    tabs: { query: 'Workbench', files: 'Files', log: 'Event log', races: 'Races' },
  },

  workbench: {
    label: 'SQL. Press Control and Enter to ask; Escape, then Tab, to leave the editor.',
    run: 'Ask',
    view: 'Version to read',
    latest: 'latest version',
    registered: (version: number | undefined) =>
      `registered version (${version === undefined ? 'none yet' : `v${grouped(version)}`})`,
    snapshot: (version: number | null, operation: string, rows: string | undefined) =>
      [
        version === null ? 'snapshot' : `v${grouped(version)}`,
        operation,
        ...(rows === undefined ? [] : [counted(Number(rows), 'row')]),
      ].join(' · '),
    live: 'live',
    liveHint: 'Ask again after each commit',
    answered: (rows: number, ms: number) =>
      `${counted(rows, 'row')}, ${grouped(Math.round(ms))} ms`,
    at: (versions: readonly number[]) => `read v${versions.map(grouped).join(', v')}`,
    asking: 'asking …',
    empty: 'Run the race, or write a query: the answer comes here.',
    none: 'No rows.',
    result: 'Answer',
    reader: 'Rows seen by a reader',
    readerNote: 'Each step is a version. A reader sees one version, whole.',
    readerEmpty: 'While the jobs write, a reader counts the rows of the table at each commit.',
    readerChart: (steps: readonly string[]) => `Rows seen by a reader: ${steps.join(', ')}.`,
  },

  files: {
    empty: 'There is no table yet. Run the race, or drop an Iceberg table here.',
    table: 'Table',
    tree: 'What the table is made of',
    pointer: (version: number) => `pointer: v${grouped(version)}`,
    registered: (version: number | null) =>
      version === null ? 'registered: none' : `registered: v${grouped(version)}`,
    isRegistered: 'registered',
    metadata: 'metadata.json',
    snapshots: 'Snapshots',
    manifestList: 'manifest list',
    dataFiles: 'data files',
    manifest: 'manifest',
    deletes: 'deletes',
    pick: 'Pick a snapshot, a manifest or the metadata.',
    loading: 'Reading …',
    download: 'Download table',
    entry: {
      label: 'Entries of the manifest',
      status: 'status',
      file: 'file',
      partition: 'partition',
      rows: 'rows',
      bytes: 'bytes',
      sequence: 'sequence number',
      columns: 'columns',
      column: 'column',
      values: 'values',
      nulls: 'nulls',
      lower: 'lower bound',
      upper: 'upper bound',
    },
    counts: (added: number, existing: number, deleted: number) =>
      [
        ...(added > 0 ? [`+${grouped(added)}`] : []),
        ...(existing > 0 ? [`${grouped(existing)} kept`] : []),
        ...(deleted > 0 ? [`−${grouped(deleted)}`] : []),
      ].join(', '),
  },

  export: {
    title: 'Take the table with you',
    explain:
      'The zip holds the complete table, data and metadata. Iceberg names files by their full address, so say where you will unpack it.',
    location: 'Where it will lie',
    make: 'Make the zip',
    making: 'Packing …',
    commands: 'Then open it with',
    close: 'Close',
  },

  tableImport,

  log: {
    label: 'Event log',
    aloud: 'Race, told aloud',
    empty: 'Each event of the race is told here in one sentence.',
    at: (ms: number) => `${(ms / 1000).toFixed(2)} s`,
  },
} as const;
