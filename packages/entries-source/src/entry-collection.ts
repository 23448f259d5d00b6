import { createHash } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { type Conversation, type Entry, type Instant, sortEntries } from '@custody/model'
import type { Reject } from '@custody/pipeline'
import type { PageItem } from './stretch.ts'
import { isCounted, type ReceivedEntry, toEntry } from './to-model.ts'
import type { EntriesWire } from './wire.ts'

/** The entries of one conversation, collected from its pages: each identifier once. */
export class EntryCollection {
  readonly #conversation: Conversation
  readonly #wire: EntriesWire
  readonly #entries = new Map<string, Entry>()
  readonly #rejects = new Map<string, Omit<Reject, 'stage'>>()
  /** Entries that no server time places. */
  readonly #bySender = new Set<string>()

  constructor(conversation: Conversation, wire: EntriesWire) {
    this.#conversation = conversation
    this.#wire = wire
  }

  /** Takes the entries of a page and says what paging has to know of them. */
  add(page: readonly unknown[]): readonly PageItem[] {
    const received = page.map((value) => this.#addOne(value))
    // The server pages by its own clock. The senders' clocks stand in only where it tells nothing at all.
    const serverTells = received.some(({ serverAt }) => serverAt !== null)
    return received.map(({ key, sentAt, serverAt, isCounted }) => {
      const at = serverTells ? serverAt : sentAt
      return { key, at: at === null ? null : Date.parse(at), isCounted }
    })
  }

  /** All entries, inside the window or not, in the order of the archive. */
  entries(): readonly Entry[] {
    return sortEntries([...this.#entries.values()])
  }

  /** What could not be understood of them. */
  rejects(): readonly Omit<Reject, 'stage'>[] {
    const [entryId = null] = this.#bySender
    // Told once: an org that gives no server times at all gives none for any entry.
    if (entryId !== null) {
      const message = `No server time came with ${this.#bySender.size} of its entries; the sender's clock places them.`
      this.#reject('\0by-sender', 'ENTRY_TIME_BY_SENDER', entryId, message)
    }
    return [...this.#rejects.values()]
  }

  #addOne(value: unknown): Omit<PageItem, 'at'> & { sentAt: Instant | null; serverAt: Instant | null } {
    const received = toEntry(value, this.#conversation.participants, this.#wire)
    if ('entry' in received) {
      this.#keep(received)
      const { entry, serverAt } = received
      return { key: entry.entryId, sentAt: entry.sentAt, serverAt, isCounted: isCounted(entry) }
    }
    const { code, entryId, message } = received
    const key = entryId ?? fingerprint(value)
    if (!this.#entries.has(key)) this.#reject(key, code, entryId, message)
    return { key, sentAt: null, serverAt: null, isCounted: false }
  }

  #keep(received: ReceivedEntry): void {
    const { entry } = received
    const { entryId } = entry
    const known = this.#entries.get(entryId)
    if (!known) {
      this.#set(received)
      // A copy of it that lacked its time may have come before.
      this.#rejects.delete(entryId)
    } else if (!isDeepStrictEqual(known, entry)) {
      if (precedes(known, entry)) this.#set(received)
      const message = 'An entry came twice with different content; the later copy by server time is kept.'
      this.#reject(entryId, 'ENTRY_CONFLICT', entryId, message)
    }
  }

  #set({ entry, serverAt }: ReceivedEntry): void {
    this.#entries.set(entry.entryId, entry)
    if (serverAt === null) this.#bySender.add(entry.entryId)
    else this.#bySender.delete(entry.entryId)
  }

  #reject(key: string, code: string, entryId: string | null, message: string): void {
    this.#rejects.set(key, {
      code,
      subject: { type: 'ConversationEntry', id: entryId },
      within: { type: 'Conversation', id: this.#conversation.identifier },
      message,
    })
  }
}

/** Which of two copies is the earlier one: by time, then, for the same choice in every run, by their text. */
function precedes(a: Entry, b: Entry): boolean {
  if (a.sentAt !== b.sentAt) return a.sentAt < b.sentAt
  const [textA, textB] = [JSON.stringify(a), JSON.stringify(b)]
  return textA.length === textB.length ? textA < textB : textA.length < textB.length
}

/** Stands in for the identifier of an entry that has none. The NUL keeps it apart from identifiers. */
function fingerprint(value: unknown): string {
  return `\0${createHash('sha256').update(JSON.stringify(value)).digest('base64')}`
}
