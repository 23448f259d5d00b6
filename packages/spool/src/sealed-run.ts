import type { KeyFilter } from './key-filter.ts'
import type { SpoolRecord } from './record-frame.ts'
import { type Run, type RunPlace, readRun } from './run.ts'
import type { Group, SealedSpool } from './spool.ts'

/** Blocks read at a time when all are wanted. */
const SCAN_BLOCKS = 8

/** What is in one run, as groups. */
export function sealedRun(place: RunPlace, run: Run, filter: KeyFilter, close: () => Promise<void>): SealedSpool {
  const find = async (key: string, signal?: AbortSignal): Promise<Group | undefined> => {
    place.assertOpen()
    signal?.throwIfAborted()
    const point = filter.mayHave(key) ? run.index.find(key) : undefined
    if (!point) return undefined
    for await (const group of toGroups(readRun(place, run, point.position, 1, signal), point.group, signal)) {
      if (group.key >= key) return group.key === key ? group : undefined
    }
    return undefined
  }
  return {
    records: run.records,
    keys: run.keys,
    groups: (signal) => toGroups(readRun(place, run, 0, SCAN_BLOCKS, signal), 0, signal),
    find,
    get: async (key, signal) => (await find(key, signal))?.values ?? [],
    close,
  }
}

/** Records that come in order, as groups; the first of them has the place `index`. */
async function* toGroups(
  lots: AsyncIterable<readonly SpoolRecord[]>,
  index: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<Group, void, undefined> {
  let group: { index: number; key: string; values: Uint8Array[] } | undefined
  for await (const lot of lots) {
    for (const { key, value } of lot) {
      if (group?.key === key) group.values.push(value)
      else {
        if (group) yield group
        signal?.throwIfAborted()
        group = { index: group ? group.index + 1 : index, key, values: [value] }
      }
    }
  }
  if (group) yield group
}
