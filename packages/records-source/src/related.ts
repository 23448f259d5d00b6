import { type Conversation, toRecordId } from '@custody/model'
import { CustodyError, type Reject } from '@custody/pipeline'
import { readQuery } from './pages.ts'
import type { QueryOptions } from './query-pages.ts'
import { queriesByIds } from './soql.ts'
import { type Related, toConversation, toEndUser, toParticipants, toSessions } from './to-model.ts'
import { isVoice, withCalls } from './voice-calls.ts'
import {
  type ChannelRow,
  type ContactRow,
  type ConversationRow,
  channelType,
  contactType,
  endUserType,
  type ParticipantRow,
  participantType,
  type RecordType,
  type SessionRow,
  sessionType,
  type VoiceCallRow,
  voiceCallType,
} from './wire.ts'

type PartReject = Omit<Reject, 'stage'>

/** Objects a run can do without; that one of them could not be seen is recorded. */
const dispensable = new Map<string, string>([
  [participantType.object, 'Display names of participants are missing, and redaction does not know them.'],
  [contactType.object, 'Redaction does not know names, addresses and numbers of linked contacts.'],
  [channelType.object, 'Names and types of channels are missing.'],
  [voiceCallType.object, 'Redaction does not know who called, nor the numbers.'],
])

/** Conversations with everything that belongs to them, and what could not be had of it. */
export interface Joined {
  readonly conversations: readonly Conversation[]
  readonly rejects: readonly PartReject[]
}

/** Joins conversations with their sessions, participants, end users and channels, a few hundred at a time. */
export class RelatedReader {
  readonly #options: QueryOptions
  readonly #hidden = new Set<string>()
  /** An org has few channels and every conversation names one. Null: there is no such channel. */
  readonly #channels = new Map<string, ChannelRow | null>()
  /** That calls cannot be seen: told once a conversation comes up that is one. */
  #callsHidden: PartReject | undefined

  constructor(options: QueryOptions) {
    this.#options = options
  }

