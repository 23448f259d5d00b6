import { isDeepStrictEqual } from 'node:util'
import {
  type Conversation,
  compareEntries,
  type Entry,
  emptyConversation,
  type Participant,
  type Role,
  type Session,
  sortEntries,
  toRecordId,
  type Window,
} from '@custody/model'
import type { Reject } from '@custody/pipeline'
import type { Timestamps } from './timestamp.ts'
import {
  type ConversationFacts,
  type EntryRow,
  type MalformedEntry,
  type ReceivedEntry,
  toEntry,
  toFacts,
  toParticipant,
} from './to-model.ts'

/** What came of the rows of one conversation. */
export interface BuiltConversation {
  /** Null when nothing of it has to do with the window. */
  readonly conversation: Conversation | null
  readonly rejects: readonly Omit<Reject, 'stage'>[]
  /** Different entries, those refused included. */
  readonly entries: number
}

/** Collects the rows of one conversation: each entry once, however many rows a join makes of it. */
export class ConversationBuilder {
  readonly #id: string
  readonly #window: Window
  readonly #timestamps: Timestamps
  readonly #entries = new Map<string, ReceivedEntry>()
  /** By what the rows say of them; null for nobody. */
  readonly #participants = new Map<string, Participant | null>()
  /** What came of rows that are no entries, by the keys of the rows. */
  readonly #refused = new Map<string, MalformedEntry>()
  /** Rows without a key, which nothing tells apart. */
  readonly #nameless: MalformedEntry[] = []
  readonly #conflicts = new Set<string>()
  #facts: ConversationFacts | null = null

  constructor(id: string, window: Window, timestamps: Timestamps) {
    this.#id = id
    this.#window = window
    this.#timestamps = timestamps
  }

