import { quoted } from '../engine/types.ts';
import type { FlareJob } from '../flare/workflow.ts';
import { runAction } from './actions.ts';
import { readInputs } from './inputs.ts';
import { findEarlierCommits, type PerhapsCommitted } from './earlier-commits.ts';
import type { JobContext } from './job-context.ts';
import { sinkRelation, type SinkResult, writeSink } from './sink.ts';
import { Views } from './statements.ts';

/**
 * Does one Flare job: inputs, statements in order as views, then each sink computed, written and committed,
 * then the actions; but not the sinks that an earlier run of the job has committed. Stops at the first commit that is
 * not certain. Throws what is wrong with inputs, statements and rows.
 */
export async function runFlareJob(
  context: JobContext,
  job: FlareJob,
  perhapsCommitted: PerhapsCommitted,
): Promise<SinkResult[]> {
  const { engine, gate, ports } = context;
  const earlier = await findEarlierCommits(context, job.sinks, perhapsCommitted);
  const sinks = job.sinks.filter((sink) => !earlier.has(sink));
  const results = [...earlier.values()];
  if (sinks.length === 0 && results.length > 0 && job.actions.length === 0) return results;
  // A job that only maintains tables does not read their rows.
  const inputs = sinks.length === 0 ? [] : await readInputs(context, job.inputs);
  await gate(null, 0, { stop: 'inputs-read', inputs });
  const views = new Views(context, job);
  for (const sink of sinks) {
    const startedAt = ports.clock.now();
    const columns = views.materialize(sink.view, sinkRelation(sink));
    const rows = countRows(context, sinkRelation(sink));
    await gate(null, 0, {
      stop: 'rows-computed',
      rows,
      statements: [{ name: sink.view, ms: ports.clock.now() - startedAt }],
    });
    results.push(await writeSink(context, sink, columns));
    engine.execute(`DROP TABLE ${quoted(sinkRelation(sink))}`);
    if (results.at(-1)?.commit.outcome !== 'committed') return results;
  }
  for (const action of job.actions) {
    const result = await runAction(context, action);
    if (result !== null) results.push({ commit: result, rows: 0, files: 0 });
    if (result !== null && result.outcome !== 'committed') return results;
  }
  return results;
}

function countRows({ engine }: JobContext, relation: string): number {
  const { rows } = engine.query(`SELECT count(*) AS n FROM ${quoted(relation)}`);
  return Number(rows[0]?.n ?? 0);
}
