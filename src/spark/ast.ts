import type { Span } from './sql-error.ts';
import type { SqlType } from './sql-type.ts';

/** A part of a name as it was written, without its quotes. */
export interface Name extends Span {
  text: string;
}

/** Names separated by dots. */
export interface Path extends Span {
  names: Name[];
}

/** The operators between two values; `xor` is Spark's `^`. */
export type BinaryOperator =
  | 'or'
  | 'and'
  | '='
  | '<=>'
  | '<>'
  | '<'
  | '<='
  | '>'
  | '>='
  | '||'
  | '+'
  | '-'
  | '*'
  | '/'
  | '%'
  | 'div'
  | '&'
  | '|'
  | 'xor';

/** An expression. Syntax that is only another spelling of a function (EXTRACT, TRIM …) is a call already. */
export type Expr = Span & ExprShape;

type ExprShape =
  | { kind: 'null' }
  | { kind: 'boolean'; value: boolean }
  | { kind: 'string'; value: string }
  | { kind: 'number'; digits: string; type: SqlType }
  | { kind: 'typed'; type: 'date' | 'timestamp' | 'binary'; value: string }
  | { kind: 'interval'; parts: IntervalPart[] }
  | { kind: 'column'; path: Name[] }
  | { kind: 'star'; qualifier: Name[]; except: Name[] }
  | CallShape
  | { kind: 'cast'; operand: Expr; type: SqlType; lenient: boolean }
  | { kind: 'case'; operand: Expr | null; branches: CaseBranch[]; otherwise: Expr | null }
  | { kind: 'not'; operand: Expr }
  | { kind: 'sign'; operator: '-' | '+' | '~'; operand: Expr }
  | { kind: 'binary'; operator: BinaryOperator; left: Expr; right: Expr }
  | { kind: 'between'; negated: boolean; operand: Expr; low: Expr; high: Expr }
  | { kind: 'in-list'; negated: boolean; operand: Expr; items: Expr[] }
  | { kind: 'in-query'; negated: boolean; operand: Expr; query: Query }
  | LikeShape
  | { kind: 'is'; negated: boolean; operand: Expr; what: 'null' | 'true' | 'false' | 'unknown' }
  | { kind: 'exists'; query: Query }
  | { kind: 'subquery'; query: Query }
  | { kind: 'row'; items: Expr[] }
  | { kind: 'lambda'; parameters: Name[]; body: Expr }
  | { kind: 'subscript'; operand: Expr; index: Expr }
  | { kind: 'field'; operand: Expr; name: Name };

/** One branch of CASE. */
export interface CaseBranch {
  when: Expr;
  then: Expr;
}

/** `amount unit` of an interval, both as texts; `INTERVAL '1 day'` has its unit in the amount. */
export interface IntervalPart {
  amount: string;
  unit: string;
}

/** A function call with all that may follow it. */
export interface CallShape {
  kind: 'call';
  /** In small letters. */
  name: string;
  nameSpan: Span;
  arguments: Expr[];
  distinct: boolean;
  filter: Expr | null;
  ignoreNulls: boolean;
  /** `WITHIN GROUP (ORDER BY …)`. */
  withinGroup: SortItem[];
  over: Window | Name | null;
}

/** LIKE and its relatives; several patterns with a quantifier. */
export interface LikeShape {
  kind: 'like';
  negated: boolean;
  operator: 'like' | 'ilike' | 'rlike';
  quantifier: 'any' | 'all' | null;
  operand: Expr;
  patterns: Expr[];
  escape: string | null;
}

/** `OVER (…)` or a window of the WINDOW clause. */
export interface Window {
  /** A named window that this one refines. */
  base: Name | null;
  partition: Expr[];
  order: SortItem[];
  frame: Frame | null;
}

/** A window's frame. */
export interface Frame {
  unit: 'ROWS' | 'RANGE';
  start: Bound;
  end: Bound;
}

/** One end of a frame; without an offset: UNBOUNDED, or CURRENT ROW. */
export interface Bound {
  side: 'PRECEDING' | 'FOLLOWING' | 'CURRENT ROW';
  offset: Expr | null;
}

