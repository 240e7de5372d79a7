/** Rows of cells as lines with aligned columns: those with numbers to the right, all else to the left. */
export function alignColumns(header: string[], rows: unknown[][]): string[] {
  const texts = rows.map((row) => row.map(cellText));
  const widths = header.map((name, column) => {
    return Math.max(name.length, ...texts.map((row) => row[column]?.length ?? 0));
  });
  const isNumber = header.map((_, column) => rows.some((row) => typeof row[column] === 'number'));
  return [header, ...texts].map((row) => {
    return row
      .map((text, column) => {
        const width = widths[column] ?? 0;
        return isNumber[column] === true ? text.padStart(width) : text.padEnd(width);
      })
      .join('  ')
      .trimEnd();
  });
}

function cellText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? null);
}