  add(row: EntryRow): void {
    this.#facts = preferred(this.#facts, toFacts(row, this.#timestamps))
    const { participant } = row
    if (!this.#participants.has(participant)) this.#participants.set(participant, toParticipant(row, this.#timestamps))
    const received = toEntry(row, this.#timestamps)
    if ('entry' in received) {
      this.#keep(this.#isInside(received.entry) ? received : { ...received, entry: outline(received.entry) })
      return
    }
    if (received.id === null) this.#nameless.push(received)
    else if (!this.#entries.has(received.id)) this.#refused.set(received.id, received)
  }

  build(): BuiltConversation {
    const all = [...this.#entries.values()]
    const conversation = this.#conversation(sortEntries(withOwnIds(all)))
    return {
      conversation: this.#belongs(conversation) ? conversation : null,
      rejects: this.#rejects(all),
      entries: all.length + this.#refused.size,
    }
  }

  #keep(received: ReceivedEntry): void {
    const { id, entry } = received
    const known = this.#entries.get(id)
    if (!known) {
      this.#entries.set(id, received)
      // A copy of it that lacked its time may have come before.
      this.#refused.delete(id)
      return
    }
    const { sender: knownSender, ...knownRest } = known.entry
    const { sender, ...rest } = entry
    if (isDeepStrictEqual(rest, knownRest)) {
      // Two rows of participants stand behind it: one entry.
      if (richness(sender) > richness(knownSender)) this.#entries.set(id, received)
      return
    }
    if (isLater(entry, known.entry)) this.#entries.set(id, received)
    this.#conflicts.add(entry.entryId)
  }

  #conversation(all: readonly Entry[]): Conversation {
    const { from, to } = this.#window
    const entries = all.filter((entry) => this.#isInside(entry))
    const recordId = toRecordId(this.#id)
    const isSession = recordId?.startsWith('0Mw') === true
    return {
      ...emptyConversation(this.#facts?.identifier ?? this.#id),
      recordId: recordId !== null && !isSession ? recordId : null,
      startTime: this.#facts?.startTime ?? null,
      endTime: this.#facts?.endTime ?? null,
      continuedBefore: all.some(({ sentAt }) => sentAt < from),
      continuesAfter: all.some(({ sentAt }) => sentAt >= to),
      sessions: recordId !== null && isSession ? [unknownSession(recordId)] : [],
      participants: distinctInOrder([...this.#participants.values()]),
      entries,
      delivered: {
        source: 'data360',
        entries: all.length,
        entriesInWindow: entries.length,
        agentMessages: messagesOf(all, 'agent'),
        endUserMessages: messagesOf(all, 'end-user'),
        // Nothing was asked for this conversation alone.
        requests: 0,
      },
    }
  }

  /** By its entries, or by its own times, as the census has it. */
  #belongs({ entries, startTime, endTime }: Conversation): boolean {
    if (entries.length > 0) return true
    const { from, to } = this.#window
    if (this.#facts?.isHeld !== true) return false
    return (startTime === null || startTime < to) && (endTime === null || endTime >= from)
  }

  #isInside({ sentAt }: Entry): boolean {
    return sentAt >= this.#window.from && sentAt < this.#window.to
  }

  #rejects(all: readonly ReceivedEntry[]): BuiltConversation['rejects'] {
    const reject = (code: string, id: string | null, message: string): Omit<Reject, 'stage'> => ({
      code,
      subject: { type: 'ConversationEntry', id },
      within: { type: 'Conversation', id: this.#facts?.identifier ?? this.#id },
      message,
    })
    const rejects = [...this.#refused.values(), ...this.#nameless].map(({ code, id, message }) =>
      reject(code, id, message),
    )
    for (const id of this.#conflicts) {
      const message = 'An entry came twice with different content; the later copy by server time is kept.'
      rejects.push(reject('ENTRY_CONFLICT', id, message))
    }
    const otherwise = all.filter(({ isByServer }) => !isByServer)
    const [first] = otherwise
    // Told once: an org that gives no server times at all gives none for any entry.
    if (first) {
      const message = `No server time came with ${otherwise.length} of its entries; another of their times places them.`
      rejects.push(reject('ENTRY_TIME_BY_SENDER', first.entry.entryId, message))
    }
    return rejects
  }
}

/** Two rows that share an outside identifier are two entries: then their own keys name them. */
function withOwnIds(received: readonly ReceivedEntry[]): readonly Entry[] {
  const ofIdentifier = Map.groupBy(received, ({ entry }) => entry.entryId)
  return received.map(({ id, entry }) =>
    ofIdentifier.get(entry.entryId)?.length === 1 ? entry : { ...entry, entryId: id },
  )
}

/** What counting needs of an entry outside of the window. */
function outline(entry: Entry): Entry {
  return { ...entry, text: null, content: null, payload: null, extra: null }
}

/** The richer facts of two rows; of two equally rich ones the same in every run. */
function preferred(known: ConversationFacts | null, facts: ConversationFacts): ConversationFacts {
  if (known === null) return facts
  const gain = factsIn(facts) - factsIn(known)
  return gain > 0 || (gain === 0 && (facts.identifier ?? '') < (known.identifier ?? '')) ? facts : known
}

function factsIn({ identifier, isHeld }: ConversationFacts): number {
  return (identifier === null ? 0 : 2) + (isHeld ? 1 : 0)
}

/** How much is known of a sender, and in which order to take those of whom equally much is. */
function richness({ role, displayName, subject, appType }: Entry['sender']): string {
  const known = (value: string | null): string => (value === null ? '0' : '1')
  return `${role === 'other' ? '0' : '1'}${known(displayName)}${known(subject)}${known(appType)}${JSON.stringify([role, displayName, subject, appType])}`
}

/** By time; then, for the same choice in every run, by their text. */
function isLater(entry: Entry, known: Entry): boolean {
  const order = compareEntries(entry, known)
  return order === 0 ? JSON.stringify(entry) > JSON.stringify(known) : order > 0
}

function messagesOf(entries: readonly Entry[], role: Role): number {
  return entries.filter(({ kind, sender }) => kind === 'message' && sender.role === role).length
}

/** Each once, in the order they joined, absent times last. */
function distinctInOrder(participants: readonly (Participant | null)[]): readonly Participant[] {
  const keyed = participants.flatMap((participant) =>
    participant === null
      ? []
      : [[`${participant.joinedAt ?? '~'}${JSON.stringify(participant)}`, participant] as const],
  )
  return [...new Map(keyed.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))).values()]
}

function unknownSession(recordId: string): Session {
  return {
    recordId,
    status: null,
    startTime: null,
    endTime: null,
    endUserId: null,
    agentMessageCount: null,
    endUserMessageCount: null,
  }
}
