/** RFC 4180 by the letter, a character at a time: strict, and independent of the library that writes. */
export function parseCsv(text: string): string[][] {
  const rows: string[][] = []
  let row: string[] = []
  let at = 0
  while (at < text.length) {
    let cell = ''
    if (text[at] === '"') {
      at += 1
      while (text[at] !== '"' || text[at + 1] === '"') {
        if (at >= text.length) throw new Error('a quote was not closed')
        cell += text[at]
        at += text[at] === '"' ? 2 : 1
      }
      at += 1
    } else {
      while (at < text.length && !',"\r\n'.includes(text[at] as string)) cell += text[at++]
    }
    row.push(cell)
    if (text[at] === ',') {
      at += 1
      if (at === text.length) throw new Error('the last row was not ended')
    } else if (text.startsWith('\r\n', at)) {
      at += 2
      rows.push(row)
      row = []
    } else throw new Error(`neither a comma nor CRLF after a cell, at ${at}`)
  }
  if (row.length > 0) throw new Error('the last row was not ended')
  return rows
}
