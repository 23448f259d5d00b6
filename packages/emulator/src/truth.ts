import { type Absence, nothingAbsent } from './deletion/absence.ts'
import type { Deletions } from './deletion/deletions.ts'
import { idOf } from './objects/fields.ts'
import { platformKeyOf } from './world/participants.ts'
import type { Planted } from './world/text.ts'
import { type Conversation, isMessage, type World } from './world/world.ts'

/** A half-open window of ISO instants. */
export interface TruthWindow {
  readonly from: string
  readonly to: string
}

/** A conversation as it really is, whatever the sources say of it. */
export interface TrueConversation {
  readonly index: number
  readonly conversationIdentifier: string
  readonly recordId: string
  readonly startTime: string
  /** Entries in the window asked for; all of them without one. */
  readonly entries: number
}

/** An entry as it really is. */
export interface TrueEntry {
  readonly conversationIdentifier: string
  readonly entryId: string
  /** ISO instant, milliseconds. */
  readonly sentAt: string
  readonly role: string
  readonly isMessage: boolean
}

/**
 * An end user's literal data, word for word as it stands in their own record and the linked contact's. What people wrote
 * in other forms, or without being known, is in {@link Truth.mentions}.
 */
export interface TrueEndUser {
  readonly recordId: string
  readonly name: string
  readonly phones: readonly string[]
  readonly emails: readonly string[]
  readonly addresses: readonly string[]
  readonly platformKey: string
  /** Identifiers of the conversations that were had with them. */
  readonly conversations: readonly string[]
}

/** Personal data that somebody wrote, word for word. */
export interface TrueMention extends Planted {
  readonly conversationIdentifier: string
  readonly entryId: string
}

/** What deletion took so far. */
export interface TrueDeletions {
  /** `MessagingEndUser.Id`, 18 characters. */
  readonly endUsers: readonly string[]
  /** `ConversationIdentifier`. */
  readonly conversations: readonly string[]
}

/** The org's own list of what is there, made from the world without HTTP. Everything is generated while it is iterated. */
export interface Truth {
  conversations(window?: TruthWindow): Iterable<TrueConversation>
  entries(window?: TruthWindow): Iterable<TrueEntry>
  /** Those with an entry in the window, each once. */
  endUsers(window?: TruthWindow): Iterable<TrueEndUser>
  /** What is to be redacted in the texts of the window. */
  mentions(window?: TruthWindow): Iterable<TrueMention>
  /** What was deleted, and is in nothing above any more: really, whether or not a copy of it still shows somewhere. */
  deleted(): TrueDeletions
  counts(window?: TruthWindow): { readonly conversations: number; readonly entries: number }
}

export function createTruth(world: World, deletions?: Deletions): Truth {
  const gone = (): Absence => deletions?.truly() ?? nothingAbsent

  function* indexes(window: TruthWindow | undefined): Iterable<number> {
    const range = window
      ? world.overlapping(Date.parse(window.from), Date.parse(window.to))
      : { first: 0, end: world.conversations }
    const { conversation } = gone()
    for (let index = range.first; index < range.end; index++) if (!conversation(index)) yield index
  }

  function within(window: TruthWindow | undefined): (at: number) => boolean {
    if (!window) return () => true
    const from = Date.parse(window.from)
    const to = Date.parse(window.to)
    return (at) => at >= from && at < to
  }

  /** What of a conversation is still there. */
  function present(index: number): Pick<Conversation, 'outline' | 'steps'> {
    const { outline, steps } = world.conversation(index)
    const absent = gone()
    return { outline, steps: absent.isEmpty ? steps : steps.filter((step) => !absent.entry(index, step)) }
  }

  function* conversations(window?: TruthWindow): Iterable<TrueConversation> {
    const inside = within(window)
    for (const index of indexes(window)) {
      const { outline, steps } = present(index)
      const entries = steps.reduce((sum, step) => sum + (inside(step.at) ? 1 : 0), 0)
      if (window && entries === 0) continue
      yield {
        index,
        conversationIdentifier: outline.identifier,
        recordId: idOf('Conversation', index) as string,
        startTime: new Date(outline.start).toISOString(),
        entries,
      }
    }
  }

  return {
    conversations,
    *entries(window) {
      const inside = within(window)
      for (const index of indexes(window)) {
        const { outline, steps } = present(index)
        for (const step of steps) {
          if (!inside(step.at)) continue
          yield {
            conversationIdentifier: outline.identifier,
            entryId: world.entryId(index, step),
            sentAt: new Date(step.at).toISOString(),
            role: step.role,
            isMessage: isMessage(step),
          }
        }
      }
    },
    *endUsers(window) {
      const inside = within(window)
      const { population } = world
      // By person, so that each comes once without remembering whom we had.
      for (let person = 0; person < population.people; person++) {
        const theirs = population.conversationsOf(person)
        for (const channel of population.channelsOf(person)) {
          const active = theirs.some(
            (index) =>
              population.channelOf(index) === channel &&
              (!window || world.conversation(index).steps.some((step) => inside(step.at))),
          )
          if (active && !gone().endUser(person * 4 + channel)) yield endUser(world, person, channel)
        }
      }
    },
    *mentions(window) {
      const inside = within(window)
      for (const index of indexes(window)) {
        const { outline, steps } = present(index)
        for (const step of steps) {
          if (!inside(step.at)) continue
          const { entryId, planted } = world.entry(index, step)
          for (const mention of planted) yield { conversationIdentifier: outline.identifier, entryId, ...mention }
        }
      }
    },
    deleted() {
      const { endUsers, conversations: lost } = deletions?.gone ?? { endUsers: [], conversations: [] }
      return {
        endUsers: endUsers.map((row) => idOf('MessagingEndUser', row) as string),
        conversations: lost.map((index) => world.outline(index).identifier),
      }
    },
    counts(window) {
      let entries = 0
      let count = 0
      for (const conversation of conversations(window)) {
        count += 1
        entries += conversation.entries
      }
      return { conversations: count, entries }
    },
  }
}

function endUser(world: World, number: number, channel: number): TrueEndUser {
  const person = world.person(number)
  const platformKey = platformKeyOf(world.seed, channel, person)
  const { phone, homePhone, hasContact } = person
  const contactPhones = hasContact ? [phone.international, phone.e164, ...(homePhone ? [homePhone.national] : [])] : []
  return {
    recordId: idOf('MessagingEndUser', number * 4 + channel) as string,
    name: person.name,
    phones: [...new Set(platformKey.startsWith('+') ? [platformKey, ...contactPhones] : contactPhones)],
    emails: hasContact ? [person.email] : [],
    addresses: hasContact ? [person.street] : [],
    platformKey,
    conversations: world.conversationsOf(number * 4 + channel).own.map((index) => world.outline(index).identifier),
  }
}
