import type { PageSource, RunDocument } from '@custody/archive'
import { tableRows } from './table-rows.ts'

/** The rows of one report: all are counted, the first ones are kept. */
export interface ReportRows {
  readonly path: string
  readonly total: number
  readonly rows: readonly Readonly<Record<string, string>>[]
  /** By the word that tells them apart, most frequent first, with what the first of them says to do. */
  readonly kinds: readonly ReportKind[]
  /** Rows of none of {@link kinds}, because there are too many. */
  readonly ofOtherKinds: number
}

export interface ReportKind {
  readonly kind: string
  readonly action: string | null
  count: number
}

/** Everything that somebody has to look at. */
export interface Findings {
  /** What is, or may be, missing. Every refused record is among them. */
  readonly gaps: ReportRows
  /** Entries on which two sources disagree. */
  readonly differences: ReportRows
  /** Entries that are late, changed or vanished; none but in an amendment. */
  readonly amendments: ReportRows
}

const kindsMax = 60

/** Reads the reports of an archive; of each, `most` rows are kept. */
export async function findingsOf(archive: PageSource<RunDocument>, most: number): Promise<Findings> {
  return {
    gaps: await reportRows(archive, 'gaps.csv', 'code', most),
    differences: await reportRows(archive, 'differences.csv', 'what', most),
    amendments: await reportRows(archive, 'amendments.csv', 'kind', most),
  }
}

async function reportRows(
  archive: PageSource<RunDocument>,
  name: string,
  column: string,
  most: number,
): Promise<ReportRows> {
  const path = `data/reports/${name}`
  const rows: Readonly<Record<string, string>>[] = []
  const kinds = new Map<string, ReportKind>()
  let total = 0
  let ofOtherKinds = 0
  for await (const row of tableRows(archive.read(path))) {
    total += 1
    if (rows.length < most) rows.push(row)
    const kind = row[column] ?? ''
    const known = kinds.get(kind)
    if (known) known.count += 1
    else if (kinds.size < kindsMax) kinds.set(kind, { kind, action: row['action'] ?? null, count: 1 })
    else ofOtherKinds += 1
  }
  return { path, total, rows, kinds: [...kinds.values()].sort((a, b) => b.count - a.count), ofOtherKinds }
}
