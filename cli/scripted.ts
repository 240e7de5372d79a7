import type { Protocol } from '../src/iceberg/stop.ts';
import type { JobOutcome, WorkflowReport } from '../src/race/report.ts';
import type { Script } from '../src/race/script.ts';
import type { App } from './app.ts';
import { shippedWorkflow } from './taxi.ts';

/** The jobs of the append workflow, in turn the one that swaps late and the one that swaps before it. */
const jobs = ['nytaxi-vendor-one', 'nytaxi-vendor-two'] as const;

/** What a race is compared by: whatever the script is to repeat. */
interface Course {
  script: Script;
  ends: [job: string, outcome: JobOutcome, attempts: number][];
}

/**
 * Runs scripted races of the append workflow over the dropped trips: one that says only who swaps first, the next ones
 * over the whole script of the first, stop by stop. Tells each deviation, and takes note of each race.
 */
export async function followManyTimes(
  app: App,
  { protocol, races, deviate }: { protocol: Protocol; races: number; deviate: Deviate },
): Promise<void> {
  const text = shippedWorkflow('append');
  // The commit that creates the table has stops of its own.
  await app.run(text, { protocol });
  const known = new Map<string, Course>();
  for (let race = 1; race <= races; race++) {
    const [late, early] = race % 2 === 0 ? jobs : [jobs[1], jobs[0]];
    const before = known.get(late);
    const script = before?.script ?? [
      { do: 'run', job: late, at: 'before-swap', attempt: 1 },
      { do: 'run', job: early, at: 'finished' },
    ];
    const { workflows } = await app.run(text, { protocol, script: [...script] });
    const course = courseOf(workflows);
    const attempts = protocol === 'unsafe' ? 1 : 2;
    const place = `${protocol}, race ${race}`;
    if (!course.ends.some(([job, , tried]) => job === late && tried === attempts)) {
      deviate(`${place}: ${late} did not try ${attempts} times: ${JSON.stringify(course.ends)}`);
    }
    known.set(late, before ?? course);
    if (before === undefined || JSON.stringify(before) === JSON.stringify(course)) continue;
    deviate(`${place} is another one:\n${JSON.stringify(before)}\n${JSON.stringify(course)}`);
  }
}

type Deviate = (what: string) => void;

function courseOf(workflows: readonly WorkflowReport[]): Course {
  const [report] = workflows;
  if (report === undefined) throw new Error('There was no race');
  const { script } = report;
  return {
    script,
    ends: report.jobs.map(({ name, outcome, attempts }) => [name, outcome, attempts]),
  };
}