/** One item of ORDER BY. */
export interface SortItem {
  expr: Expr;
  direction: 'ASC' | 'DESC';
  nulls: 'FIRST' | 'LAST' | null;
}

/** One item of a select list; `columns` are the names of a generator with several. */
export interface SelectItem extends Span {
  expr: Expr;
  alias: Name | null;
  columns: Name[];
}

/** A query with what may stand around and behind its body. */
export interface Query extends Span {
  with: CommonTable[];
  body: QueryBody;
  /** ORDER BY, SORT BY or CLUSTER BY; DISTRIBUTE BY has no effect on results. */
  orderBy: SortItem[];
  limit: Expr | null;
  offset: Expr | null;
}

/** One `name AS (query)` of WITH. */
export interface CommonTable {
  name: Name;
  columns: Name[];
  query: Query;
}

/** One `name AS (…)` of WINDOW. */
export interface NamedWindow {
  name: Name;
  window: Window;
}

/** What a query computes before it is sorted and limited. */
export type QueryBody =
  | Select
  | (Span & {
      kind: 'set';
      operator: 'UNION' | 'EXCEPT' | 'INTERSECT';
      all: boolean;
      left: QueryBody;
      right: QueryBody;
    })
  | (Span & { kind: 'values'; rows: Expr[][]; alias: Alias | null })
  | (Span & { kind: 'table'; path: Path })
  | (Span & { kind: 'parenthesised'; query: Query });

/** SELECT. */
export interface Select extends Span {
  kind: 'select';
  distinct: boolean;
  items: SelectItem[];
  from: Relation[];
  views: LateralView[];
  where: Expr | null;
  groupBy: Grouping[];
  having: Expr | null;
  windows: NamedWindow[];
}

/** One item of GROUP BY. */
export type Grouping =
  | { kind: 'one'; expr: Expr }
  | { kind: 'rollup' | 'cube' | 'sets'; sets: Expr[][]; columns?: Expr[] };

/** `AS name (columns)` behind a relation. */
export interface Alias {
  name: Name;
  columns: Name[];
}

/** What may stand in FROM. */
export type Relation = Span & RelationShape;

type RelationShape =
  | { kind: 'table'; path: Path; asOf: AsOf | null; alias: Alias | null }
  | { kind: 'query'; query: Query; lateral: boolean; alias: Alias | null }
  | { kind: 'function'; name: Name; arguments: Expr[]; lateral: boolean; alias: Alias | null }
  | { kind: 'values'; rows: Expr[][]; alias: Alias | null }
  | { kind: 'group'; relation: Relation; alias: Alias | null }
  | JoinShape
  | PivotShape
  | UnpivotShape;

/** Time travel: `VERSION AS OF`, `TIMESTAMP AS OF`. */
export interface AsOf {
  kind: 'version' | 'timestamp';
  value: string;
}

/** How two relations are joined. */
export type JoinType = 'INNER' | 'LEFT' | 'RIGHT' | 'FULL' | 'CROSS' | 'LEFT SEMI' | 'LEFT ANTI';

/** A join. */
export interface JoinShape {
  kind: 'join';
  type: JoinType;
  natural: boolean;
  left: Relation;
  right: Relation;
  on: Expr | null;
  using: Name[];
}

/** `PIVOT (aggregates FOR columns IN (values))`. */
export interface PivotShape {
  kind: 'pivot';
  relation: Relation;
  aggregates: SelectItem[];
  column: Name;
  values: SelectItem[];
  alias: Alias | null;
}

/** `UNPIVOT (value FOR name IN (columns))`. */
export interface UnpivotShape {
  kind: 'unpivot';
  relation: Relation;
  includeNulls: boolean;
  value: Name;
  name: Name;
  columns: { path: Name[]; alias: Name | null }[];
  alias: Alias | null;
}

/** `LATERAL VIEW [OUTER] generator(…) table AS columns`. */
export interface LateralView extends Span {
  outer: boolean;
  name: Name;
  arguments: Expr[];
  table: Name | null;
  columns: Name[];
}

/** What a text holds: a query, or a statement that has no effect here (CACHE TABLE). */
export type Statement = { kind: 'query'; query: Query } | { kind: 'nothing' };
