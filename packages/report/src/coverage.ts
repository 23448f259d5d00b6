import type { Window } from '@custody/model'

/** What windows leave open between the first and the last instant they hold, and what they hold more than once. */
export interface Coverage {
  /** In order. */
  readonly missing: readonly Window[]
  /** In order; each instant at most once. */
  readonly overlapping: readonly Window[]
}

/** Holds windows against one another. Instants are compared as times. */
export function coverageOf(windows: readonly Window[]): Coverage {
  const edges = windows.flatMap(({ from, to }) => [
    { at: Date.parse(from), instant: from, change: 1 },
    { at: Date.parse(to), instant: to, change: -1 },
  ])
  // Where one ends and another begins, nothing is open in between.
  edges.sort((a, b) => a.at - b.at || b.change - a.change)
  const missing: Window[] = []
  const overlapping: Window[] = []
  let depth = 0
  let last = edges[0]
  for (const edge of edges) {
    if (last && edge.at > last.at) {
      if (depth === 0) missing.push({ from: last.instant, to: edge.instant })
      if (depth > 1) addTo(overlapping, { from: last.instant, to: edge.instant })
    }
    depth += edge.change
    last = edge
  }
  return { missing, overlapping }
}

/** Three archives of one time are one stretch, not two. */
function addTo(stretches: Window[], window: Window): void {
  const before = stretches.at(-1)
  if (before?.to === window.from) stretches[stretches.length - 1] = { from: before.from, to: window.to }
  else stretches.push(window)
}
