import type { Row } from './query-api.ts'
import { isUnusable, readRows, rowsMissing } from './result.ts'
import type { QueryStatus } from './wire.ts'

export interface ChunkCalls {
  /** How many chunks are asked for at the same time. */
  readonly readAhead: number
  readonly signal: AbortSignal
  readonly chunk: (index: number, signal: AbortSignal) => Promise<readonly Row[]>
  readonly rows: (offset: number) => Promise<readonly Row[]>
}

/**
 * Reads a result chunk by chunk, some of them ahead. A chunk may be empty. Once the last one is at hand, the sum is held against
 * the announced number of rows; where it is wrong, or a chunk cannot be had, what has not been handed on is read by rows instead.
 *
 * @throws CustodyError `DATA360_ROWS_MISSING`
 */
export async function* readChunks(
  { chunkCount, rowCount }: Pick<QueryStatus, 'chunkCount' | 'rowCount'>,
  { readAhead, signal, chunk, rows }: ChunkCalls,
): AsyncGenerator<readonly Row[], void, undefined> {
  let handed = 0
  let last: Row | null = null
  const ahead: Promise<readonly Row[]>[] = []
  // What is read ahead ends with its reader.
  const leaving = new AbortController()
  const reading = AbortSignal.any([signal, leaving.signal])
  // An empty chunk may be right, and may be one that is not there yet.
  const askTwice = async (index: number): Promise<readonly Row[]> => {
    const page = await chunk(index, reading)
    return page.length > 0 ? page : await chunk(index, reading)
  }
  try {
    for (let asked = 0; asked < chunkCount || ahead.length > 0; ) {
      while (asked < chunkCount && ahead.length < readAhead) {
        const next = askTwice(asked)
        // Whoever awaits it is told of its failure, and maybe nobody does.
        next.catch(() => undefined)
        ahead.push(next)
        asked += 1
      }
      if (asked === chunkCount && handed + total(await Promise.all(ahead)) !== rowCount) break
      const page = (await ahead.shift()) ?? []
      if (handed + page.length > rowCount) break
      if (page.length === 0) continue
      yield page
      handed += page.length
      last = page.at(-1) ?? null
    }
  } catch (error) {
    signal.throwIfAborted()
    if (!isUnusable(error)) throw error
  } finally {
    leaving.abort()
    await Promise.allSettled(ahead)
  }
  const left = total(await Promise.all(ahead.map((page) => page.catch(() => []))))
  // All that was announced, and more behind it: some of it must have come twice.
  if (handed === rowCount && left > 0) throw rowsMissing(handed + left, rowCount)
  yield* readRows({ rowCount, handed, last, ask: rows })
}

function total(pages: readonly (readonly Row[])[]): number {
  return pages.reduce((sum, page) => sum + page.length, 0)
}
