import type { OrgClient } from '@custody/http'
import { toJoinKey } from '@custody/model'
import type { Control } from '../executing/control.ts'
import { ifVisible } from '../soql/not-visible.ts'
import { rowsOf } from '../soql/read-rows.ts'
import { inConditions } from '../soql/soql-text.ts'
import { type AskedTarget, chunks, count, type ReadBackSource } from './read-back.ts'

/** The org whose records are read back. */
export interface RecordsReadBackOptions {
  readonly org: OrgClient
  /** @defaultValue `'66.0'` */
  readonly apiVersion?: string | undefined
}

interface Question {
  readonly object: string
  readonly field: string
  readonly idsOf: (asked: AskedTarget) => readonly string[]
  readonly control: (control: Control) => string
  /** Whether it may be that nobody sees this object. */
  readonly isOptional?: true
}

const endUserOf = ({ traces }: AskedTarget): readonly string[] => (traces.endUserId === null ? [] : [traces.endUserId])

const questions: readonly Question[] = [
  { object: 'MessagingEndUser', field: 'Id', idsOf: endUserOf, control: ({ endUserId }) => endUserId },
  {
    object: 'MessagingSession',
    field: 'Id',
    idsOf: ({ traces }) => traces.sessions,
    control: ({ sessionId }) => sessionId,
  },
  // Sessions that were not there yet when the traces were taken.
  { object: 'MessagingSession', field: 'MessagingEndUserId', idsOf: endUserOf, control: ({ endUserId }) => endUserId },
  {
    object: 'Conversation',
    field: 'Id',
    // A conversation with another end user stays, without what the person wrote.
    idsOf: ({ traces }) => traces.conversations.flatMap(({ recordId, isShared }) => (isShared ? [] : [recordId])),
    control: ({ conversationId }) => conversationId,
  },
  {
    object: 'ConversationParticipant',
    field: 'ParticipantEntityId',
    idsOf: endUserOf,
    control: ({ endUserId }) => endUserId,
    isOptional: true,
  },
]

/** Few enough that one request holds them and the control record, whatever their form. */
const idsPerQuery = 100

/** The records by SOQL. */
export function recordsReadBack({ org, apiVersion }: RecordsReadBackOptions): ReadBackSource {
  return {
    name: 'records',
    lagMs: 0,
    async readBack(asked, control, signal) {
      const seen = new Map<string, number>()
      const askedFor = new Map<string, number>()
      let isControlFound = true
      for (const { object, field, idsOf, control: controlOf, isOptional } of questions) {
        const owners = new Map<string, string[]>()
        for (const target of asked) {
          for (const id of idsOf(target)) {
            owners.set(toJoinKey(id), [...(owners.get(toJoinKey(id)) ?? []), target.key])
            count(askedFor, target.key)
          }
        }
        const controlId = toJoinKey(controlOf(control))
        for (const ids of chunks([...owners.keys()], idsPerQuery)) {
          const [condition = '', ...more] = inConditions(field, [...ids, controlId])
          const asking = rowsOf(object, field === 'Id' ? [] : [field], [condition], { org, apiVersion, signal })
          const rows = isOptional ? await ifVisible(asking) : await asking
          if (rows === null) continue
          const found = rows.map((row) => toJoinKey(field === 'Id' ? row.id : (row.text(field) ?? '')))
          if (more.length > 0 || !found.includes(controlId)) isControlFound = false
          for (const id of found) for (const key of owners.get(id) ?? []) count(seen, key)
        }
      }
      return { control: isControlFound ? 'found' : 'missing', seen, asked: askedFor }
    },
  }
}
