import { AMENDMENTS_PATH } from './amendments-check.ts'
import { csvCells, edited } from './erase-pieces.ts'
import { REPORT_TABLES } from './erase-reports.ts'
import type { SourceBag } from './erase-source.ts'
import { cellOf, type Traces } from './erase-traces.ts'

const nameColumns = ['identifier', 'conversation', 'record_id']

/**
 * Looks through the reports for conversations that have no line in the master: of another time, refused, or of which an amendment only
 * tells what vanished. Gives how many of them are named there. A reject is named in gaps.csv too.
 */
export async function findNamed(bag: SourceBag, names: ReadonlySet<string>, traces: Traces): Promise<number> {
  const byCell = new Map([...names].map((name) => [cellOf(name), name]))
  const found = new Set<string>()
  const take = (ids: readonly string[]): void => {
    const own = ids.map((id) => byCell.get(id)).filter((name) => name !== undefined)
    if (own.length === 0) return
    for (const name of own) found.add(name)
    traces.addNamed([...own, ...ids.filter((id) => id !== '')])
  }
  for (const path of [...REPORT_TABLES.keys(), AMENDMENTS_PATH]) {
    if (!bag.has(path)) continue
    let places: readonly number[] | undefined
    const rows = edited(path, bag.read(path), 'rows', (row) => {
      const cells = csvCells(row.toString())
      if (places) take(places.map((at) => cells[at] ?? ''))
      else places = cells.flatMap((cell, at) => (nameColumns.includes(cell.replace(/^\uFEFF/, '')) ? [at] : []))
      return null
    })
    for await (const _ of rows);
  }
  return found.size
}
