/** Counts what happened in the last stretch of time, exactly: `(now - span, now]`. */
export interface SlidingWindow {
  /** How many lie in the window that ends now. */
  count(now: number): number
  add(now: number): void
  /** When the oldest leaves the window; `now` when it is empty. */
  freeAt(now: number): number
}

export function createSlidingWindow(spanMs: number): SlidingWindow {
  // A ring of timestamps that grows when full.
  let times = new Float64Array(128)
  let head = 0
  let size = 0

  function expire(now: number): void {
    while (size > 0 && (times[head] as number) <= now - spanMs) {
      head = (head + 1) % times.length
      size -= 1
    }
  }

  return {
    count(now) {
      expire(now)
      return size
    },
    add(now) {
      expire(now)
      if (size === times.length) {
        const larger = new Float64Array(size * 2)
        for (let k = 0; k < size; k++) larger[k] = times[(head + k) % size] as number
        times = larger
        head = 0
      }
      times[(head + size) % times.length] = now
      size += 1
    },
    freeAt(now) {
      expire(now)
      return size === 0 ? now : (times[head] as number) + spanMs
    },
  }
}
