import { hasOpenSession } from '../objects/session-state.ts'
import type { Endpoint } from '../server/calls.ts'
import { gatewayError, tooManyRequests } from '../server/gateway-error.ts'
import type { OrgState } from '../server/org-state.ts'
import { json, type Reply, type Request } from '../server/reply.ts'
import { executionUser } from '../world/staff.ts'
import { askedIds, targetOf } from './asked-ids.ts'
import { type DeletionTarget, listed, recordIdOf, restrictedEndUsers } from './deletions.ts'
import { logId, logSteps } from './log-entry.ts'

export type DeleteEndpoint = Extract<Endpoint, 'delete-participants' | 'delete-conversations'>

const kinds = { 'delete-participants': 'end-user', 'delete-conversations': 'conversation' } as const

const base = '/platform/engagement/v1.0/'

/** Which of the two requests this is, if it is one. */
export function deleteEndpoint(
  { deletions: { switches } }: Pick<OrgState, 'deletions'>,
  { method, path }: Pick<Request, 'method' | 'path'>,
): DeleteEndpoint | undefined {
  if (method !== 'DELETE') return undefined
  if (path === base + switches.participantsPath) return 'delete-participants'
  return path === base + switches.conversationsPath ? 'delete-conversations' : undefined
}

/** `DELETE …/conversation-participants` and `DELETE …/conversations`: several ids are deleted together, or none. */
export function deletionRoute(org: OrgState, request: Request, endpoint: DeleteEndpoint): Reply {
  const { deletions, world } = org
  const { switches } = deletions
  const kind = kinds[endpoint]
  if (!org.switches.conversationApi) return notFound(org)
  const { state, user, scopes } = org.tokens.check(request.headers.authorization)
  if (state === 'opaque' || (state === 'valid' && !scopes.includes('sfap_api'))) return notFound(org)
  if (state !== 'valid') return switches.badToken === 404 ? notFound(org) : gatewayError(org, 401, 'Unauthorized')
  // assumption: how an org says that it does not have this, and that somebody may not.
  if (switches.governmentCloud) return gatewayError(org, 403, 'Not available for this org')
  if (switches.refusedUsers.includes(user - executionUser(0).number)) return gatewayError(org, 403, 'Forbidden')

  const now = org.clock.now()
  const hour = org.deletesOf(user)[kind]
  const allowed = kind === 'end-user' ? org.limits.deleteParticipantsPerHour : org.limits.deleteConversationsPerHour
  if (hour.count(now) >= allowed) return tooManyRequests(org, hour.freeAt(now) - now)
  hour.add(now)

  const ids = askedIds(switches, request, kind)
  if (ids.length === 0) return gatewayError(org, 400, 'No ids were given')
  if (ids.length > switches.idsPerRequest) return gatewayError(org, 400, 'Too many ids')
  const targets = new Map<string, DeletionTarget>()
  for (const id of ids) {
    const target = targetOf(org, kind, id)
    if (!target) return notFound(org)
    targets.set(recordIdOf(target), target)
  }
  const refused = [...targets.values()].map((target) => refusal(org, target)).find((reply) => reply !== undefined)
  if (refused) return refused

  const accepted = [...targets.values()].map((target, k) => deletions.accept(target, user, k > 0))
  const logs = accepted.map((deletion) => ({
    id: logId(deletion),
    requestedEntityIdentifier: deletion.recordId.slice(0, 15),
    status: logSteps(deletion, { ...switches, log: 'stuck' }, now)[0]?.status,
  }))
  if (switches.answerBody === 'none') return { status: 202, headers: {}, body: '' }
  return json(202, { conversationApiLogs: switches.answerBody === 'logs' ? logs : [] })

  function refusal(of: OrgState, target: DeletionTarget): Reply | undefined {
    const id = recordIdOf(target)
    const isLocked = switches.againWhilePending === 'locked' && deletions.isPending(target)
    if (isLocked || listed(switches.locked, id)) return gatewayError(of, 423, 'Locked')
    if (hasOpenSession(world, target, switches.closedStatuses)) return gatewayError(of, 412, 'Precondition Failed')
    const isRestricted = restrictedEndUsers(world, target).some((endUser) => listed(switches.restricted, endUser))
    if (isRestricted && switches.restrictedAnswer === 'refused') return gatewayError(of, 409, 'Conflict')
    return undefined
  }
}

/** One body for all causes: the API off, a wrong path, a bad token, an id that nothing has. */
function notFound(org: OrgState): Reply {
  return gatewayError(org, 404, 'Not Found')
}
