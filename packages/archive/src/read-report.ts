import { Readable } from 'node:stream'
import { CustodyError } from '@custody/pipeline'
import { neutraliseFormula } from '@custody/sinks'
import { parse } from 'csv-parse'
import { openContainer } from './container.ts'
import { FileFault, Findings } from './findings.ts'

/** The cells of a row, by their column. */
export type ReportRow = Readonly<Record<string, string | undefined>>

const filesAllowed = 1_000_000
const maxRowBytes = 65_536

/**
 * Rows of a table under `data/reports/`.
 *
 * @throws CustodyError of kind not-found: `ARCHIVE_NOT_FOUND`, `NOT_AN_ARCHIVE`; `ARCHIVE_REPORT`
 */
export async function* readReport(archive: string, name: string): AsyncGenerator<ReportRow> {
  const path = `data/reports/${name}`
  const container = await openContainer(archive, { files: filesAllowed }, new Findings())
  try {
    if (!container.files.has(path)) throw unreadableReport(archive, name, 'it is not there')
    // Archives of a time when the table had fewer columns are read too: columns go by name.
    const rows = Readable.from(container.read(path)).pipe(
      parse({ bom: true, columns: true, max_record_size: maxRowBytes, record_delimiter: '\r\n' }),
    )
    for await (const row of rows) yield row as ReportRow
  } catch (error) {
    if (error instanceof FileFault) throw unreadableReport(archive, name, error.message)
    if (error instanceof Error && 'code' in error && String(error.code).startsWith('CSV_')) {
      throw unreadableReport(archive, name, 'it is no table')
    }
    throw error
  } finally {
    await container.close()
  }
}

/** Without the apostrophe that keeps spreadsheets from running a cell: see `neutraliseFormula` of the sinks. */
export function asItWas(cell: string): string {
  return cell.startsWith("'") && neutraliseFormula(cell.slice(1)) === cell ? cell.slice(1) : cell
}

export function unreadableReport(archive: string, name: string, why: string): CustodyError {
  return new CustodyError('ARCHIVE_REPORT', `data/reports/${name} of ${archive} cannot be read: ${why}.`, {
    actions: [`Check the archive: custody verify ${archive}`],
  })
}
