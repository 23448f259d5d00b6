import { type Participant, type Role, toJoinKey, toRecordId, toRole } from '@custody/model'
import { plainName, sideNames } from './assumptions.ts'
import type { Row } from './row.ts'

/** What a row beside the entries says of its conversation. */
export type SideFact =
  | { readonly kind: 'conversation'; readonly identifier: string }
  | { readonly kind: 'participant'; readonly participant: Participant; readonly keys: readonly string[] }

/** A table beside the entries. */
export interface SideTable {
  readonly kind: 'conversations' | 'participants' | 'related-records'
  /** What a row says, and the key of its conversation; null for a row that says nothing. */
  read(row: Row): { readonly key: string; readonly fact: SideFact } | null
}

/** Knows a table beside the entries by its columns; null for any other table. */
export function sideTableOf(names: readonly string[]): SideTable | null {
  const plain = names.map(plainName)
  const place = (wanted: readonly string[]): number => {
    const found = wanted.find((name) => plain.includes(name))
    return found === undefined ? -1 : plain.indexOf(found)
  }
  const [id, conversation, role] = [place(sideNames.id), place(sideNames.conversation), place(sideNames.role)]
  if (id >= 0 && conversation >= 0 && role >= 0) {
    const keys = [id, place(sideNames.key), place(sideNames.entity)]
    return {
      kind: 'participants',
      read: ({ values }) => {
        const text = (at: number): string | null => toText(values[at])
        const key = text(conversation)
        if (key === null) return null
        const participant: Participant = {
          role: toRole(text(role)),
          displayName: text(place(sideNames.displayName)),
          recordId: toRecordId(text(place(sideNames.entity))),
          joinedAt: null,
          leftAt: null,
        }
        const known = keys.map(text).filter((one) => one !== null)
        return { key: toJoinKey(key), fact: { kind: 'participant', participant, keys: known.map(toJoinKey) } }
      },
    }
  }
  const identifier = place(sideNames.identifier)
  if (id >= 0 && identifier >= 0 && conversation === place(['conversationidentifier'])) {
    return {
      kind: 'conversations',
      read: ({ values }) => {
        const [key, known] = [toText(values[id]), toText(values[identifier])]
        return key === null || known === null
          ? null
          : { key: toJoinKey(key), fact: { kind: 'conversation', identifier: known } }
      },
    }
  }
  const isRelated = names.length <= MAX_RELATED_COLUMNS && place(sideNames.relatedRecord) >= 0 && conversation >= 0
  return isRelated ? { kind: 'related-records', read: () => null } : null
}

/** A table that holds little else than ids. */
const MAX_RELATED_COLUMNS = 6

/** Who a sender is by what the tables beside the entries say; null where nobody, or more than one, fits. */
export function senderFact(
  subject: string | null,
  facts: readonly SideFact[],
): { readonly role: Role; readonly displayName: string | null } | null {
  if (subject === null) return null
  const key = toJoinKey(subject)
  const found = facts.flatMap((fact) => (fact.kind === 'participant' && fact.keys.includes(key) ? [fact] : []))
  const roles = new Set(found.map(({ participant }) => JSON.stringify([participant.role, participant.displayName])))
  return roles.size === 1 ? (found[0]?.participant ?? null) : null
}

function toText(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null
}
