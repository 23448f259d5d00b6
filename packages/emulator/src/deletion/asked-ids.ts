import { recordNumber } from '../ids.ts'
import type { OrgState } from '../server/org-state.ts'
import type { Request } from '../server/reply.ts'
import type { DeletionSwitches } from './deletion-switches.ts'
import type { DeletionTarget } from './deletions.ts'

type Kind = DeletionTarget['kind']

/** The ids of a request, wherever the switches say that they stand; none where they stand elsewhere. */
export function askedIds(switches: DeletionSwitches, { query, body }: Request, kind: Kind): readonly string[] {
  const name = kind === 'end-user' ? switches.participantsParameter : switches.conversationsParameter
  if (switches.idsIn === 'query') return query.getAll(name).flatMap((value) => value.split(',').filter(Boolean))
  const value = memberOf(body, name)
  return Array.isArray(value) ? value.filter((id) => typeof id === 'string') : []
}

function memberOf(body: string, name: string): unknown {
  try {
    const document: unknown = JSON.parse(body)
    const isObject = typeof document === 'object' && document !== null && Object.hasOwn(document, name)
    return isObject ? (document as Readonly<Record<string, unknown>>)[name] : undefined
  } catch {
    return undefined
  }
}

/** What an id names, if it is there and not deleted yet. */
export function targetOf({ world, deletions }: OrgState, kind: Kind, id: string): DeletionTarget | undefined {
  const gone = deletions.truly()
  if (kind === 'end-user') {
    const row = recordNumber('MessagingEndUser', id)
    return row !== undefined && world.isEndUser(row) && !gone.endUser(row) ? { kind, row } : undefined
  }
  const { conversationIdForm: form } = deletions.switches
  const byRecord = form === 'identifier' ? undefined : recordNumber('Conversation', id)
  const row = byRecord ?? (form === 'record-id' ? undefined : world.indexOf(id))
  return row !== undefined && row < world.conversations && !gone.conversation(row) ? { kind, row } : undefined
}
