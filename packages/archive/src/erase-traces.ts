import type { Content } from '@custody/model'
import { neutraliseFormula } from '@custody/sinks'
import { attachmentsOf } from './attachment-writer.ts'

/** A line of the master, as far as erasing looks into it. */
export interface ArchivedLine {
  readonly conversation: { readonly identifier: string; readonly recordId: string | null }
  readonly sessions: readonly { readonly recordId: string; readonly endUserId: string | null }[]
  readonly participants: readonly { readonly recordId: string | null }[]
  readonly entries: readonly {
    readonly entryId: string
    readonly sender: { readonly subject: string | null }
    readonly content: Content | null
    readonly relatedRecords: readonly string[]
  }[]
}

/** What stands where an identifier stood. */
export const ERASED = 'erased'

const token = /[A-Za-z0-9_-]{8,}/g
const isToken = /^[A-Za-z0-9_-]{8,}$/
/** Ids of Salesforce: 15 or 18 letters and digits, or a UUID. */
const anyId = /\b(?=[A-Za-z]*\d)[A-Za-z0-9]{15}(?:[A-Za-z0-9]{3})?\b|\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b/gi

/**
 * By what the erased conversations can be recognised in the other files. Grows with what is erased, about 100 bytes an entry,
 * never with what stays.
 */
export class Traces {
  /** Identifiers of erased conversations, as the master has them. */
  readonly identifiers: Set<string> = new Set()
  /** The same as they stand in a cell: see {@link cellOf}. */
  readonly identifierCells: Set<string> = new Set()
  /** SHA-256 of files that erased conversations name and, so far, no other one does. */
  readonly files: Set<string> = new Set()
  /** Ids of records around an erased conversation, such as its end user, that so far no other conversation names. */
  readonly #around = new Set<string>()
  /** Identifiers and record ids of the conversations themselves. */
  readonly #conversations = new Set<string>()
  /** These, and the ids of their sessions and entries. */
  readonly #ids = new Set<string>()
  /** Whether some of these are no plain tokens, so that text cannot be searched for them word by word. */
  #hasOddIds = false

  add({ conversation, sessions, participants, entries }: ArchivedLine): void {
    const { identifier, recordId } = conversation
    this.identifiers.add(identifier)
    this.identifierCells.add(cellOf(identifier))
    for (const id of [identifier, recordId]) for (const form of formsOf(id)) this.#conversations.add(form)
    for (const id of [identifier, recordId]) this.#addId(id)
    for (const session of sessions) this.#addId(session.recordId)
    for (const entry of entries) {
      this.#addId(entry.entryId)
      for (const { file } of attachmentsOf(entry.content)) if (file) this.files.add(file.sha256)
    }
    const around = [
      ...sessions.map(({ endUserId }) => endUserId),
      ...participants.map((participant) => participant.recordId),
      ...entries.flatMap(({ sender, relatedRecords }) => [sender.subject, ...relatedRecords]),
    ]
    for (const id of around) if (id !== null && isToken.test(id)) for (const form of formsOf(id)) this.#around.add(form)
  }

  /** A conversation that has no line here, as reports name it: by identifier or record id, perhaps with both. */
  addNamed(ids: readonly string[]): void {
    for (const id of ids) {
      this.identifiers.add(id)
      this.identifierCells.add(cellOf(id))
      for (const form of formsOf(id)) this.#conversations.add(form)
      this.#addId(id)
    }
  }

  /** What to look for in the lines that stay. */
  candidates(): ReadonlySet<string> {
    const conversations = [...this.#conversations].filter((id) => isToken.test(id))
    return new Set([...this.files, ...this.#around, ...conversations])
  }

  /** Notes what a conversation that stays names. True where it names an erased conversation itself. */
  keep(tokens: readonly string[], line: () => ArchivedLine): boolean {
    if (tokens.some((each) => this.files.has(each))) {
      // Only a file of the conversation counts; its hash may stand in a text, too.
      for (const { content } of line().entries) {
        for (const { file } of attachmentsOf(content)) if (file) this.files.delete(file.sha256)
      }
    }
    for (const each of tokens) this.#around.delete(each)
    return tokens.some((each) => this.#conversations.has(each))
  }

  /** Whether an id names an erased conversation. */
  isConversation(id: string | null | undefined): boolean {
    return id ? this.#conversations.has(id) : false
  }

  /** Whether an id is one of an erased conversation, of something in it, or of a record that nobody else names. */
  has(id: string | null | undefined): boolean {
    return id ? this.#ids.has(id) || this.#around.has(id) : false
  }

  /** Whether a text names an erased conversation, or something in it. */
  isNamedIn(text: string): boolean {
    return this.#ids.has(text) || (text.match(token) ?? []).some((word) => this.#ids.has(word))
  }

  /** A text without these ids. */
  withoutIds(text: string): string {
    return text.replace(token, (word) => (this.has(word) ? ERASED : word))
  }

  /** A text about an erased conversation without any id. */
  withoutAnyId(text: string): string {
    // Ids of any form may stand in it then: only a fixed word cannot hold one.
    if (this.#hasOddIds) return /^[a-z-]*$/.test(text) && !this.has(text) ? text : ERASED
    return this.withoutIds(text).replace(anyId, ERASED)
  }

  #addId(id: string | null): void {
    for (const form of formsOf(id)) this.#ids.add(form)
    if (id && !isToken.test(id)) this.#hasOddIds = true
  }
}

/** A text as our CSV has it, decoded: two texts may have the same. */
export function cellOf(text: string): string {
  return neutraliseFormula(text).toWellFormed()
}

/** The ways in which an id is written: as it is, as a cell, and without the three letters that make 18 of 15. */
function formsOf(id: string | null): readonly string[] {
  if (!id) return []
  return /^[A-Za-z0-9]{18}$/.test(id) ? [id, id.slice(0, 15)] : [id, cellOf(id)]
}
