import { GroupMeter } from './group-meter.ts'
import type { SpoolRecord } from './record-frame.ts'
import type { Group, SealedSpool } from './spool.ts'

/** Records that all fit into memory, as groups. */
export function sealedMemory(
  records: readonly SpoolRecord[],
  { maxGroupBytes, assertOpen }: { readonly maxGroupBytes: number; readonly assertOpen: () => void },
  close: () => Promise<void>,
): SealedSpool {
  let groups = group(records, maxGroupBytes)
  const find = async (key: string, signal?: AbortSignal): Promise<Group | undefined> => {
    assertOpen()
    signal?.throwIfAborted()
    return findGroup(groups, key)
  }
  return {
    records: records.length,
    keys: groups.length,
    async *groups(signal) {
      const usable = (): void => {
        assertOpen()
        signal?.throwIfAborted()
      }
      usable()
      for (const one of groups) {
        yield one
        usable()
      }
    },
    find,
    get: async (key, signal) => (await find(key, signal))?.values ?? [],
    async close() {
      groups = []
      await close()
    },
  }
}

/** Sorts records by key, by UTF-16 code units; those of one key keep their order. */
export function sortByKey(records: readonly SpoolRecord[]): readonly SpoolRecord[] {
  return records.toSorted((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
}

function group(records: readonly SpoolRecord[], maxGroupBytes: number): readonly Group[] {
  const meter = new GroupMeter(maxGroupBytes)
  const groups: { index: number; key: string; values: Uint8Array[] }[] = []
  for (const record of sortByKey(records)) {
    if (meter.add(record)) groups.push({ index: groups.length, key: record.key, values: [record.value] })
    else groups.at(-1)?.values.push(record.value)
  }
  return groups
}

function findGroup(groups: readonly Group[], key: string): Group | undefined {
  let [low, high] = [0, groups.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((groups[middle] as Group).key < key) low = middle + 1
    else high = middle
  }
  return groups[low]?.key === key ? groups[low] : undefined
}
