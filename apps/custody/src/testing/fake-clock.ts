import type { Clock } from '@custody/pipeline'

/** A clock whose sleeps take no time: they move it on, and are remembered. */
export function sleepingClock(
  start: number = Date.UTC(2026, 9, 1),
): Clock & { readonly slept: number[]; jump(ms: number): void } {
  let now = start
  const slept: number[] = []
  return {
    slept,
    now: () => now,
    async sleep(ms, signal) {
      signal?.throwIfAborted()
      slept.push(ms)
      now += ms
    },
    jump(ms) {
      now += ms
    },
  }
}
