import type { Contact, Conversation } from '@custody/model'
import { fold } from './characters.ts'
import { conversationLabels, labelKey, type Numbered } from './conversation-labels.ts'
import { normaliseEmail } from './email.ts'
import { addressPhrases, addressValue, emailPhrases, keyPhrases } from './identity-phrases.ts'
import { type KnownPhone, knownPhone } from './known-phones.ts'
import { isNameplate, namePhrases, normaliseName } from './names.ts'
import type { PersonalDataType } from './personal-data-type.ts'
import { type Phrase, PhraseMatcher } from './phrase-matcher.ts'
import { readPlatformKey } from './platform-key.ts'
import { isReplacement } from './replacement.ts'
import { minimumTypedLetters } from './typing-errors.ts'

/** Something that is known of a person, as it stands in a record. */
export interface Literal {
  readonly type: PersonalDataType
  readonly literal: string
}

/** Who takes part in one conversation, made ready for searching. Build it once with {@link identitiesOf}. */
export interface Identities {
  /** Names, addresses, e-mail addresses and platform keys of end users. */
  readonly people: PhraseMatcher
  readonly phones: readonly KnownPhone[]
  /** Platform keys, whole and by the part that names the person, folded. */
  readonly keys: ReadonlySet<string>
  /** Names of agents and supervisors; only searched where the policy says so. */
  readonly agents: PhraseMatcher
  /** Their display names, verbatim. */
  readonly agentNames: ReadonlySet<string>
  /** Everything known of the end users that is telling as it stands, for {@link residue}. */
  readonly literals: readonly Literal[]
  /** "Customer 1", "Agent 2", by type and normalised value. */
  readonly labels: ReadonlyMap<string, string>
  /** Parts of names of end users that are long enough to be known with a typing error, folded. */
  readonly nameParts: readonly { readonly token: string; readonly value: string }[]
}

/** What is known of one person, gathered from several records. */
interface Person {
  readonly recordId: string | null
  readonly names: Set<string>
  readonly emails: Set<string>
  readonly phones: Set<string>
  readonly addresses: Set<string>
  readonly keys: Set<string>
}

/** The identities of nobody. */
export const noIdentities: Identities = compile([], new Map())

/**
 * Everything a conversation's own records say about its people: end users with their contacts, participants, and the
 * senders of its entries. Agents and supervisors are kept apart; bots and the system are nobody.
 */
export function identitiesOf(conversation: Conversation): Identities {
  const people = new Map<string, Person>()
  const agents = new Map<string, string | null>()
  const only = conversation.endUsers.length === 1 ? conversation.endUsers[0]?.recordId : undefined
  const byId = new Map<string, string>()
  for (const { recordId, contactId, name, platformKey, contact } of conversation.endUsers) {
    byId.set(recordId, recordId)
    if (contactId !== null) byId.set(contactId, recordId)
    if (platformKey) byId.set(readPlatformKey(platformKey).value, recordId)
    const person = personAt(people, recordId, recordId)
    if (contact) addContact(person, contact)
    addName(person, name)
    if (platformKey) person.keys.add(platformKey)
  }
  const someone = (id: string | null, name: string | null): Person =>
    personAt(people, byId.get(id ?? '') ?? only ?? `name:${normaliseName(name ?? '')}`)
  const note = (role: string, displayName: string | null, id: string | null): void => {
    if (isAgent(role)) {
      if (displayName && !isReplacement(displayName)) agents.set(displayName, agents.get(displayName) ?? id)
    } else if (isEndUser(role)) addName(someone(id, displayName), displayName)
  }

  for (const { role, displayName, recordId } of conversation.participants) note(role, displayName, recordId)
  // The same few people send all entries.
  const senders = new Set<string>()
  for (const { sender, content } of conversation.entries) {
    const { role, subject, displayName } = sender
    const who = JSON.stringify([role, subject, displayName])
    if (!senders.has(who)) {
      senders.add(who)
      const key = subject && isEndUser(role) ? subject : null
      const id = key && readPlatformKey(key).value
      note(role, displayName, isAgent(role) ? subject : id)
      if (key) someone(id, displayName).keys.add(key)
    }
    if (content?.type === 'participants')
      for (const change of content.changes) note(change.role, change.displayName, null)
  }
  return compile([...people.values()], agents)
}

/** Whether a role, in the model's word or Salesforce's, is the end user's. */
export function isEndUser(role: string): boolean {
  return role === 'end-user' || role === 'EndUser'
}

/** The same for people who work for the organisation. */
export function isAgent(role: string): boolean {
  return role === 'agent' || role === 'supervisor' || role === 'Agent' || role === 'Supervisor'
}

function personAt(people: Map<string, Person>, key: string, recordId: string | null = null): Person {
  const known = people.get(key)
  if (known) return known
  const person: Person = {
    recordId,
    names: new Set(),
    emails: new Set(),
    phones: new Set(),
    addresses: new Set(),
    keys: new Set(),
  }
  people.set(key, person)
  return person
}

function addContact(person: Person, contact: Contact): void {
  for (const name of contact.names) addName(person, name)
  for (const email of contact.emails) person.emails.add(email)
  for (const phone of contact.phones) person.phones.add(phone)
  for (const address of contact.addresses) person.addresses.add(address)
}

