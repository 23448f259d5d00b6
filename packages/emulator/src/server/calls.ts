import { createSlidingWindow, type SlidingWindow } from './sliding-window.ts'

/** The endpoints that are told apart. */
export const endpoints = [
  'token',
  'versions',
  'limits',
  'query',
  'query-more',
  'conversation-entries',
  'delete-participants',
  'delete-conversations',
  'connect',
  'connect-update',
  'bulk-job',
  'bulk-results',
  'describe',
  'attachment',
  'identity',
  'soap-login',
  'revoke',
  'a360-token',
  'data360-query',
  'data360-status',
  'data360-rows',
  'data360-metadata',
  'data360-cancel',
  'other',
] as const

/** An endpoint of the simulated org, by name. */
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
  /** The most requests in work at the same time. */
  readonly peakConcurrency: number
}

/** How often each endpoint was called, and how it answered. */
export type Calls = Readonly<Record<Endpoint, EndpointCalls>>

/** What one endpoint has seen of one user. */
export interface UserEndpointCalls extends EndpointCalls {
  /** The most requests within any sixty minutes. */
  readonly peakPerHour: number
}

/** By user id, of 18 characters, as the `id` of a token's answer ends in; endpoints nobody asked are left out. */
export type CallsByUser = Readonly<Record<string, Readonly<Partial<Record<Endpoint, UserEndpointCalls>>>>>

/** The book that is kept about requests. A user is who the token is for, as a record id; undefined without a token. */
export interface CallLog {
  started(endpoint: Endpoint, now: number, user: string | undefined): void
  ended(endpoint: Endpoint, status: number, user: string | undefined): void
  /** The answer is written, or the connection has gone. */
  left(endpoint: Endpoint, user: string | undefined): void
  /** A request that counts against the org's daily limit although its endpoint by itself does not. */
  countCore(): void
  /** Requests that count against the org's daily limit. */
  coreRequests(): number
  snapshot(): Calls
  byUser(): CallsByUser
}

const counted: readonly Endpoint[] = [
  'query',
  'query-more',
  'limits',
  'connect',
  'connect-update',
  'bulk-job',
  'bulk-results',
  'describe',
]

interface Entry {
  count: number
  statuses: Record<string, number>
  peakPerMinute: number
  peakPerHour: number
  inWork: number
  peakConcurrency: number
  readonly minute: SlidingWindow
  readonly hour: SlidingWindow
}

function blank(): Entry {
  const [minute, hour] = [createSlidingWindow(60_000), createSlidingWindow(3_600_000)]
  return { count: 0, statuses: {}, peakPerMinute: 0, peakPerHour: 0, inWork: 0, peakConcurrency: 0, minute, hour }
}

export function createCallLog(): CallLog {
  const book = new Map<Endpoint, Entry>(endpoints.map((name) => [name, blank()]))
  const users = new Map<string, Map<Endpoint, Entry>>()
  let elsewhere = 0

  /** The entries a request is written into: everybody's, and the user's own. */
  function entriesOf(endpoint: Endpoint, user: string | undefined): readonly Entry[] {
    const all = book.get(endpoint) as Entry
    if (user === undefined) return [all]
    const theirs = users.get(user) ?? new Map<Endpoint, Entry>()
    users.set(user, theirs)
    const own = theirs.get(endpoint) ?? blank()
    theirs.set(endpoint, own)
    return [all, own]
  }

  return {
    started(endpoint, now, user) {
      for (const entry of entriesOf(endpoint, user)) {
        entry.count += 1
        entry.minute.add(now)
        entry.peakPerMinute = Math.max(entry.peakPerMinute, entry.minute.count(now))
        entry.hour.add(now)
        entry.peakPerHour = Math.max(entry.peakPerHour, entry.hour.count(now))
        entry.inWork += 1
        entry.peakConcurrency = Math.max(entry.peakConcurrency, entry.inWork)
      }
    },
    ended(endpoint, status, user) {
      for (const { statuses } of entriesOf(endpoint, user)) statuses[status] = (statuses[status] ?? 0) + 1
    },
    left(endpoint, user) {
      for (const entry of entriesOf(endpoint, user)) entry.inWork -= 1
    },
    countCore() {
      elsewhere += 1
    },
    coreRequests: () => counted.reduce((sum, name) => sum + (book.get(name) as Entry).count, elsewhere),
    snapshot() {
      const pairs = [...book].map(([name, entry]): [Endpoint, EndpointCalls] => [name, callsOf(entry)])
      return Object.fromEntries(pairs) as Record<Endpoint, EndpointCalls>
    },
    byUser() {
      const pairs = [...users].map(([user, entries]) => {
        const calls = [...entries].map(([name, entry]): [Endpoint, UserEndpointCalls] => [
          name,
          { ...callsOf(entry), peakPerHour: entry.peakPerHour },
        ])
        return [user, Object.fromEntries(calls)]
      })
      return Object.fromEntries(pairs) as CallsByUser
    },
  }
}

function callsOf({ count, statuses, peakPerMinute, peakConcurrency }: Entry): EndpointCalls {
  return { count, statuses: { ...statuses }, refused: statuses['429'] ?? 0, peakPerMinute, peakConcurrency }
}
