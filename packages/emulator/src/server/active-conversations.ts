/**
 * The ledger of active conversations: every read makes a conversation active, and it stays so until nobody has touched
 * it for half an hour. Kept as a linked list in flat arrays, oldest touch first, so that a world of a million
 * conversations needs a few megabytes and every operation is O(1).
 */
export interface ActiveConversations {
  touch(index: number, now: number): void
  count(now: number): number
  /** The most there ever were at once. */
  peak(): number
}

export function createActiveConversations(conversations: number, activeForMs: number): ActiveConversations {
  const none = conversations
  const touchedAt = new Float64Array(conversations)
  const isActive = new Uint8Array(conversations)
  // One more place each: the list's own head and tail.
  const next = new Uint32Array(conversations + 1).fill(none)
  const previous = new Uint32Array(conversations + 1).fill(none)
  let active = 0
  let peak = 0

  function unlink(index: number): void {
    const before = previous[index] as number
    const after = next[index] as number
    next[before] = after
    previous[after] = before
    isActive[index] = 0
    active -= 1
  }

  function expire(now: number): void {
    for (let oldest = next[none] as number; oldest !== none; oldest = next[none] as number) {
      if (now - (touchedAt[oldest] as number) < activeForMs) break
      unlink(oldest)
    }
  }

  return {
    touch(index, now) {
      expire(now)
      if (isActive[index] === 1) unlink(index)
      const last = previous[none] as number
      next[last] = index
      previous[index] = last
      next[index] = none
      previous[none] = index
      touchedAt[index] = now
      isActive[index] = 1
      active += 1
      peak = Math.max(peak, active)
    },
    count(now) {
      expire(now)
      return active
    },
    peak: () => peak,
  }
}
