import { toRecordId } from '@custody/model'
import type { Candidate, MatchReason } from '../candidate.ts'
import type { SubjectIdentifiers } from '../erasure-request.ts'
import type { AskOptions } from '../soql/read-rows.ts'
import { inConditions } from '../soql/soql-text.ts'
import { contactQuestions, readContacts } from './contacts.ts'
import { EndUserReader, endUserQuestions } from './end-users.ts'
import { hintOf } from './hint.ts'
import { type EndUserFacts, isExact, matchContact, matchEndUser, sortReasons } from './match.ts'
import type { NotSeen } from './not-seen.ts'
import { endUsersOfSessions, readSessionCounts } from './sessions.ts'
import { readWanted, type Unusable } from './wanted.ts'

/** Who is looked for, and where. */
export interface FindOptions extends AskOptions {
  readonly subject: SubjectIdentifiers
  /**
   * Where phone numbers without a country code are dialled, as `DE` or `US-CA`. Without it they are near matches at most.
   * @defaultValue null
   */
  readonly country?: string | null
  /** Rows that are looked through for near matches, of each object. @defaultValue 1000 */
  readonly maxNearRows?: number
}

/** Who a request may be about, and what could not be looked through. */
export interface FindResult {
  /** Exact ones first. */
  readonly candidates: readonly Candidate[]
  /** Identifiers that were not looked for, or not as they should. */
  readonly unusable: readonly Unusable[]
  /** What could not be looked through. */
  readonly notSeen: readonly NotSeen[]
  /** End users named by id that the org does not give: unknown, deleted, or hidden from the execution user. */
  readonly missing: readonly string[]
}

/**
 * Finds who a person is in the org: every `MessagingEndUser` that may be theirs, on every channel, with the reasons. Near matches are
 * given too, and marked. Nothing is written anywhere.
 *
 * @throws CustodyError `ERASURE_QUERY_SHORT`, `ERASURE_QUERY_MALFORMED`; what the client throws
 */
export async function findCandidates(options: FindOptions): Promise<FindResult> {
  const { subject, country = null, maxNearRows = 1_000 } = options
  const wanted = readWanted(subject, country)
  const people = new People()
  const notSeen = new Set<NotSeen>()
  const reader = new EndUserReader(options, maxNearRows, notSeen)

  const { exact, near } = endUserQuestions(wanted)
  for (const facts of [...(await reader.all(exact)), ...(await reader.some(near))]) {
    people.add(facts, matchEndUser(facts, wanted))
  }

  const contacts = await readContacts(contactQuestions(wanted), options, maxNearRows, notSeen)
  const reasonsOf = new Map(contacts.map((contact) => [contact.id, matchContact(contact, wanted)]))
  const matched = [...reasonsOf].flatMap(([id, reasons]) => (reasons.size > 0 ? [id] : []))
  for (const facts of await reader.all(inConditions('ContactId', matched))) {
    people.add(facts, new Set([...matchEndUser(facts, wanted), ...(reasonsOf.get(facts.contactId ?? '') ?? [])]))
  }

  const linked = people.exactContacts()
  for (const facts of await reader.all(inConditions('ContactId', linked))) people.addSibling(facts)

  const sure = new Set([...linked, ...wanted.contactIds, ...exactOf(reasonsOf)])
  const further = await endUsersOfSessions(sure, options, maxNearRows, notSeen)
  for (const facts of await reader.all(
    inConditions(
      'Id',
      further.filter((id) => !people.has(id)),
    ),
  )) {
    people.add(facts, new Set([...matchEndUser(facts, wanted), 'near-session']))
  }

  return {
    candidates: await withSessions(people, options),
    unusable: wanted.unusable,
    notSeen: [...notSeen].sort(),
    missing: [...wanted.endUserIds].filter((id) => !people.has(id)),
  }
}

function exactOf(reasonsOf: ReadonlyMap<string, ReadonlySet<MatchReason>>): readonly string[] {
  return [...reasonsOf].flatMap(([id, reasons]) => ([...reasons].some(isExact) ? [id] : []))
}

/** End users with the reasons found so far; those without one are not kept. */
class People {
  readonly #found = new Map<string, { readonly facts: EndUserFacts; readonly reasons: Set<MatchReason> }>()

  add(facts: EndUserFacts, reasons: ReadonlySet<MatchReason>): void {
    if (reasons.size === 0) return
    const known = this.#found.get(facts.id)
    if (known) for (const reason of reasons) known.reasons.add(reason)
    else this.#found.set(facts.id, { facts, reasons: new Set(reasons) })
  }

  /** Another record of the contact of an exact match: it is that person's too. */
  addSibling(facts: EndUserFacts): void {
    const known = this.#found.get(facts.id)
    if (!known || ![...known.reasons].some(isExact)) this.add(facts, new Set(['same-contact']))
  }

  has(id: string): boolean {
    return this.#found.has(id)
  }

  /** The contacts that exact matches are linked to. */
  exactContacts(): readonly string[] {
    const exact = [...this.#found.values()].filter(({ reasons }) => [...reasons].some(isExact))
    return [...new Set(exact.map(({ facts }) => facts.contactId))].filter((id) => id !== null)
  }

  *[Symbol.iterator](): Iterator<{ readonly facts: EndUserFacts; readonly reasons: ReadonlySet<MatchReason> }> {
    yield* this.#found.values()
  }
}

async function withSessions(people: People, options: AskOptions): Promise<readonly Candidate[]> {
  const found = [...people]
  const counts = await readSessionCounts(
    found.map(({ facts }) => facts.id),
    options,
  )
  return found
    .map(({ facts, reasons }): Candidate => {
      const { id, channelType, channelName, contactId } = facts
      return {
        endUserId: toRecordId(id) ?? id,
        reasons: sortReasons(reasons),
        isNear: ![...reasons].some(isExact),
        channelType,
        channelName,
        contactId,
        hint: hintOf(facts),
        ...counts(id),
      }
    })
    .sort((a, b) => Number(a.isNear) - Number(b.isNear) || (a.endUserId < b.endUserId ? -1 : 1))
}
