function words(text: string): readonly string[] {
  return text.trim().split(/\s+/);
}

/**
 * Words that begin a clause or join expressions, so that they are never taken for a column or an alias here. Spark
 * lets them be both and decides by what follows; whoever means the name can quote it.
 */
export const reserved = words(`
  SELECT FROM WHERE GROUP HAVING ORDER LIMIT UNION EXCEPT INTERSECT MINUS JOIN ON USING
  AND OR NOT WHEN THEN ELSE END AS IN IS BETWEEN CASE OVER`);

/** Words that may be a column, but are no alias without AS, because a clause may begin with them. */
export const notAliases = [
  ...reserved,
  ...words(`
    INNER LEFT RIGHT FULL CROSS NATURAL SEMI ANTI LATERAL WINDOW CLUSTER DISTRIBUTE SORT
    PIVOT UNPIVOT TABLESAMPLE OFFSET DIV FOR LIKE ILIKE RLIKE REGEXP`),
];

/** Units of intervals, in the singular; the plural is formed with S. */
export const intervalUnits = words(`
  YEAR QUARTER MONTH WEEK DAY HOUR MINUTE SECOND MILLISECOND MICROSECOND NANOSECOND`);

/** Statements of Spark that change something, or that need a catalog: not run here. */
export const statements = words(`
  ADD ALTER ANALYZE COMMENT CREATE DELETE DESC DESCRIBE DFS DROP EXPLAIN EXPORT GRANT IMPORT INSERT
  LOAD LIST LOCK MERGE MSCK REPAIR REPLACE RESET REVOKE SET SHOW TRUNCATE UNLOCK UPDATE USE CALL`);
