import { alwaysTrue } from '../iceberg/expression.ts';
import type { Schema } from '../iceberg/table-metadata.ts';
import { everything, type Scope } from '../iceberg/validation.ts';
import type { FlareJob } from '../flare/workflow.ts';
import type { Relation, Select } from '../spark/ast.ts';
import { parseStatement } from '../spark/parser/statement.ts';
import { translate } from '../spark/translate.ts';
import { rowFilter } from './row-filter.ts';

/**
 * The parts of a table that a job reads as its input `name`, from the WHERE of the statements over it: one scope for
 * each. The whole table where a statement joins it, reads it twice or in a subquery, and where a sink writes it as it is.
 */
export function readScopes(job: FlareJob, name: string, schema: Schema): Scope[] {
  const isInput = (other: string) => other.toLowerCase() === name.toLowerCase();
  if (job.sinks.some(({ view }) => isInput(view))) return [everything];
  return job.statements.flatMap(({ sql }) => {
    const references = translate(sql).tables.filter((table) => isInput(table.name.join('.')));
    return references.length === 0 ? [] : [scopeOf(sql, references.length, schema)];
  });
}

function scopeOf(sql: string, references: number, schema: Schema): Scope {
  const select = onlySelect(sql);
  const [relation, ...others] = select?.from ?? [];
  const alias = relation && aliasOf(relation);
  if (!select || alias === undefined || others.length > 0 || references > 1) return everything;
  const { filter } =
    select.where === null ? { filter: alwaysTrue } : rowFilter(select.where, schema, alias);
  return { filter };
}

/** The one SELECT that a statement is, if nothing stands around it that could read more. */
function onlySelect(sql: string): Select | null {
  const statement = parseStatement(sql);
  if (statement.kind !== 'query' || statement.query.with.length > 0) return null;
  const { body } = statement.query;
  return body.kind === 'select' ? body : null;
}

/** The name by which a statement knows a table that it reads directly. */
function aliasOf(relation: Relation): string | undefined {
  if (relation.kind !== 'table') return undefined;
  return relation.alias?.name.text ?? relation.path.names.at(-1)?.text;
}