/** Name fields hold phone numbers and e-mail addresses of people who gave no name. */
function addName(person: Person, name: string | null): void {
  if (!name || isNameplate(name)) return
  if (!/\p{L}/u.test(name)) person.phones.add(name)
  else if (/\S@\S/.test(name) && !/\s/.test(name.trim())) person.emails.add(name)
  else person.names.add(name)
}

function compile(people: readonly Person[], agents: ReadonlyMap<string, string | null>): Identities {
  const phrases: Phrase[] = []
  const literals: Literal[] = []
  const phones: KnownPhone[] = []
  const keys = new Set<string>()
  const customers: (Numbered & { readonly phones: readonly KnownPhone[] })[] = []
  for (const person of people) {
    const value = canonicalName(person)
    const firstPhone = phones.length
    const known = new Set([labelKey('NAME', value)])
    for (const name of usable(person.names)) {
      phrases.push(...namePhrases(name, 'NAME', value))
      literals.push({ type: 'NAME', literal: name.trim() })
    }
    for (const email of usable(person.emails)) {
      phrases.push(...emailPhrases(email))
      literals.push({ type: 'EMAIL', literal: email.trim() })
      known.add(labelKey('EMAIL', normaliseEmail(email)))
    }
    for (const address of usable(person.addresses)) {
      phrases.push(...addressPhrases(address))
      known.add(labelKey('ADDRESS', addressValue(address)))
    }
    for (const key of usable(person.keys)) {
      const { type, value: subject } = readPlatformKey(key)
      known.add(labelKey(type, subject))
      if (type === 'PLATFORM_KEY') {
        phrases.push(...keyPhrases(key, subject))
        literals.push({ type, literal: key })
        keys.add(fold(key)).add(fold(subject))
      } else if (type === 'EMAIL') phrases.push(...emailPhrases(subject))
      else addPhone(phones, literals, subject)
    }
    for (const phone of usable(person.phones)) addPhone(phones, literals, phone)
    customers.push({ recordId: person.recordId, name: value, keys: known, phones: phones.slice(firstPhone) })
  }
  const agentPhrases = usable(agents.keys()).flatMap((name) => namePhrases(name, 'AGENT', normaliseName(name)))
  const merged = mergedPhones(phones)
  for (const { keys: known, phones: own } of customers) {
    const written = merged.filter(({ national }) => own.some((phone) => national.endsWith(phone.national)))
    for (const { value } of written) (known as Set<string>).add(labelKey('PHONE', value))
  }
  return {
    people: new PhraseMatcher(unambiguous(phrases)),
    phones: merged,
    keys,
    agents: new PhraseMatcher(unambiguous(agentPhrases)),
    agentNames: new Set(agents.keys()),
    literals,
    labels: conversationLabels(customers, numberedAgents(agents)),
    nameParts: phrases.flatMap(({ type, tokens, value, strength }) => {
      const [token = ''] = tokens
      const isLong = type === 'NAME' && (strength === 'strong' || strength === 'word') && tokens.length === 1
      return isLong && value !== null && token.length >= minimumTypedLetters ? [{ token, value }] : []
    }),
  }
}

/** One for each name; two agents of one name cannot be told apart in a text either. */
function numberedAgents(agents: ReadonlyMap<string, string | null>): Numbered[] {
  const byName = new Map<string, Numbered>()
  for (const [displayName, recordId] of agents) {
    const name = normaliseName(displayName)
    const known = byName.get(name)
    byName.set(name, { recordId: known?.recordId ?? recordId, name, keys: [labelKey('AGENT', name)] })
  }
  return [...byName.values()]
}

/** Composed, as people type, and without what an earlier pass has replaced. */
function usable(values: Iterable<string>): string[] {
  return [...values]
    .filter((value) => value.trim() !== '' && !isReplacement(value))
    .map((value) => value.normalize('NFC'))
}

/** One value for all the names of a person: the fullest, so that records with more and with less agree. */
function canonicalName({ names }: Person): string {
  const values = usable(names).map(normaliseName)
  return values.reduce(
    (best, value) => (value.split(' ').length > best.split(' ').length ? value : best),
    values[0] ?? '',
  )
}

function addPhone(phones: KnownPhone[], literals: Literal[], written: string): void {
  const phone = knownPhone(written)
  if (!phone) return
  phones.push(phone)
  literals.push({ type: 'PHONE', literal: written.trim() })
}

/** One entry a number: the one with calling code, where somebody is known both with and without. */
function mergedPhones(phones: readonly KnownPhone[]): KnownPhone[] {
  const merged: KnownPhone[] = []
  for (const phone of phones.toSorted((a, b) => b.callingCode.length - a.callingCode.length)) {
    if (!merged.some(({ national }) => national.endsWith(phone.national))) merged.push(phone)
  }
  return merged
}

/** Phrases that belong to more than one person say only what they are, not whose. */
function unambiguous(phrases: readonly Phrase[]): Phrase[] {
  const byTokens = new Map<string, Phrase>()
  for (const phrase of phrases) {
    const key = `${phrase.type} ${phrase.tokens.join(' ')}`
    const known = byTokens.get(key)
    if (!known) byTokens.set(key, phrase)
    else if (known.value !== phrase.value) byTokens.set(key, { ...known, value: null })
  }
  return [...byTokens.values()]
}
