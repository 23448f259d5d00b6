import type { Drops } from './batch.ts'

/** Adds counts up by reason; undefined when there are none, so that a batch stays without the field. Internal. */
export function addDrops(...parts: readonly (Drops | undefined)[]): Drops | undefined {
  const present = parts.filter((part) => part !== undefined)
  if (present.length <= 1) return present[0]
  // A map, because a reason may be any string: `__proto__` on a plain object would be lost without a word.
  const sums = new Map<string, number>()
  for (const part of present) {
    for (const [reason, count] of Object.entries(part)) sums.set(reason, (sums.get(reason) ?? 0) + count)
  }
  return Object.fromEntries(sums)
}
