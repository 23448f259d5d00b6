import type { SpoolRecord } from './record-frame.ts'

type Lots = AsyncIterator<readonly SpoolRecord[]>

/** Where one of the inputs stands. */
interface Cursor {
  readonly lots: Lots
  /** Its place among the inputs: of equal keys the earlier input's come first. */
  readonly order: number
  lot: readonly SpoolRecord[]
  at: number
  key: string
}

/** How many records leave at a time. */
const LOT_RECORDS = 512

/** Merges sorted inputs into one. Records of one key keep the order of the inputs, and within each their own. */
export async function* mergeLots(inputs: readonly Lots[]): AsyncGenerator<readonly SpoolRecord[], void, undefined> {
  const heap: Cursor[] = []
  for (const [order, lots] of inputs.entries()) {
    const cursor: Cursor = { lots, order, lot: [], at: -1, key: '' }
    if (await advance(cursor)) heap.push(cursor)
  }
  for (let index = (heap.length >>> 1) - 1; index >= 0; index -= 1) sink(heap, index)

  let merged: SpoolRecord[] = []
  while (heap.length > 0) {
    const cursor = heap[0] as Cursor
    merged.push(cursor.lot[cursor.at] as SpoolRecord)
    if (merged.length === LOT_RECORDS) {
      yield merged
      merged = []
    }
    const before = cursor.key
    const next = cursor.lot[cursor.at + 1]
    if (next) {
      cursor.at += 1
      cursor.key = next.key
      // The same key again: nobody else can be first.
      if (next.key === before) continue
    } else if (!(await advance(cursor))) {
      const last = heap.pop() as Cursor
      if (heap.length === 0) break
      heap[0] = last
    }
    sink(heap, 0)
  }
  if (merged.length > 0) yield merged
}

/** Moves to the next record; false at the end. */
async function advance(cursor: Cursor): Promise<boolean> {
  cursor.at += 1
  while (cursor.at >= cursor.lot.length) {
    const { done, value } = await cursor.lots.next()
    if (done) return false
    cursor.lot = value
    cursor.at = 0
  }
  cursor.key = (cursor.lot[cursor.at] as SpoolRecord).key
  return true
}

/** Restores the order of the heap, whose member at `index` may be too large for its place. */
function sink(heap: Cursor[], index: number): void {
  const cursor = heap[index] as Cursor
  let at = index
  while (true) {
    let child = 2 * at + 1
    if (child >= heap.length) break
    if (child + 1 < heap.length && precedes(heap[child + 1] as Cursor, heap[child] as Cursor)) child += 1
    if (!precedes(heap[child] as Cursor, cursor)) break
    heap[at] = heap[child] as Cursor
    at = child
  }
  heap[at] = cursor
}

function precedes(a: Cursor, b: Cursor): boolean {
  return a.key < b.key || (a.key === b.key && a.order < b.order)
}
