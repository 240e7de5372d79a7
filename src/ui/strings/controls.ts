import { grouped } from '../../words.ts';

/** How a race is steered on screen. */
export const controls = {
  pause: 'Pause',
  resume: 'Go on',
  step: 'Step',
  stepHint:
    'One stop further: of the chosen lane if it waits, else of the job that has waited longest. Where nobody waits, all are paused.',
  pace: 'Pace',
  paceFull: 'full pace',
  paceSlow: (factor: number) => `1/${grouped(factor)} of the pace`,
  paceMark: (factor: number) => (factor === 1 ? 'full' : `1/${grouped(factor)}`),
  meet: 'Meet',
  meetWhere: 'at the swap',
  meetHint:
    'Each job waits before its first swap until all have read the table: all but one must lose it.',
  changes: {
    label: 'Change how the jobs save',
    overwrite: 'Change append to overwrite (dynamic)',
    append: 'Change overwrite to append',
    serializable: 'Turn on isolation-level: serializable',
    'no-isolation': 'Turn off isolation-level',
  },
  safetyOff: 'Safety off',
  safetyOffHint: 'Swaps do not compare: a job may bury what another has committed.',
  lane: {
    hold: (job: string) => `Hold ${job} before its swap`,
    waits: (job: string) => `${job} will be held: do not hold it`,
    release: (job: string) => `Release ${job}`,
    kill: (job: string) => `Kill ${job}`,
    restart: (job: string) => `Run ${job} again`,
    menu: (job: string) => `Stops of ${job}`,
  },
  menu: {
    explain: 'Where this job waits until it is released, and where its worker is ended.',
    hold: 'hold',
    kill: 'kill',
    holdAt: (stop: string) => `Hold at ${stop}`,
    killAt: (stop: string) => `Kill at ${stop}`,
  },
  stops: { 'swap-won': 'swap won', 'swap-lost': 'swap lost' },
  holdHere: 'Hold here next time',
  holdHereNoMore: 'Do not hold here',
  heldBeforeSwap: (version: string) => `held before its swap: has read ${version}`,
  heldToCreate: 'held before its swap: found no table',
  heldAt: (stop: string) => `held at ${stop}`,
  queuedBehind: (job: string) => `waits for the table, behind ${job}`,
  queued: 'waits for the table',
  waits: 'waits',
  held: {
    beforeSwap: (job: string, version: string, table: string) =>
      `${job} is held before its swap. It has read ${version} of ${table}: if another job commits now, this swap is lost.`,
    beforeUnsafeSwap: (job: string, version: string, table: string) =>
      `${job} is held before its swap. It has read ${version} of ${table} and does not compare: what another job commits now will be buried.`,
    willLose: (job: string, version: string, table: string, now: string) =>
      `${job} is held before its swap. It has read ${version}, but ${table} is at ${now} by now: when it is released, its swap is lost.`,
    willBury: (job: string, version: string, table: string, now: string) =>
      `${job} is held before its swap. It has read ${version}, but ${table} is at ${now} by now: when it is released, it buries what was committed since.`,
    beforeCreation: (job: string, table: string) =>
      `${job} is held before its swap. It found no ${table}: if another job creates it now, this swap is lost.`,
    at: (job: string, stop: string) => `${job} is held at ${stop}. It goes on when it is released.`,
  },
  keys: {
    open: 'Keys and help',
    title: 'Keys',
    enabled: 'Single keys steer the page',
    close: 'Close',
    list: [
      ['Ctrl ↵', 'run the race'],
      ['Space  .', 'run, pause, go on'],
      ['→  Page Down', 'one stop forward'],
      ['←  Page Up', 'one event back'],
      ['1 … 9', 'choose a lane'],
      ['A', 'let the jobs meet at the swap, or not'],
      ['H', 'hold the lane at its next stop, or release it'],
      ['K', 'kill the lane’s worker'],
      ['S', 'safety off, or on again'],
      ['F', 'fork the race at the event that is looked at'],
      ['P', 'projector'],
      ['B  .', 'in the projector view: black screen, until the next key'],
      ['L', 'copy a link to this race'],
      ['/', 'go to the query'],
      ['Esc', 'leave the editor; back to the present'],
      ['?', 'this list'],
    ],
  },
  beyond: {
    held: (job: string) => `${job} is held`,
    hint: 'Show where it is held',
  },
  blank: 'The screen is black: any key brings it back',
  projector: { on: 'Projector: larger, and only what matters', off: 'Leave the projector view' },
} as const;
