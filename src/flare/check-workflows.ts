import { checkSql } from './check-sql.ts';
import { readWorkflows } from './parse.ts';
import type { Problem } from './problem.ts';
import type { Workflow } from './workflow.ts';

/**
 * The workflows of a text as `parseWorkflows` reads them, the SQL in them checked too as far as that can be done
 * without its tables. Never throws.
 */
export function checkWorkflows(text: string): { workflows: Workflow[]; problems: Problem[] } {
  const { workflows, problems } = readWorkflows(text);
  // A part that could not be read may be the one that defines what a statement reads.
  const complete = problems.errors === 0;
  for (const { stack } of workflows.flatMap(({ jobs }) => jobs)) {
    if (stack.kind === 'flare') checkSql(stack, complete, problems);
  }
  problems.sort();
  return { workflows: problems.errors > 0 ? [] : workflows, problems: problems.all };
}
