import { identitiesOf } from '@custody/redact'
import type { Contender } from './contenders/contender.ts'
import { custody } from './contenders/custody.ts'
import { conversationWith } from './conversation-with.ts'
import type { Chat, LabelledSet } from './evaluation-data.ts'
import type { TypedSpan } from './labelled-text.ts'
import type { Proportion } from './proportion.ts'
import { type Score, score } from './score.ts'

/** The scores of one contender on one set, by type; types it does not claim to find are left out. */
export async function scoresOf(contender: Contender, { texts }: LabelledSet): Promise<ReadonlyMap<string, Score>> {
  const findings: (readonly TypedSpan[])[] = []
  for (const { text } of texts) findings.push(await contender.find(text))
  const types = new Set(texts.flatMap(({ spans }) => spans.map(({ type }) => type)))
  return new Map(
    [...types].filter((type) => contender.types.has(type)).map((type) => [type, score(texts, findings, type)]),
  )
}

/** How many messages without personal data come back changed. */
export async function altered(contender: Contender, texts: readonly string[]): Promise<Proportion> {
  let hits = 0
  for (const text of texts) if ((await contender.redact(text)) !== text) hits += 1
  return { hits, total: texts.length }
}

/** How many texts change when what was given back is given in again. */
export async function changedAgain(contender: Contender, texts: readonly string[]): Promise<Proportion> {
  let hits = 0
  for (const text of texts) {
    const once = await contender.redact(text)
    if ((await contender.redact(once)) !== once) hits += 1
  }
  return { hits, total: texts.length }
}

/** In how many chats any part of the name is still to be read. */
export async function namesLeft(contender: Contender, chats: readonly Chat[]): Promise<Proportion> {
  let hits = 0
  for (const chat of chats) if (isNamed(chat, await contender.redact(chat.text))) hits += 1
  return { hits, total: chats.length }
}

/** The same for ours, which is told what the org knows: the contact of the conversation's end user. */
export async function identitiesLeft(chats: readonly Chat[]): Promise<Proportion> {
  let hits = 0
  for (const chat of chats) {
    const known = custody(identitiesOf(conversationWith(chat.person)))
    if (isNamed(chat, await known.redact(chat.text))) hits += 1
  }
  return { hits, total: chats.length }
}

function isNamed({ template, person }: Chat, redacted: string): boolean {
  const parts = [person.full, person.first, person.last].filter((part) => part.length > 1)
  return parts.some((part) => occurrences(redacted, part) > occurrences(template, part))
}

/** Where it stands as a word of its own. */
function occurrences(text: string, part: string): number {
  let count = 0
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + 1)) {
    if (!isLetter(text[at - 1]) && !isLetter(text[at + part.length])) count += 1
  }
  return count
}

function isLetter(character: string | undefined): boolean {
  return character !== undefined && /\p{L}/u.test(character)
}
