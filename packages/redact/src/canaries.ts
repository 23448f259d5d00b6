import { type Conversation, emptyConversation } from '@custody/model'
import { usageError } from '@custody/pipeline'
import { identitiesOf } from './identities.ts'
import { parsePattern } from './parse-pattern.ts'
import { sampleOf } from './pattern-sample.ts'
import { type PersonalDataType, personalDataTypes } from './personal-data-type.ts'
import type { Policy } from './policy.ts'
import { createRandom, type Random } from './random.ts'
import { createRedactor, type RedactorOptions } from './redactor.ts'
import { makeValues, syntheticName } from './synthetic-values.ts'
import { type Share, wilson } from './wilson.ts'

/** A message with a made-up value in it. */
export interface Canary {
  readonly type: string
  readonly text: string
  /** Where the value stands, in UTF-16 code units. */
  readonly start: number
  readonly length: number
  /** Who writes it, where the type needs somebody known. */
  readonly conversation: Conversation | null
}

/** What is planted, and how much of it. */
export interface CanaryOptions {
  /** The same seed gives the same values. @defaultValue `'custody'` */
  readonly seed?: string
  /** Values of each type. @defaultValue 100 */
  readonly perType?: number
}

/** The policy under check, and what it has to reach. */
export interface CanaryCheckOptions extends RedactorOptions, CanaryOptions {
  /** The least share of values of each type that has to be found whole. @defaultValue 0.95 */
  readonly threshold?: number
}

/** How many values of one type were found, with the 95 % interval. */
export interface CanaryRecall extends Share {
  readonly type: string
  readonly planted: number
  /** Of which no character was left. */
  readonly found: number
  readonly passed: boolean
}

/** How much of what was planted a policy found. */
export interface CanaryCheck {
  readonly types: readonly CanaryRecall[]
  /** Types that the policy keeps, or for which no values can be made up. */
  readonly skipped: readonly string[]
  readonly passed: boolean
}

const templates = ['%', 'Hello, %', 'Hi there! %. Thank you', 'please note: %, and call it a day', 'ok\n%\nbest wishes']

/** Made-up values of every type that a policy looks for, each in a message. */
export function makeCanaries(
  policy: Policy,
  { seed = 'custody', perType = 100 }: CanaryOptions = {},
): readonly Canary[] {
  if (!Number.isInteger(perType) || perType < 1 || perType > 100_000)
    throw usageError('CANARIES', 'canaries: perType must be a whole number of 1 to 100000')
  return searchedTypes(policy).flatMap((type) => {
    const random = createRandom(`${seed}|${type}`)
    return Array.from({ length: perType }, () => canaryOf(type, policy, random)).filter((canary) => canary !== null)
  })
}

/**
 * Redacts made-up values, each by itself, and says how many were found: so a policy that finds less than it did is noticed
 * before its output is used. They are no part of any archive.
 *
 * @throws CustodyError `CANARIES` of kind usage, and what {@link createTextRedactor} throws.
 */
export function checkCanaries({ seed, perType, threshold = 0.95, ...options }: CanaryCheckOptions): CanaryCheck {
  if (!(threshold >= 0 && threshold <= 1)) throw usageError('CANARIES', 'canaries: threshold must be between 0 and 1')
  const redactor = createRedactor(options)
  const totals = new Map<string, { planted: number; found: number }>()
  const canaries = makeCanaries(options.policy, { ...(seed !== undefined && { seed }), ...(perType && { perType }) })
  for (const { type, text, start, length, conversation } of canaries) {
    const total = totals.get(type) ?? { planted: 0, found: 0 }
    totals.set(type, total)
    total.planted += 1
    const { replaced } = redactor.rewrite(text, conversation ? { identities: identitiesOf(conversation) } : {})
    if (replaced.some((span) => span.start <= start && span.end >= start + length)) total.found += 1
  }
  const types = [...totals].map(([type, { planted, found }]): CanaryRecall => {
    const share = wilson(found, planted)
    return { type, planted, found, ...share, passed: found / planted >= threshold }
  })
  const skipped = Object.keys(options.policy.types).filter((type) => !totals.has(type))
  return { types, skipped, passed: types.every(({ passed }) => passed) }
}

function searchedTypes({ types, agents, patterns }: Policy): readonly string[] {
  const builtIn = personalDataTypes.filter(
    (type) => types[type] !== 'keep' && (type !== 'AGENT' || agents === 'redact'),
  )
  const custom = new Set(patterns.map(({ type }) => type).filter((type) => types[type] !== 'keep'))
  return [...builtIn, ...custom]
}

function canaryOf(type: string, policy: Policy, random: Random): Canary | null {
  const made: Made | null =
    known(type, random) ?? makeValues[type as PersonalDataType]?.(random) ?? custom(type, policy, random)
  if (!made) return null
  const { before = '', value, after = '' } = made
  const template = random.pick(templates)
  const at = template.indexOf('%')
  const text = template.slice(0, at) + before + value + after + template.slice(at + 1)
  return { type, text, start: at + before.length, length: value.length, conversation: made.conversation ?? null }
}

interface Made {
  readonly before?: string
  readonly value: string
  readonly after?: string
  readonly conversation?: Conversation
}

/** Somebody's name, address or key. */
function known(type: string, random: Random): Made | null {
  const name = syntheticName(random)
  if (type === 'NAME') return { before: 'this is ', value: name, conversation: conversationWith(name, null, null) }
  if (type === 'AGENT')
    return { before: 'I spoke to ', value: name, conversation: conversationWith(null, null, null, name) }
  if (type === 'ADDRESS') {
    const address = `${random.number(2, 999)} ${random.pick(['Larkspur', 'Windermere', 'Quarry'])} Street, ${random.digits(5)} Fernhill`
    return { before: 'I live at ', value: address, conversation: conversationWith(name, address, null) }
  }
  if (type !== 'PLATFORM_KEY') return null
  const key = `uid${random.text('abcdefghijklmnopqrstuvwxyz', 4)}${random.digits(10)}`
  return { before: 'key ', value: key, conversation: conversationWith(null, null, key) }
}

function custom(type: string, { patterns }: Policy, random: Random): Made | null {
  const rules = patterns.filter((rule) => rule.type === type)
  if (rules.length === 0) return null
  const { match, flags, words } = random.pick(rules)
  const value = sampleOf(parsePattern(match, flags), random)
  return value === null ? null : { value, ...(words?.[0] && { before: `${words[0]} ` }) }
}

function conversationWith(
  name: string | null,
  address: string | null,
  platformKey: string | null,
  agent: string | null = null,
): Conversation {
  const contact = { names: [], emails: [], phones: [], addresses: address === null ? [] : [address] }
  const participant = { role: 'agent', displayName: agent, recordId: null, joinedAt: null, leftAt: null } as const
  return {
    ...emptyConversation('canary'),
    participants: agent === null ? [] : [participant],
    endUsers: [{ recordId: 'canary', name, platformKey, messageType: null, contactId: null, contact }],
  }
}
