import type { Name } from '../ast.ts';
import type { Context } from './context.ts';
import type { Column, Value } from './value.ts';

/** A relation of FROM: the parts of its name, and its columns if they are known. */
export interface Source {
  names: string[];
  columns: Column[] | null;
  /** Columns that it was joined by (USING, NATURAL): a star shows them once, and first. */
  merged?: string[];
}

/** What a path of names was found to be: a column, and the fields of it that are asked for. */
export interface Found {
  column: Column;
  fields: Name[];
}

/** The names that an expression may use. */
export class Scope {
  readonly context: Context;
  readonly sources: readonly Source[];
  readonly parent: Scope | null;
  /** Queries of WITH by their names in small letters. */
  readonly commonTables: Map<string, Column[] | null>;
  /** The WITH clause, in DuckDB's SQL, that a query over these relations needs. */
  withText: string;
  /** Columns of the select list that later items and clauses may use. */
  readonly aliases = new Map<string, Column>();
  /** Names that stand for another expression: lambda parameters' own, and `window` of GROUP BY. */
  readonly replaced = new Map<string, Value>();
  /** The expressions of GROUP BY, for `grouping_id()`; those that no grouping set holds are never kept. */
  grouped: { value: Value; kept: boolean }[] = [];

  constructor(
    context: Context,
    sources: readonly Source[],
    parent: Scope | null,
    commonTables: Map<string, Column[] | null>,
  ) {
    this.context = context;
    this.sources = sources;
    this.parent = parent;
    this.commonTables = commonTables;
    this.withText = parent?.withText ?? '';
  }

  /** A scope inside this one, with these relations. */
  inner(sources: readonly Source[], commonTables = this.commonTables): Scope {
    return new Scope(this.context, sources, this, commonTables);
  }

  /** Makes a query of WITH known by its name. */
  addCommonTable(name: string, columns: Column[] | null): void {
    this.commonTables.set(name.toLowerCase(), columns);
  }

  /** The column that a path means, if that is certain. */
  find(path: readonly Name[]): Found | null {
    return this.#findHere(path) ?? this.parent?.find(path) ?? null;
  }

  /** What a name was replaced by. */
  replacement(name: string): Value | undefined {
    return this.replaced.get(name.toLowerCase()) ?? this.parent?.replacement(name);
  }

  #findHere(path: readonly Name[]): Found | null {
    for (let qualifiers = path.length - 1; qualifiers >= 0; qualifiers--) {
      const qualifier = path.slice(0, qualifiers).map(({ text }) => text.toLowerCase());
      const name = path[qualifiers]?.text ?? '';
      const found = this.#findIn(qualifier, name);
      if (found === 'unknown') return null;
      if (found !== null) return { column: found, fields: path.slice(qualifiers + 1) };
    }
    return null;
  }

  #findIn(qualifier: string[], name: string): Column | 'unknown' | null {
    const sources = this.sources.filter(({ names }) => endsWith(names, qualifier));
    const columns = sources.flatMap(({ columns }) => columns ?? []).filter(named(name));
    const [column] = columns;
    if (column !== undefined) return columns.every(sameType(column)) ? column : 'unknown';
    if (sources.some(({ columns }) => columns === null)) return 'unknown';
    return qualifier.length === 0 ? (this.aliases.get(name.toLowerCase()) ?? null) : null;
  }
}

function named(name: string): (column: Column) => boolean {
  return (column) => column.name.toLowerCase() === name.toLowerCase();
}

function sameType(column: Column): (other: Column) => boolean {
  return (other) => JSON.stringify(other.type) === JSON.stringify(column.type);
}

function endsWith(names: string[], qualifier: string[]): boolean {
  const tail = names.slice(names.length - qualifier.length);
  return (
    qualifier.length <= names.length &&
    tail.every((name, index) => name.toLowerCase() === qualifier[index])
  );
}
