import type { Entry } from '@custody/model'

export type Pair =
  | readonly [own: Entry, other: Entry]
  | readonly [own: Entry, other: null]
  | readonly [own: null, other: Entry]

/** Two times of one entry may be this far apart: some sources cut them to whole seconds. */
export const sameMomentMs = 2_000

/**
 * Each entry of two sources once, with its twin where it has one. Those of the first in their order, then those that only the
 * second has.
 *
 * Entries with one identifier are the same. Where not a single identifier agrees, the sources name entries in different ways:
 * then those of one kind, role and text are the same, the nearest in time first. Where identifiers do agree, entries whose
 * identifiers do not are different ones, however alike they look.
 */
export function pairEntries(own: readonly Entry[], others: readonly Entry[]): readonly Pair[] {
  const twins = new Map<Entry, Entry>()
  const byId = new Map(others.map((entry) => [entry.entryId, entry]))
  for (const entry of own) {
    const other = byId.get(entry.entryId)
    if (other) twins.set(entry, other)
  }
  if (twins.size === 0) pairByLikeness(own, others, twins)
  const taken = new Set(twins.values())
  return [
    ...own.map((entry): Pair => {
      const other = twins.get(entry)
      return other ? [entry, other] : [entry, null]
    }),
    ...others.filter((entry) => !taken.has(entry)).map((entry): Pair => [null, entry]),
  ]
}

function pairByLikeness(own: readonly Entry[], others: readonly Entry[], twins: Map<Entry, Entry>): void {
  const candidates = Map.groupBy(byTime(others), likenessOf)
  for (const [likeness, mine] of Map.groupBy(byTime(own), likenessOf)) {
    const theirs = candidates.get(likeness) ?? []
    // Those of one moment first, so that one that was lost does not shift all behind it.
    const far = pairNear(mine, theirs, twins)
    for (const [index, entry] of far.mine.entries()) {
      const other = far.theirs[index]
      if (other) twins.set(entry, other)
    }
  }
}

/** Pairs what is near in time, and gives what is left of both. Both in the order of time. */
function pairNear(
  mine: readonly Entry[],
  theirs: readonly Entry[],
  twins: Map<Entry, Entry>,
): { readonly mine: readonly Entry[]; readonly theirs: readonly Entry[] } {
  const left: { mine: Entry[]; theirs: Entry[] } = { mine: [], theirs: [] }
  let next = 0
  for (const entry of mine) {
    for (let other = theirs[next]; other && apartMs(other, entry) < -sameMomentMs; other = theirs[next]) {
      left.theirs.push(other)
      next += 1
    }
    const other = theirs[next]
    if (other && apartMs(other, entry) <= sameMomentMs) {
      twins.set(entry, other)
      next += 1
    } else left.mine.push(entry)
  }
  left.theirs.push(...theirs.slice(next))
  return left
}

/** How much later the first was sent than the second, in milliseconds. */
export function apartMs(first: Entry, second: Entry): number {
  return Date.parse(first.sentAt) - Date.parse(second.sentAt)
}

function byTime(entries: readonly Entry[]): readonly Entry[] {
  return entries.toSorted((a, b) => (a.sentAt < b.sentAt ? -1 : a.sentAt > b.sentAt ? 1 : 0))
}

function likenessOf({ kind, sender, text }: Entry): string {
  return JSON.stringify([kind, sender.role, text])
}
