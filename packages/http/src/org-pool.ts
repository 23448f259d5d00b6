import { usageError } from '@custody/pipeline'
import type { FullOrgClient } from './create-org-client.ts'
import { perUserEndpoints } from './default-limits.ts'

/** What the users of a pool share. */
export interface OrgPoolOptions {
  /** Endpoints whose limit counts per user, and so is worth spreading. @defaultValue {@link perUserEndpoints} */
  readonly spread?: readonly string[]
}

/** What decides which user makes a call. */
interface Call {
  readonly endpoint: string
  readonly affinity?: string
}

/** Far more than are read at the same time, in less than a megabyte. */
const maxAffinities = 4_096

/**
 * One client out of those of several execution users of one org, each with its own limits.
 *
 * Endpoints whose limit counts per user are spread: a new affinity goes to the user with the fewest calls to that endpoint
 * so far (the first of them), and stays with that user, since page tokens belong to who got them. Everything else is asked
 * as the first user, always: sharing rules differ between users, and a census must be of one piece.
 *
 * A user who cannot sign in fails the calls that fall to it. Nobody takes its place: that would hide half the limit gone.
 *
 * @throws CustodyError `HTTP_OPTIONS` (usage)
 */
export function createOrgPool(clients: readonly FullOrgClient[], options: OrgPoolOptions = {}): FullOrgClient {
  const [first] = clients
  if (!first) throw usageError('HTTP_OPTIONS', 'createOrgPool: clients is empty.', 'Give it one client per user.')
  if (new Set(clients).size < clients.length) {
    throw usageError('HTTP_OPTIONS', 'createOrgPool: clients holds one twice.', 'Give it one client per user.')
  }
  const spread = new Set(options.spread ?? perUserEndpoints)
  /** Calls of each user so far, by endpoint. */
  const calls = new Map([...spread].map((endpoint) => [endpoint, clients.map(() => 0)]))
  /** The user of each affinity. A map keeps the order of setting, so the longest unused stands first. */
  const users = new Map<string, number>()

  function clientFor({ endpoint, affinity }: Call): FullOrgClient {
    const counts = calls.get(endpoint)
    if (!counts) return first as FullOrgClient
    const user = (affinity === undefined ? undefined : users.get(affinity)) ?? counts.indexOf(Math.min(...counts))
    counts[user] = (counts[user] ?? 0) + 1
    if (affinity !== undefined) remember(affinity, user)
    return clients[user] ?? (first as FullOrgClient)
  }

  function remember(affinity: string, user: number): void {
    users.delete(affinity)
    users.set(affinity, user)
    const [longestUnused] = users.keys()
    if (users.size > maxAffinities && longestUnused !== undefined) users.delete(longestUnused)
  }

  return {
    getJson: (request) => clientFor(request).getJson(request),
    send: (request) => clientFor(request).send(request),
    download: (request) => clientFor(request).download(request),
    async close() {
      await Promise.all(clients.map((client) => client.close()))
    },
  }
}
