/** Rows laid out in columns: the first to the left, the others to the right. */
export function columns(rows: readonly (readonly string[])[]): readonly string[] {
  const widths: number[] = []
  for (const row of rows) {
    for (const [index, cell] of row.entries()) widths[index] = Math.max(widths[index] ?? 0, cell.length)
  }
  const laidOut = (cell: string, index: number): string =>
    index === 0 ? cell.padEnd(widths[index] ?? 0) : cell.padStart(widths[index] ?? 0)
  return rows.map((row) => row.map(laidOut).join('  ').trimEnd())
}

/** `98.0 % (92.1-99.5)`: a share with its interval of 95 %; a dash where nothing was tried. */
export function shareText(share: number | null, low: number | null, high: number | null): string {
  const percent = (part: number | null): string => ((part ?? 0) * 100).toFixed(1)
  return share === null ? '-' : `${percent(share)} % (${percent(low)}-${percent(high)})`
}
