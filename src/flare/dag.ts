import type { Job } from './workflow.ts';

/** What the DAG needs to know of a job. */
export type Node = Pick<Job, 'name' | 'dependencies'>;

/** How far a run has come: jobs that have started, and how those that ended did. */
export interface Progress {
  started: ReadonlySet<string>;
  succeeded: ReadonlySet<string>;
  failed: ReadonlySet<string>;
}

/** What to do next: jobs to start now, and jobs that will never run with the failed job they hang on. */
export interface Next {
  start: string[];
  skip: { job: string; because: string }[];
}

/**
 * Which jobs may start now, and which are skipped. A job starts when all its dependencies succeeded;
 * one that depends, however far, on a failed job is skipped. Both in the order of the text.
 */
export function nextJobs(jobs: readonly Node[], progress: Progress): Next {
  const next: Next = { start: [], skip: [] };
  for (const { name, dependencies } of jobs) {
    if (progress.started.has(name)) continue;
    const because = failedAncestor(name, jobs, progress.failed);
    if (because !== null) next.skip.push({ job: name, because });
    else if (dependencies.every((dependency) => progress.succeeded.has(dependency))) {
      next.start.push(name);
    }
  }
  return next;
}

function failedAncestor(
  name: string,
  jobs: readonly Node[],
  failed: ReadonlySet<string>,
): string | null {
  for (const job of jobs) {
    if (failed.has(job.name) && dependentsOf(jobs, job.name).includes(name)) return job.name;
  }
  return null;
}

/** All jobs that wait for `name`, directly or not, in the order of the text. */
export function dependentsOf(jobs: readonly Node[], name: string): string[] {
  const found = new Set([name]);
  let size = 0;
  while (size !== found.size) {
    size = found.size;
    for (const job of jobs) {
      if (job.dependencies.some((dependency) => found.has(dependency))) found.add(job.name);
    }
  }
  return jobs.map((job) => job.name).filter((job) => job !== name && found.has(job));
}

/** The jobs in rows: each row waits only for rows before it. Jobs of a cycle are left out. */
export function levels(jobs: readonly Node[]): string[][] {
  const done = new Set<string>();
  const rows: string[][] = [];
  for (;;) {
    const row = jobs
      .filter(({ name, dependencies }) => !done.has(name) && dependencies.every((d) => done.has(d)))
      .map(({ name }) => name);
    if (row.length === 0) return rows;
    for (const name of row) done.add(name);
    rows.push(row);
  }
}

/** Jobs that wait for each other in a circle, in order; empty if there are none. Unknown names are ignored. */
export function findCycle(jobs: readonly Node[]): string[] {
  const names = new Set(jobs.map(({ name }) => name));
  const known = jobs.map(({ name, dependencies }) => ({
    name,
    dependencies: dependencies.filter((dependency) => names.has(dependency)),
  }));
  const ordered = new Set(levels(known).flat());
  const waiting = new Map(known.map((job) => [job.name, job.dependencies]));
  // Whoever is in no level waits for another such job, so following them comes round at last.
  const path: string[] = [];
  let name = known.find((job) => !ordered.has(job.name))?.name;
  while (name !== undefined && !path.includes(name)) {
    path.push(name);
    name = waiting.get(name)?.find((dependency) => !ordered.has(dependency));
  }
  return name === undefined ? [] : path.slice(path.indexOf(name));
}
