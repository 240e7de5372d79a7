import { quoted } from '../engine/types.ts';
import type { FlareJob, Sink } from '../flare/workflow.ts';
import { runAction } from './actions.ts';
import type { Written } from './commit-files.ts';
import { readInputs } from './inputs.ts';
import { findEarlierCommits, type PerhapsCommitted } from './earlier-commits.ts';
import type { JobContext } from './job-context.ts';
import { target } from './row-deleter.ts';
import { sinkRelation, writeSink } from './sink.ts';
import { readsViews, Views } from './statements.ts';

/**
 * Does one Flare job: inputs, statements in order as views, then each sink computed, written and committed, then the
 * actions; but not the sinks that an earlier run of the job has committed. Adds what it wrote to `done` as it goes on,
 * and stops at the first commit that is not certain. Throws what is wrong with inputs, statements, rows and actions; what
 * is in `done` by then stays committed.
 */
export async function runFlareJob(
  context: JobContext,
  job: FlareJob,
  perhapsCommitted: PerhapsCommitted,
  done: Written[],
): Promise<void> {
  const earlier = await findEarlierCommits(context, job.sinks, perhapsCommitted);
  done.push(...earlier.values());
  const left = { ...job, sinks: job.sinks.filter((sink) => !earlier.has(sink)) };
  if (left.sinks.length === 0 && earlier.size > 0 && job.actions.length === 0) return;
  const views = await readViews(context, left);
  for (const sink of left.sinks) {
    done.push(await runSink(context, sink, views));
    if (done.at(-1)?.commit.outcome !== 'committed') return;
  }
  for (const action of job.actions) {
    const written = await runAction(context, action, views);
    if (written !== null) done.push(written);
    if (written !== null && written.commit.outcome !== 'committed') return;
  }
}

/** A job that only maintains tables does not read their rows. */
async function readViews(context: JobContext, job: FlareJob): Promise<Views> {
  const needsRows =
    job.sinks.length > 0 ||
    job.actions.some(({ deleteWhere }) => deleteWhere && readsViews(deleteWhere, target));
  const inputs = needsRows ? await readInputs(context, job) : [];
  await context.gate(null, 0, { stop: 'inputs-read', inputs });
  return new Views(context, needsRows ? job : { ...job, inputs: [], statements: [] });
}

async function runSink(context: JobContext, sink: Sink, views: Views): Promise<Written> {
  const { engine, gate, ports } = context;
  const startedAt = ports.clock.now();
  const columns = views.materialize(sink.view, sinkRelation(sink));
  const rows = countRows(context, sinkRelation(sink));
  await gate(null, 0, {
    stop: 'rows-computed',
    rows,
    statements: [{ name: sink.view, ms: ports.clock.now() - startedAt }],
  });
  const written = await writeSink(context, sink, columns);
  engine.execute(`DROP TABLE ${quoted(sinkRelation(sink))}`);
  return written;
}

function countRows({ engine }: JobContext, relation: string): number {
  const { rows } = engine.query(`SELECT count(*) AS n FROM ${quoted(relation)}`);
  return Number(rows[0]?.n ?? 0);
}
