import { neutraliseFormula } from '@custody/sinks'
import { type TextEncoding, textOf } from './read-conversation.ts'

/** A cell before it is text; null is an empty cell. */
export type Cell = string | number | boolean | null

// What most cells have none of, in one look: the two patterns below.
const special = /[",\r\n]|^[=+\-@\t\uFF1D\uFF0B\uFF0D\uFF20\xEF]/
const needsQuotes = /[,\r\n]/
// The last is the first byte of the full-width forms.
const mayBeFormula = /^[=+\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20\xEF]/

/**
 * One row of a table, byte for byte as the writer's encoder makes it, in a fraction of the time: every row of an archive is
 * made again when it is verified. A test holds the two against each other. Its text is in the encoding of the cells.
 */
export function csvRow(cells: readonly Cell[], encoding: TextEncoding = 'utf8'): string {
  const encodeCell = csvCell[encoding]
  let row = ''
  for (let index = 0; index < cells.length; index += 1) {
    if (index > 0) row += ','
    const cell = cells[index]
    if (typeof cell === 'string') row += encodeCell(cell)
    else if (cell !== null && cell !== undefined) row += cell
  }
  return `${row}\r\n`
}

/** Makes a cell of text, by the encoding of the text. */
export const csvCell: Readonly<Record<TextEncoding, (text: string | null) => string>> = {
  latin1: (text) => (text === null ? '' : special.test(text) ? quoted(neutralised(text, 'latin1')) : text),
  utf8: (text) => (text === null ? '' : special.test(text) ? quoted(neutralised(text, 'utf8')) : text),
}

/** As `neutraliseFormula` of the sinks, for text in either encoding. */
export function neutralised(text: string, encoding: TextEncoding): string {
  if (!mayBeFormula.test(text)) return text
  const start = textOf(text.slice(0, 3), encoding)
  return neutraliseFormula(start) === start ? text : `'${text}`
}

function quoted(text: string): string {
  if (text.includes('"')) return `"${text.replaceAll('"', '""')}"`
  return needsQuotes.test(text) ? `"${text}"` : text
}