  async join(rows: readonly ConversationRow[]): Promise<Joined> {
    const rejects: PartReject[] = []
    const identified = rows.flatMap((row) => {
      if (row.ConversationIdentifier) return [{ row, identifier: row.ConversationIdentifier }]
      rejects.push(withoutIdentifier(row))
      return []
    })
    const ids = identified.map(({ row }) => row.Id)
    const sessions = await this.#read(sessionType, 'ConversationId', ids, rejects)
    const participants = await this.#read(participantType, 'ConversationId', ids, rejects)
    const sessionsOf = Map.groupBy(sessions, (row) => toRecordId(row.ConversationId))
    const participantsOf = Map.groupBy(participants, (row) => toRecordId(row.ConversationId))
    const calls = await this.#readCalls(rows, rejects)
    const callsOf = Map.groupBy(calls, (row) => toRecordId(row.ConversationId))
    const endUsers = byId(await this.#read(endUserType, 'Id', endUserIds(sessions, participants, calls), rejects))
    const contacts = byId(await this.contacts(present(endUsers.values(), 'ContactId'), rejects))
    await this.#readChannels(rows, rejects)

    const conversations = identified.map(({ row, identifier }) => {
      const id = toRecordId(row.Id)
      const own = {
        sessions: sessionsOf.get(id) ?? [],
        participants: participantsOf.get(id) ?? [],
        calls: callsOf.get(id) ?? [],
      }
      const within = { type: 'Conversation', id: identifier }
      const known = endUserIds(own.sessions, own.participants, own.calls).flatMap((endUserId) => {
        const endUser = endUsers.get(endUserId)
        if (!endUser) {
          rejects.push({ ...unknown('END_USER_NOT_FOUND', endUserType.object, endUserId), within })
          return []
        }
        const contactId = toRecordId(endUser.ContactId)
        const contact = contactId === null ? null : (contacts.get(contactId) ?? null)
        if (contactId !== null && !contact && !this.contactsHidden) {
          rejects.push({ ...unknown('CONTACT_NOT_FOUND', contactType.object, contactId), within })
        }
        return [toEndUser(endUser, contact)]
      })
      const related: Related = {
        sessions: toSessions(own.sessions),
        participants: toParticipants(own.participants),
        endUsers: withCalls(known, own.calls),
        channel: this.#channels.get(toRecordId(row.ConversationChannelId) ?? '') ?? null,
        isVoice: own.calls.length > 0 || isVoice(row),
      }
      return toConversation(identifier, row, related)
    })
    return { conversations, rejects }
  }

  /** The contacts there are; that they cannot be seen is told once. */
  contacts(ids: readonly string[], rejects: PartReject[]): Promise<readonly ContactRow[]> {
    return this.#read(contactType, 'Id', ids, rejects)
  }

  /** Whether contacts cannot be seen. */
  get contactsHidden(): boolean {
    return this.#hidden.has(contactType.object)
  }

  /**
   * The calls of conversations. An org without Salesforce Voice has no such object, and lacks nothing; that the object cannot
   * be seen matters where a conversation is a call.
   */
  async #readCalls(rows: readonly ConversationRow[], rejects: PartReject[]): Promise<readonly VoiceCallRow[]> {
    const said: PartReject[] = []
    const ids = rows.map(({ Id }) => Id)
    const calls = await this.#read(voiceCallType, 'ConversationId', ids, said)
    for (const reject of said) {
      if (reject.code === 'OBJECT_NOT_VISIBLE') this.#callsHidden = reject
      else rejects.push(reject)
    }
    if (this.#callsHidden && rows.some(isVoice)) {
      rejects.push(this.#callsHidden)
      this.#callsHidden = undefined
    }
    return calls
  }

  async #readChannels(rows: readonly ConversationRow[], rejects: PartReject[]): Promise<void> {
    const ids = rows.filter((row) => !isVoice(row)).map((row) => toRecordId(row.ConversationChannelId))
    const unread = ids.filter((id) => id !== null).filter((id) => !this.#channels.has(id))
    const found = byId(await this.#read(channelType, 'Id', unread, rejects))
    for (const id of unread) this.#channels.set(id, found.get(id) ?? null)
  }

  async #read<Row extends { readonly Id: string }>(
    type: RecordType<Row>,
    field: keyof Row & string,
    ids: readonly string[],
    rejects: PartReject[],
  ): Promise<readonly Row[]> {
    const rows: Row[] = []
    if (this.#hidden.has(type.object)) return rows
    try {
      for (const query of queriesByIds(type, field, ids)) {
        const pages = readQuery(query, this.#options)
        let page = await pages.next()
        for (; !page.done; page = await pages.next()) rows.push(...page.value)
        if (page.value.missing > 0) rejects.push(short(type.object, page.value.rows, page.value.missing))
      }
      return rows
    } catch (error) {
      const loss = dispensable.get(type.object)
      if (loss === undefined || !CustodyError.isInstance(error) || error.code !== 'CENSUS_OBJECT_NOT_VISIBLE')
        throw error
      this.#hidden.add(type.object)
      rejects.push({
        code: 'OBJECT_NOT_VISIBLE',
        subject: { type: type.object, id: null },
        message: `${error.message} ${loss}`,
      })
      return []
    }
  }
}

const endUserPrefix = '0PA'

/** The end users of a conversation: those of its sessions and calls, and those among its participants. */
function endUserIds(
  sessions: readonly SessionRow[],
  participants: readonly ParticipantRow[],
  calls: readonly VoiceCallRow[],
): readonly string[] {
  const inSessions = present(sessions, 'MessagingEndUserId')
  const taking = present(participants, 'ParticipantEntityId').filter((id) => id.startsWith(endUserPrefix))
  return [...new Set([...inSessions, ...taking, ...present(calls, 'EndUserId')])]
}

export function present<Field extends string>(
  rows: Iterable<{ readonly [field in Field]: string | null }>,
  field: Field,
): readonly string[] {
  return Array.from(rows, (row) => toRecordId(row[field])).filter((id) => id !== null)
}

export function byId<Row extends { readonly Id: string }>(rows: readonly Row[]): ReadonlyMap<string, Row> {
  return new Map(rows.map((row) => [toRecordId(row.Id) ?? row.Id, row]))
}

function withoutIdentifier({ Id }: ConversationRow): PartReject {
  return {
    code: 'CONVERSATION_WITHOUT_IDENTIFIER',
    subject: { type: 'Conversation', id: toRecordId(Id) },
    message: 'It has no ConversationIdentifier, so nobody can ask for its entries.',
  }
}

function unknown(code: string, type: string, id: string): PartReject {
  return { code, subject: { type, id }, message: 'The conversation names it, but the org does not give it out.' }
}

/** The org says there is more than it gave. */
export function short(type: string, read: number, missing: number): PartReject {
  return {
    code: 'CENSUS_SHORT',
    subject: { type, id: null },
    message: `The org counts ${read + missing} ${type} records and gave ${read}, also when asked again.`,
  }
}
