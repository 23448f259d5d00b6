import type { ArchiveData } from './archive-data.ts'
import { entryMatches, type Filters, namesMatch, passes } from './filters.ts'

/** What a search has found so far: numbers of conversations, in their order. */
export interface SearchProgress {
  readonly found: readonly number[]
  /** From 0 to 1. */
  readonly done: number
}

/** So long the page may stand still. */
const SLICE_MS = 24

/**
 * Looks through the archive shard by shard, and lets the page live in between. Without a query it looks at rows alone, and is done at once.
 */
export async function* search(
  data: ArchiveData,
  filters: Filters,
  signal: AbortSignal,
): AsyncGenerator<SearchProgress> {
  const { query } = filters
  const found: number[] = []
  if (query === null) {
    for (const number of data.rows.keys()) if (rowPasses(data, number, filters)) found.push(number)
    yield { found, done: 1 }
    return
  }
  let slice = performance.now()
  for (let shard = 0; shard < data.shards; shard += 1) {
    const { first, conversations } = data.shard(shard)
    for (const [index, { entries, recordId }] of conversations.entries()) {
      const number = first + index
      const row = data.rows[number]
      if (row === undefined || !rowPasses(data, number, filters)) continue
      const isFound =
        namesMatch(row, query) ||
        (recordId ?? '').search(query) >= 0 ||
        entries.some((entry) => entryMatches(entry, query))
      if (isFound) found.push(number)
    }
    if (performance.now() - slice < SLICE_MS) continue
    yield { found, done: (shard + 1) / data.shards }
    await new Promise((resolve) => setTimeout(resolve))
    if (signal.aborted) return
    slice = performance.now()
  }
  yield { found, done: 1 }
}

function rowPasses(data: ArchiveData, number: number, filters: Filters): boolean {
  const row = data.rows[number]
  if (row === undefined) return false
  const findings = data.findings.get(number) ?? []
  return passes({ row, findings, redactions: data.redactions.get(number) ?? [] }, filters)
}
