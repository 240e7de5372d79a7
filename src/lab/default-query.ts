import { sqlName } from '../flare/address.ts';
import type { Sink, Workflow } from '../flare/workflow.ts';

/**
 * A query that shows what a workflow wrote: rows by partition of the table of its first sink, and by vendor where the
 * workflow speaks of vendors. `null` if the workflow writes nothing. Pure.
 */
export function defaultQuery(workflows: readonly Workflow[]): string | null {
  const stacks = workflows.flatMap(({ jobs }) => jobs.map(({ stack }) => stack));
  const flares = stacks.filter((stack) => stack.kind === 'flare');
  const sink = flares.flatMap(({ sinks }) => sinks)[0];
  if (sink === undefined) return null;
  const byVendor = flares.some(({ statements }) =>
    statements.some(({ sql }) => /\bvendor_id\b/i.test(sql)),
  );
  const groups = [...new Set([...(byVendor ? ['vendor_id'] : []), ...partitionGroups(sink)])];
  const table = sqlName(sink.address);
  if (groups.length === 0) return `select count(*) rows\nfrom ${table}`;
  const places = groups.map((_, index) => index + 1).join(', ');
  return `select ${groups.join(', ')}, count(*) rows\nfrom ${table}\ngroup by ${places} order by ${places}`;
}

/** Partition fields as expressions; buckets and truncated values say little to a reader. */
function partitionGroups({ partitionSpec }: Sink): string[] {
  return partitionSpec.flatMap(({ type, column }) => {
    switch (type) {
      case 'identity':
        return [column];
      case 'year':
      case 'month':
      case 'day':
      case 'hour':
        return [`${type}(${column}) ${type}`];
      default:
        return [];
    }
  });
}
