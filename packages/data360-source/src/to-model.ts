import {
  type Entry,
  type Instant,
  isRawJson,
  type Json,
  type Participant,
  parseJson,
  readPayload,
  toJoinKey,
  toRecordId,
  toRole,
} from '@custody/model'
import { entryTimes, knownFields } from './assumptions.ts'
import type { Row } from './query-api.ts'
import { aliasOf, type ObjectKey, type Schema } from './schema.ts'
import type { Timestamps } from './timestamp.ts'

/** A row by the names of its columns. */
export interface EntryRow {
  /** The value; null where the org has no such field. */
  value(object: ObjectKey, name: string): unknown
  /** The same as text; null for an empty one. */
  text(object: ObjectKey, name: string): string | null
  /** What the row says of its participant: the same text for the same one. */
  readonly participant: string
  /** The fields of the entry that say something, by alias and by the org's name. */
  readonly fields: readonly { readonly alias: string; readonly field: string; readonly value: Json }[]
}

/** Makes the reader of rows. */
export function rowReader({ columns }: Schema): (row: Row) => EntryRow {
  const aliases = columns.map(({ alias }) => alias)
  const placesOf = (object: ObjectKey): ReadonlyMap<string, number> =>
    new Map(knownFields[object].map((name) => [name, aliases.indexOf(aliasOf(object, name))]))
  const places = {
    entry: placesOf('entry'),
    conversation: placesOf('conversation'),
    participant: placesOf('participant'),
    role: placesOf('role'),
  }
  const joined = columns.flatMap(({ object }, place) => (object === 'participant' || object === 'role' ? [place] : []))
  const ofEntry = columns.flatMap(({ object, alias, field }, place) =>
    object === 'entry' ? [{ alias, field, place }] : [],
  )
  return (row) => {
    const value = (object: ObjectKey, name: string): unknown => row[places[object].get(name) ?? -1] ?? null
    return {
      value,
      get participant() {
        return JSON.stringify(joined.map((place) => row[place] ?? null))
      },
      text: (object, name) => textOf(value(object, name)),
      get fields() {
        return ofEntry.flatMap(({ alias, field, place }) => {
          const own = (row[place] ?? null) as Json
          return own === null || own === '' ? [] : [{ alias, field, value: own }]
        })
      },
    }
  }
}

/** What of an entry has no place in the model, by the org's names; null for nothing. */
function toExtra({ fields }: EntryRow, idField: keyof typeof idAliases, timestamps: Timestamps): Json {
  const rest = fields.flatMap(({ alias, field, value }): [string, Json][] => {
    if (alias === idAliases[idField] || carried.has(alias)) return []
    // A time that could not be read is kept as it came.
    if (carriedTimes.has(alias) && timestamps.toInstant(value) !== null) return []
    return [[field, value]]
  })
  // As entries, so that a field called `__proto__` is a field.
  return rest.length === 0 ? null : Object.fromEntries(rest)
}

const idAliases = { Id: aliasOf('entry', 'Id'), ExternalRecordId: aliasOf('entry', 'ExternalRecordId') } as const

/** Fields that the model has a place for. */
const carried = aliasSet('ConversationId', 'ConversationEntryType', 'PayloadText')
const carriedTimes = aliasSet('TranscriptedDateTime', 'ClientDateTime')

function aliasSet(...names: readonly string[]): ReadonlySet<string> {
  return new Set(names.map((name) => aliasOf('entry', name)))
}

/** An entry that cannot be archived. */
export interface MalformedEntry {
  readonly code: 'ENTRY_MALFORMED' | 'ENTRY_WITHOUT_TIMESTAMP'
  /** The key of its row. */
  readonly id: string | null
  readonly message: string
}

export interface ReceivedEntry {
  /** The key of its row. */
  readonly id: string
  readonly entry: Entry
  /** Whether the server's time places it. */
  readonly isByServer: boolean
}

/**
 * Reads the entry of a row. Pure.
 *
 * Its identifier is the one that the other APIs know. Where a row has a record id of Data 360's own, that is what it was called outside.
 */
