import { assumed } from '../assumptions.ts'
import type { FaultAction } from '../faults/scenario.ts'
import { type EntriesPage, listEntries } from './entries-page.ts'
import { gatewayError, tooManyRequests } from './gateway-error.ts'
import type { OrgState } from './org-state.ts'
import { json, type Reply, type Request } from './reply.ts'

/** `GET /platform/engagement/v1.0/conversation-entries` */
export function entriesRoute(org: OrgState, request: Request, faults: readonly FaultAction[]): Reply {
  const { switches } = org
  if (!switches.conversationApi || request.method !== 'GET') return gatewayError(org, 404, 'Not Found')
  const { state, user, scopes } = org.tokens.check(request.headers.authorization)
  // The gateway does not know tokens of the wrong kind, and says so by 404.
  // assumption: one without the scope is of the wrong kind.
  if (state === 'opaque' || (state === 'valid' && !scopes.includes('sfap_api')))
    return gatewayError(org, 404, 'Not Found')
  if (state !== 'valid') return gatewayError(org, 401, 'Unauthorized')

  const now = org.clock.now()
  const minute = org.minuteOf(user)
  if (minute.count(now) >= org.limits.entriesPerMinute) return tooManyRequests(org, minute.freeAt(now) - now)
  minute.add(now)

  const identifier = request.query.get('conversationIdentifier')
  if (!identifier) return gatewayError(org, 400, 'conversationIdentifier is required')
  const index = org.world.indexOf(identifier)
  if (index === undefined || org.deletions.absent('conversation-data').conversation(index)) {
    if (switches.unknownConversation === 'empty') return json(200, { conversationEntries: [] })
    return gatewayError(org, 404, 'Conversation not found')
  }
  org.active.touch(index, now)
  const page = listEntries(org, { index, user, query: request.query, faults })
  return 'refused' in page ? gatewayError(org, 400, page.refused) : entriesReply(page)
}

function entriesReply({ entries, nextPageToken }: EntriesPage): Reply {
  return json(200, {
    conversationEntries: entries,
    ...(nextPageToken !== undefined && { [assumed.nextPageToken]: nextPageToken }),
  })
}
