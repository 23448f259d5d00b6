import { type RequestFault, requestFaults } from '../assert-request.ts'
import type { NewErasureRequest } from '../erasure-request.ts'
import type { AddedRequest, ErasureStore } from '../erasure-store.ts'
import { type CompletionOptions, completeRequest } from './complete-request.ts'
import { type CsvFault, csvRecords } from './csv-records.ts'
import { type RequestTable, readHeader, toWritten } from './request-columns.ts'

/** Why a row was not taken. Codes are stable. */
export type RowFault = RequestFault | CsvFault | 'cells-do-not-match' | 'reference-taken' | 'reference-repeated'

/** Why a row was not taken, in words for each code. */
export const rowFaults: Readonly<Record<RowFault, string>> = {
  ...requestFaults,
  'quote-misplaced': 'a quotation mark is in the wrong place',
  'quote-not-closed': 'a quotation mark is never closed',
  'row-too-long': 'it has more than 32,768 characters',
  'cells-do-not-match': 'it has more or fewer cells than the header',
  'reference-taken': 'a request of this reference is there already, and says something else',
  'reference-repeated': 'the file has this reference on an earlier line, and says something else there',
}

/** A row that was not taken: never its content. */
export interface BadRow {
  /** The line on which it begins, from 1. */
  readonly line: number
  readonly fault: RowFault
}

/** What came of a file of requests: what is new, known, or cannot be used. */
export interface Imported {
  /** References of what was added, as the file has them. */
  readonly added: readonly string[]
  /** Rows that say the very same as a request that was there before. */
  readonly known: number
  /** Rows that say the very same as an earlier row. */
  readonly repeated: number
  readonly bad: readonly BadRow[]
  /** Added requests about somebody whom another open request names too. */
  readonly sharing: readonly { readonly reference: string; readonly with: readonly string[] }[]
}

/** How a file of requests is read. */
export interface ImportOptions extends CompletionOptions {
  readonly store: Pick<ErasureStore, 'addRequests' | 'requestsSharing'>
  /** The file's text. */
  readonly text: string
}

/** So many requests are written together: a commit waits for the disk. */
const batchSize = 100

/**
 * Takes the requests of a CSV file, one a row. Rows that cannot be taken are listed and do no harm to the others. The same file again
 * adds nothing, wherever the first time ended.
 *
 * @throws CustodyError `ERASURE_CSV_COLUMNS` (usage)
 */
export async function importRequests({ store, text, ...completion }: ImportOptions): Promise<Imported> {
  const added: string[] = []
  const bad: BadRow[] = []
  const counts = { known: 0, repeated: 0 }
  /** Where the file first has a reference. */
  const lines = new Map<string, number>()
  let batch: GoodRow[] = []
  const write = async (): Promise<void> => {
    const results = await store.addRequests(batch.map(({ request }) => request))
    batch.forEach(({ line, request: { reference } }, index) => {
      const first = lines.get(reference) ?? line
      lines.set(reference, first)
      const result: AddedRequest | undefined = results[index]
      if (result === 'added') added.push(reference)
      else if (result === 'known') counts[first < line ? 'repeated' : 'known'] += 1
      else bad.push({ line, fault: first < line ? 'reference-repeated' : 'reference-taken' })
    })
    batch = []
  }
  for (const row of rowsOf(text, completion)) {
    if ('fault' in row) bad.push(row)
    else if (batch.push(row) === batchSize) await write()
  }
  await write()
  const sharing = []
  for (const reference of added) {
    const others = await store.requestsSharing(reference)
    if (others.length > 0) sharing.push({ reference, with: others })
  }
  return { added, ...counts, bad: bad.sort((one, other) => one.line - other.line), sharing }
}

interface GoodRow {
  readonly line: number
  readonly request: NewErasureRequest
}

function* rowsOf(text: string, completion: CompletionOptions): Generator<GoodRow | BadRow> {
  const table = readHeader(text)
  for (const record of csvRecords(text, table.delimiter)) {
    if (record.line <= table.line) continue
    yield 'fault' in record ? record : toRow(record, table, completion)
  }
}

function toRow(
  { line, cells }: { readonly line: number; readonly cells: readonly string[] },
  table: RequestTable,
  completion: CompletionOptions,
): GoodRow | BadRow {
  const written = toWritten(table, cells)
  if (written === null) return { line, fault: 'cells-do-not-match' }
  const request = completeRequest(written, completion)
  return typeof request === 'string' ? { line, fault: request } : { line, request }
}