export function toEntry(row: EntryRow, timestamps: Timestamps): ReceivedEntry | MalformedEntry {
  const { id, idField, entryId } = entryIdsOf(row)
  if (id === null || entryId === null) return { code: 'ENTRY_MALFORMED', id: null, message: 'An entry has no Id.' }
  const times = entryTimes.map((name) => timestamps.toInstant(row.value('entry', name)))
  const sentAt = times.find((time) => time !== null) ?? null
  if (sentAt === null) {
    const message = 'An entry has no usable timestamp, so no window holds it.'
    return { code: 'ENTRY_WITHOUT_TIMESTAMP', id, message }
  }
  const payload = (row.value('entry', 'PayloadText') ?? null) as Json
  const entryType = row.text('entry', 'ConversationEntryType') ?? typeIn(payload) ?? ''
  const { kind, text, content } = readPayload(entryType, payload)
  const entry: Entry = {
    entryId,
    sentAt,
    clientAt: timestamps.toInstant(row.value('entry', 'ClientDateTime')),
    kind,
    entryType,
    sender: toSender(row),
    text,
    content,
    relatedRecords: [],
    source: 'data360',
    payload,
    extra: toExtra(row, idField, timestamps),
  }
  return { id, entry, isByServer: times[0] !== null }
}

/** The key of a row, and the identifier that the other APIs know; null where it has none. */
export function entryIdsOf(row: EntryRow): {
  readonly id: string | null
  readonly idField: 'Id' | 'ExternalRecordId'
  readonly entryId: string | null
} {
  const id = row.text('entry', 'Id')
  const external = row.text('entry', 'ExternalRecordId')
  const isExternal = id !== null && external !== null && toRecordId(id) !== null
  return { id, idField: isExternal ? 'ExternalRecordId' : 'Id', entryId: isExternal ? external : id }
}

/** The type that a payload names itself, where its row names none. */
function typeIn(payload: Json): string | null {
  if (typeof payload !== 'string' || !/^\s*\{/.test(payload)) return null
  try {
    const parsed = parseJson(payload)
    const type = typeof parsed === 'object' && parsed !== null ? Reflect.get(parsed, 'entryType') : null
    return typeof type === 'string' && type !== '' ? type : null
  } catch {
    return null
  }
}

/** Who sent it. The participant knows the name, their role in the app who they are; either may know the role. */
function toSender(row: EntryRow): Entry['sender'] {
  const subject = row.text('role', 'SubjectName') ?? row.text('participant', 'ParticipantId')
  return {
    role: roleOf(row),
    appType: row.text('role', 'ParticipantId'),
    subject: subject === null ? null : toJoinKey(subject),
    displayName: row.text('participant', 'ParticipantDisplayName'),
  }
}

/** The participant of a row; null where there is none. */
export function toParticipant(row: EntryRow, timestamps: Timestamps): Participant | null {
  if (row.text('participant', 'Id') === null) return null
  return {
    role: roleOf(row),
    displayName: row.text('participant', 'ParticipantDisplayName'),
    recordId: toRecordId(row.text('participant', 'ParticipantId')),
    joinedAt: timestamps.toInstant(row.value('participant', 'JoinedDateTime')),
    leftAt: timestamps.toInstant(row.value('participant', 'LeftDateTime')),
  }
}

function roleOf(row: EntryRow): Entry['sender']['role'] {
  const roles = (['role', 'participant'] as const).map((object) =>
    toRole(row.text(object, 'EngagementParticipantRole')),
  )
  return roles.find((role) => role !== 'other') ?? 'other'
}

/** What a conversation is known by, and its own times. */
export interface ConversationFacts {
  readonly identifier: string | null
  readonly startTime: Instant | null
  readonly endTime: Instant | null
  /** Whether the org holds the conversation itself, and not only entries of it. */
  readonly isHeld: boolean
}

export function toFacts(row: EntryRow, timestamps: Timestamps): ConversationFacts {
  return {
    identifier: row.text('conversation', 'ExternalRecordId'),
    startTime: timestamps.toInstant(row.value('conversation', 'StartDateTime')),
    endTime: timestamps.toInstant(row.value('conversation', 'EndDateTime')),
    isHeld: row.text('conversation', 'Id') !== null,
  }
}

function textOf(value: unknown): string | null {
  if (typeof value === 'string') return value === '' ? null : value
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  return isRawJson(value) ? value.rawJSON : null
}
