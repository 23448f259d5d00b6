import { usageError } from '@custody/pipeline'
import type { SubjectIdentifiers } from '../erasure-request.ts'
import type { WrittenRequest } from './complete-request.ts'
import { csvRecords } from './csv-records.ts'

/** One value a cell. */
const singles = ['reference', 'received', 'due', 'regime', 'jurisdiction', 'manner', 'note'] as const
type Single = (typeof singles)[number]

/** Any number of values a cell, separated by `;` or line ends; a column may stand there more than once. */
const lists: Readonly<Record<string, keyof SubjectIdentifiers | 'conversations'>> = {
  end_user_id: 'endUserIds',
  contact_id: 'contactIds',
  phone: 'phones',
  email: 'emails',
  platform_key: 'platformKeys',
  conversation: 'conversations',
}

/** The columns a file of requests may have; those of identifiers also in the plural. */
export const requestColumns: readonly string[] = [...singles, ...Object.keys(lists)]

type Column = { readonly single: Single } | { readonly list: keyof SubjectIdentifiers | 'conversations' }

/** How a file of requests is written. */
export interface RequestTable {
  readonly delimiter: string
  /** The line of the header. */
  readonly line: number
  readonly columns: readonly Column[]
}

/**
 * Reads the header: commas, semicolons or tabs, whichever gives known columns.
 *
 * @throws CustodyError `ERASURE_CSV_COLUMNS` (usage). It names columns by their number: where the header is missing they hold content.
 */
export function readHeader(text: string): RequestTable {
  const tries = [',', ';', '\t'].map((delimiter) => {
    const [first] = csvRecords(text, delimiter)
    const cells = first !== undefined && 'cells' in first ? first.cells : []
    return { delimiter, line: first?.line ?? 1, columns: cells.map(toColumn) }
  })
  const [best] = tries.sort((one, other) => knownIn(other) - knownIn(one))
  if (best === undefined || knownIn(best) === 0) {
    throw badHeader('It has no header, or none that is known.')
  }
  const unknown = best.columns.flatMap((column, index) => (column === null ? [index + 1] : []))
  if (unknown.length > 0) throw badHeader(`Nothing is known of column ${unknown.slice(0, 20).join(', ')}.`)
  const columns = best.columns.filter((column) => column !== null)
  for (const single of singles) {
    const times = columns.filter((column) => 'single' in column && column.single === single).length
    if (times > 1) throw badHeader(`The column ${single} stands there more than once.`)
    if (times === 0 && (single === 'reference' || single === 'received'))
      throw badHeader(`There is no column ${single}.`)
  }
  if (!columns.some((column) => 'list' in column)) throw badHeader('No column names anybody.')
  return { delimiter: best.delimiter, line: best.line, columns }
}

function knownIn({ columns }: { readonly columns: readonly (Column | null)[] }): number {
  return columns.filter((column) => column !== null).length
}

function toColumn(title: string): Column | null {
  const name = title
    .trim()
    .toLowerCase()
    .replace(/[\s-]+/g, '_')
    .replace(/^e_mail/, 'email')
  const single = singles.find((each) => each === name)
  if (single !== undefined) return { single }
  const one = name.replace(/s$/, '')
  const list = Object.hasOwn(lists, one) ? lists[one] : undefined
  return list === undefined ? null : { list }
}

function badHeader(what: string): Error {
  return usageError(
    'ERASURE_CSV_COLUMNS',
    `The file of requests cannot be read. ${what}`,
    `Give it a header of these columns: ${requestColumns.join(', ')}.`,
  )
}

/** The request of a row; null where it has another number of cells than the header. */
export function toWritten({ columns }: RequestTable, cells: readonly string[]): WrittenRequest | null {
  if (cells.length !== columns.length) return null
  const single: Partial<Record<Single, string>> = {}
  const list: Record<keyof SubjectIdentifiers | 'conversations', string[]> = {
    endUserIds: [],
    contactIds: [],
    phones: [],
    emails: [],
    platformKeys: [],
    conversations: [],
  }
  columns.forEach((column, index) => {
    const cell = cells[index]?.trim() ?? ''
    if ('single' in column) single[column.single] = cell
    else list[column.list].push(...valuesIn(cell))
  })
  const { conversations, ...subject } = list
  return {
    reference: single.reference ?? '',
    subject,
    conversations,
    received: single.received ?? '',
    due: single.due || null,
    regime: single.regime || null,
    jurisdiction: single.jurisdiction || null,
    manner: single.manner || null,
    note: single.note || null,
  }
}

function valuesIn(cell: string): readonly string[] {
  return cell
    .split(/[;\n]/)
    .map((value) => value.trim())
    .filter((value) => value !== '')
}
