import { createHash, type Hash } from 'node:crypto'
import { keyPrefixes, recordId } from './ids.ts'
import { filesPerConversation } from './objects/content.ts'
import { metricTypes } from './platform-assumptions.ts'
import type { OrgState } from './server/org-state.ts'
import { wireEntry } from './server/wire-entry.ts'
import { type Field, objectNamed, type Schema, type SchemaObject } from './soql/schema.ts'

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
  ContentVersion: filesPerConversation,
  ContentDocumentLink: filesPerConversation,
  MessagingSessionMetrics: 8 * metricTypes.length,
}

type Add = (owner: string, line: string) => void

/** One pass over the org, and all of its objects as they really are: memory grows with its end users, not with its conversations. */
export function takeSnapshot(org: OrgState, objects: Schema): Snapshot {
  const { conversations } = org.world
  const digests = new Map<string, Hash>()
  const tables = [...objects.values()].filter(({ name }) => !ofDeletions.has(name)).map(tableOf)
  const byConversation = tables.filter(({ size }) => size !== undefined)
  for (let index = 0; index < conversations; index++) {
    const lines = new Map<string, string[]>()
    const add: Add = (owner, line) => {
      const theirs = lines.get(owner)
      if (theirs) theirs.push(line)
      else lines.set(owner, [line])
    }
    for (const table of byConversation) addRecords(org, table, index, add)
    addEntries(org, index, add)
    for (const [owner, theirs] of lines) digestOf(digests, owner).update(`${theirs.join('\n')}\n`)
  }
  for (const table of tables) {
    const { object, size = 0 } = table
    // Behind those of the conversations stand sessions that belong to none.
    for (const row of object.rows(size * conversations, object.bound)) {
      digestOf(digests, ownerOf(objects, object, row)).update(`${lineOf(table, row)}\n`)
    }
  }
  return new Map([...digests].map(([owner, hash]) => [owner, hash.digest('hex')]))
}

interface Table {
  readonly object: SchemaObject
  readonly fields: readonly Field[]
  readonly size: number | undefined
}

function tableOf(object: SchemaObject): Table {
  return { object, fields: [...object.fields.values()], size: perConversation[object.name] }
}

function lineOf({ object, fields }: Table, row: number): string {
  return `${object.name} ${JSON.stringify(fields.map(({ get }) => get(row)))}`
}

function digestOf(digests: Map<string, Hash>, owner: string): Hash {
  const known = digests.get(owner) ?? createHash('sha256')
  digests.set(owner, known)
  return known
}

/** The records of a conversation: what hangs on its sessions is the end user's it is with. */
function addRecords({ world }: OrgState, table: Table, index: number, add: Add): void {
  const { object, size = 1 } = table
  const { person, guest, channel, identifier } = world.outline(index)
  const owner = endUserId(person, channel.number)
  const isOfSession = object.name !== 'Conversation' && object.name !== 'ConversationParticipant'
  for (const row of object.rows(index * size, (index + 1) * size)) {
    const entity = guest === undefined ? null : object.fields.get('participantentityid')?.get(row)
    const isEndUser = typeof entity === 'string' && entity.startsWith(keyPrefixes.MessagingEndUser)
    add(guest === undefined || isOfSession ? owner : isEndUser ? entity : sharedBy(identifier), lineOf(table, row))
  }
}

/** The entries of a conversation: of a shared one, each end user's own are theirs. */
function addEntries(org: OrgState, index: number, add: Add): void {
  const { world, deletions } = org
  const absent = deletions.truly()
  if (absent.conversation(index)) return
  const { outline, steps } = world.conversation(index)
  const { person, guest, channel, identifier } = outline
  const owner = endUserId(person, channel.number)
  for (const step of steps) {
    if (absent.entry(index, step)) continue
    const isNobodys = guest !== undefined && step.role !== 'EndUser'
    const speaker = step.byGuest ? endUserId(guest ?? person, channel.number) : owner
    add(isNobodys ? sharedBy(identifier) : speaker, JSON.stringify(wireEntry(org, outline, step)))
  }
}

/** Whose a row is that belongs to no conversation. */
function ownerOf(objects: Schema, { name, parents }: SchemaObject, row: number): string {
  const parent = (relationship: string): number => parents.get(relationship)?.row(row) ?? 0
  switch (name) {
    case 'MessagingEndUser':
      return recordId('MessagingEndUser', row)
    case 'VoiceCall':
      return recordId('MessagingEndUser', parent('enduser'))
    case 'MessagingSession':
      return recordId('MessagingEndUser', parent('messagingenduser'))
    case 'MessagingSessionMetrics':
      return ownerOf(objects, objectNamed(objects, 'MessagingSession'), parent('messagingsession'))
    default:
      return 'org'
  }
}

function endUserId(person: number, channel: number): string {
  return recordId('MessagingEndUser', person * 4 + channel)
}

function sharedBy(identifier: string): string {
  return `shared ${identifier}`
}
