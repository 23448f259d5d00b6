import { assumed } from '../assumptions.ts'
import type { FaultAction } from '../faults/scenario.ts'
import { type EntriesPage, listEntries } from './entries-page.ts'
import { gatewayError } from './gateway-error.ts'
import type { OrgState } from './org-state.ts'
import { json, type Reply, type Request } from './reply.ts'

/** `GET /platform/engagement/v1.0/conversation-entries` */
export function entriesRoute(org: OrgState, request: Request, faults: readonly FaultAction[]): Reply {
  const { switches } = org
  if (!switches.conversationApi || request.method !== 'GET') return gatewayError(org, 404, 'Not Found')
  const { state, user } = org.tokens.check(request.headers.authorization)
  // The gateway does not know tokens of the wrong kind, and says so by 404.
  if (state === 'opaque') return gatewayError(org, 404, 'Not Found')
  if (state !== 'valid') return gatewayError(org, 401, 'Unauthorized')

  const now = org.clock.now()
  const minute = org.minuteOf(user)
  if (minute.count(now) >= org.limits.entriesPerMinute) return tooManyRequests(org, minute.freeAt(now) - now)
  minute.add(now)

  const identifier = request.query.get('conversationIdentifier')
  if (!identifier) return gatewayError(org, 400, 'conversationIdentifier is required')
  const index = org.world.indexOf(identifier)
  if (index === undefined) {
    if (switches.unknownConversation === 'empty') return json(200, { conversationEntries: [] })
    return gatewayError(org, 404, 'Conversation not found')
  }
  org.active.touch(index, now)
  const page = listEntries(org, index, request.query, faults)
  return 'refused' in page ? gatewayError(org, 400, page.refused) : entriesReply(page)
}

function entriesReply({ entries, nextPageToken }: EntriesPage): Reply {
  return json(200, {
    conversationEntries: entries,
    ...(nextPageToken !== undefined && { [assumed.nextPageToken]: nextPageToken }),
  })
}

function tooManyRequests(org: OrgState, waitMs: number): Reply {
  const reply = gatewayError(org, 429, 'Too Many Requests')
  if (org.switches.retryAfter === 'absent') return reply
  const value =
    org.switches.retryAfter === 'seconds'
      ? String(Math.max(1, Math.ceil(waitMs / 1_000)))
      : new Date(org.clock.now() + waitMs).toUTCString()
  return { ...reply, headers: { ...reply.headers, 'retry-after': value } }
}
