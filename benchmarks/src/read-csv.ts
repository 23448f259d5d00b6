/** The rows of a CSV text (RFC 4180) by the names of its header. */
export function readCsv(text: string): readonly ReadonlyMap<string, string>[] {
  const [header = [], ...rows] = cellsOf(text)
  return rows.map((cells) => new Map(header.map((name, index) => [name, cells[index] ?? ''])))
}

function cellsOf(text: string): readonly (readonly string[])[] {
  const rows: string[][] = []
  let row: string[] = []
  for (const [, quoted, plain = '', end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/g)) {
    row.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'))
    if (end === ',') continue
    if (row.length > 1 || row[0] !== '') rows.push(row)
    row = []
  }
  return rows
}
