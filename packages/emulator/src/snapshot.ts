import { createHash, type Hash } from 'node:crypto'
import { recordId } from './ids.ts'
import type { OrgState } from './server/org-state.ts'
import { wireEntry } from './server/wire-entry.ts'
import type { Field, SchemaObject } from './soql/schema.ts'
import type { Step } from './world/script.ts'

/**
 * A digest of everything an org really holds, by whose it is: a `MessagingEndUser.Id`; `shared <ConversationIdentifier>` for what of a
 * shared conversation is no end user's; `org` for the rest. SHA-256 in hex, over every field of every record and every entry whole.
 */
export type Snapshot = ReadonlyMap<string, string>

/** Those whose data is not what it was: changed, gone, or new. */
export function changedOwners(before: Snapshot, after: Snapshot): readonly string[] {
  const owners = new Set([...before.keys(), ...after.keys()])
  return [...owners].filter((owner) => before.get(owner) !== after.get(owner))
}

/** What tells of deletions is not part of it. */
const ofDeletions: ReadonlySet<string> = new Set(['ConversationApiLog', 'PrivacyHold', 'EngagementAttendee'])

/** Objects whose rows are so many to a conversation. */
const perConversation: Readonly<Record<string, number>> = {
  Conversation: 1,
  MessagingSession: 8,
  ConversationParticipant: 8,
  ContentVersion: 8,
  ContentDocumentLink: 8,
  MessagingSessionMetrics: 16,
}

/** One pass over the org: memory grows with its end users, not with its conversations. */
export function takeSnapshot(org: OrgState): Snapshot {
  const { world } = org
  const digests = new Map<string, Hash>()
  const into = (owner: string): Hash => {
    const known = digests.get(owner) ?? createHash('sha256')
    digests.set(owner, known)
    return known
  }
  const ownerOf = (person: number, channel: number): string => recordId('MessagingEndUser', person * 4 + channel)

  /** Whose a row is. */
  function ownerOfRow({ name, parents, fields }: SchemaObject, row: number): string {
    const size = perConversation[name]
    if (name === 'MessagingEndUser') return recordId('MessagingEndUser', row)
    if (name === 'VoiceCall') return recordId('MessagingEndUser', parents.get('enduser')?.row(row) ?? 0)
    if (size === undefined) return 'org'
    const index = Math.floor(row / size)
    if (index >= world.conversations) return 'org'
    const { person, guest, channel, identifier } = world.outline(index)
    if (guest === undefined || name === 'MessagingSession' || name === 'MessagingSessionMetrics') {
      return ownerOf(person, channel.number)
    }
    const entity = name === 'ConversationParticipant' ? String(fields.get('participantentityid')?.get(row)) : ''
    return entity.startsWith('0PA') ? entity : `shared ${identifier}`
  }

  for (const object of org.schema.values()) {
    if (ofDeletions.has(object.name)) continue
    const fields = [...object.fields.values()]
    for (const row of object.rows(0, object.bound)) {
      into(ownerOfRow(object, row)).update(`${object.name}\0${JSON.stringify(valuesOf(fields, row))}\n`)
    }
  }
  const absent = org.deletions.truly()
  for (let index = 0; index < world.conversations; index++) {
    if (absent.conversation(index)) continue
    const { outline, steps } = world.conversation(index)
    const owner = ownerOf(outline.person, outline.channel.number)
    const whose = ({ role, byGuest }: Step): string => {
      if (outline.guest === undefined) return owner
      if (role !== 'EndUser') return `shared ${outline.identifier}`
      return byGuest ? ownerOf(outline.guest, outline.channel.number) : owner
    }
    for (const step of steps) {
      if (absent.entry(index, step)) continue
      into(whose(step)).update(`${outline.identifier}\0${JSON.stringify(wireEntry(org, outline, step))}\n`)
    }
  }
  return new Map([...digests].map(([owner, hash]) => [owner, hash.digest('hex')]))
}

function valuesOf(fields: readonly Field[], row: number): readonly unknown[] {
  return fields.map(({ get }) => get(row))
}
