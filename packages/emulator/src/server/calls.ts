import { createSlidingWindow, type SlidingWindow } from './sliding-window.ts'

/** The endpoints that are told apart. */
export const endpoints = [
  'token',
  'versions',
  'limits',
  'query',
  'query-more',
  'conversation-entries',
  'other',
] as const

export type Endpoint = (typeof endpoints)[number]

/** What one endpoint has seen. */
export interface EndpointCalls {
  readonly count: number
  /** How many answers of each status; `0` for connections broken on purpose. */
  readonly statuses: Readonly<Record<string, number>>
  /** Answers of 429. */
  readonly refused: number
  /** The most requests within any sixty seconds. */
  readonly peakPerMinute: number
}

export type Calls = Readonly<Record<Endpoint, EndpointCalls>>

/** The book that is kept about requests. */
export interface CallLog {
  started(endpoint: Endpoint, now: number): void
  ended(endpoint: Endpoint, status: number): void
  /** Requests that count against the org's daily limit. */
  coreRequests(): number
  snapshot(): Calls
}

const counted: readonly Endpoint[] = ['query', 'query-more', 'limits']

interface Entry {
  count: number
  statuses: Record<string, number>
  peakPerMinute: number
  readonly minute: SlidingWindow
}

export function createCallLog(): CallLog {
  const book = new Map<Endpoint, Entry>(
    endpoints.map((name) => [name, { count: 0, statuses: {}, peakPerMinute: 0, minute: createSlidingWindow(60_000) }]),
  )
  return {
    started(endpoint, now) {
      const entry = book.get(endpoint) as Entry
      entry.count += 1
      entry.minute.add(now)
      entry.peakPerMinute = Math.max(entry.peakPerMinute, entry.minute.count(now))
    },
    ended(endpoint, status) {
      const { statuses } = book.get(endpoint) as Entry
      statuses[status] = (statuses[status] ?? 0) + 1
    },
    coreRequests: () => counted.reduce((sum, name) => sum + (book.get(name) as Entry).count, 0),
    snapshot() {
      const pairs = [...book].map(([name, { count, statuses, peakPerMinute }]): [Endpoint, EndpointCalls] => [
        name,
        { count, statuses: { ...statuses }, refused: statuses['429'] ?? 0, peakPerMinute },
      ])
      return Object.fromEntries(pairs) as Record<Endpoint, EndpointCalls>
    },
  }
}
