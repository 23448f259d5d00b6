const formulaStart = /^[=+\-@\t\r]/

/** One row by RFC 4180. Cells that a spreadsheet would execute get an apostrophe in front. */
export function csvRow(cells: readonly (string | number)[]): string {
  return `${cells.map(cellOf).join(',')}\r\n`
}

function cellOf(cell: string | number): string {
  if (typeof cell === 'number') return String(cell)
  const safe = formulaStart.test(cell) ? `'${cell}` : cell
  return /[",;\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/**
 * Reads CSV as spreadsheets save it: with or without a byte order mark, with commas or semicolons, any line ends. Null where a
 * quote is left open.
 */
export function readCsv(text: string): string[][] | null {
  const source = text.replace(/^\ufeff/, '')
  const [head = ''] = source.split(/[\r\n]/, 1)
  const separator = head.includes(';') && !head.includes(',') ? ';' : ','
  const rows: string[][] = []
  let row: string[] = []
  for (let at = 0; at < source.length; ) {
    const cell = source[at] === '"' ? quotedCell(source, at) : plainCell(source, at, separator)
    if (cell === null) return null
    row.push(cell.text)
    at = cell.end
    const isRowEnd = source[at] !== separator
    if (source.startsWith('\r\n', at)) at++
    at++
    if (!isRowEnd && at === source.length) row.push('')
    if (isRowEnd || at >= source.length) {
      rows.push(row)
      row = []
    }
  }
  return rows.filter((cells) => cells.length > 1 || cells[0] !== '')
}

interface Cell {
  readonly text: string
  readonly end: number
}

function plainCell(source: string, start: number, separator: string): Cell {
  let end = start
  while (end < source.length && source[end] !== separator && source[end] !== '\r' && source[end] !== '\n') end++
  return { text: source.slice(start, end), end }
}

function quotedCell(source: string, start: number): Cell | null {
  let text = ''
  for (let from = start + 1; ; ) {
    const quote = source.indexOf('"', from)
    if (quote < 0) return null
    text += source.slice(from, quote)
    if (source[quote + 1] !== '"') return { text, end: quote + 1 }
    text += '"'
    from = quote + 2
  }
}
