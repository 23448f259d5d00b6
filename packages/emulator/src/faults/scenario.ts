import { usageError } from '@custody/pipeline'
import { parseDocument } from 'yaml'
import { z } from 'zod'
import { defaultSwitches, type Switches } from '../assumptions.ts'
import { defaultLimits, type Limits } from '../limits.ts'
import { endpoints } from '../server/calls.ts'

/** Which conversation: the kth that starts in the month (from 0; -1 is the last), or the one that is always long. */
export type ConversationSelector = number | 'long'

/** What goes wrong with one answer. */
export type FaultAction =
  /** Answers this status instead. `retryAfter` in seconds, or as a date so many seconds ahead. */
  | {
      readonly type: 'status'
      readonly status: number
      readonly body?: 'json' | 'html' | 'text' | 'empty'
      readonly retryAfterSeconds?: number
      readonly retryAfterForm?: 'seconds' | 'date'
    }
  /** Every token issued so far is worthless before this request is looked at. */
  | { readonly type: 'revoke-tokens' }
  /** Every query cursor is gone before this request is looked at. */
  | { readonly type: 'lose-cursors' }
  /** 200 with the HTML of a login page. */
  | { readonly type: 'login-page' }
  /** `short`: a whole answer whose body lacks its end. `cut`: the connection breaks before the announced length. */
  | { readonly type: 'truncate'; readonly how?: 'short' | 'cut'; readonly keep?: number }
  /** The body comes byte by byte. */
  | { readonly type: 'trickle' }
  /** The answer comes late. */
  | { readonly type: 'delay'; readonly ms: number }
  | { readonly type: 'reset'; readonly when: 'before-headers' | 'after-headers' | 'in-body' }
  /** A page brings the entries of the page before it once more. */
  | { readonly type: 'duplicate-page' }
  /** A page holds fewer entries than asked for and is not the last. */
  | { readonly type: 'short-page'; readonly entries: number }
  /** A page without entries that is not the last. */
  | { readonly type: 'empty-page' }
  /** The token for the next page is the one for this page. */
  | { readonly type: 'repeat-token' }
  /** Before this page is served, somebody writes: at the end, or (a message held up on its way) further up. */
  | { readonly type: 'append-entry'; readonly position?: 'end' | 'middle'; readonly count?: number }
  /** The last entry of the page is not what an entry should be. */
  | {
      readonly type: 'malformed-entry'
      readonly how: 'no-identifier' | 'no-timestamp' | 'text-timestamp' | 'broken-payload' | 'not-an-object' | 'null'
    }

export type FaultType = FaultAction['type']

/** When something goes wrong. Every condition given has to hold. */
export interface FaultMatch {
  readonly endpoint?: (typeof endpoints)[number]
  readonly conversation?: ConversationSelector
  /** Requests for a first page, or for one behind it. */
  readonly page?: 'first' | 'next'
  /** Only the nth request that meets the conditions above, counted from 1. */
  readonly nth?: number
  /** Each request that meets the conditions above with this probability, drawn from the org's seed. */
  readonly probability?: number
}

export interface FaultRule {
  readonly match: FaultMatch
  /** @defaultValue 1; `'always'` where a probability is given */
  readonly times?: number | 'always'
  readonly action: FaultAction
}

/** What an org holds besides the ordinary, what goes wrong in it, and what can come out. Data, so it can be a file. */
export interface Scenario {
  readonly description?: string
  /**
   * What the best client can make of it. `complete`: everything. `incomplete`: something cannot be had, and has to be
   * told. `failed`: nothing can be had.
   *
   * @defaultValue 'complete'
   */
  readonly outcome?: 'complete' | 'incomplete' | 'failed'
  readonly switches?: Partial<Switches>
  readonly limits?: Partial<Limits>
  readonly world?: {
    /** Sessions that claim more messages than there are: really missing data. */
    readonly missing?: readonly {
      readonly conversation: ConversationSelector
      readonly agentMessages?: number
      readonly endUserMessages?: number
    }[]
    /** Conversations all of whose entries share one timestamp. */
    readonly ties?: readonly ConversationSelector[]
    /** Sessions that belong to no conversation. */
    readonly orphanSessions?: number
  }
  readonly rules?: readonly FaultRule[]
}

const whole = z.number().int().nonnegative()
const selector = z.union([z.number().int(), z.literal('long')])

const action: z.ZodType<FaultAction> = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('status'),
    status: z.number().int().min(400).max(599),
    body: z.exactOptional(z.enum(['json', 'html', 'text', 'empty'])),
    retryAfterSeconds: z.exactOptional(whole),
    retryAfterForm: z.exactOptional(z.enum(['seconds', 'date'])),
  }),
  z.strictObject({ type: z.literal('revoke-tokens') }),
  z.strictObject({ type: z.literal('lose-cursors') }),
  z.strictObject({ type: z.literal('login-page') }),
  z.strictObject({
    type: z.literal('truncate'),
    how: z.exactOptional(z.enum(['short', 'cut'])),
    keep: z.exactOptional(z.number().min(0).max(1)),
  }),
  z.strictObject({ type: z.literal('trickle') }),
  z.strictObject({ type: z.literal('delay'), ms: whole }),
  z.strictObject({ type: z.literal('reset'), when: z.enum(['before-headers', 'after-headers', 'in-body']) }),
  z.strictObject({ type: z.literal('duplicate-page') }),
  z.strictObject({ type: z.literal('short-page'), entries: whole }),
  z.strictObject({ type: z.literal('empty-page') }),
  z.strictObject({ type: z.literal('repeat-token') }),
  z.strictObject({
    type: z.literal('append-entry'),
    position: z.exactOptional(z.enum(['end', 'middle'])),
    count: z.exactOptional(whole),
  }),
  z.strictObject({
    type: z.literal('malformed-entry'),
    how: z.enum(['no-identifier', 'no-timestamp', 'text-timestamp', 'broken-payload', 'not-an-object', 'null']),
  }),
])

const scenarioSchema: z.ZodType<Scenario> = z.strictObject({
  description: z.exactOptional(z.string()),
  outcome: z.exactOptional(z.enum(['complete', 'incomplete', 'failed'])),
  switches: z.exactOptional(switchesSchema()),
  limits: z.exactOptional(limitsSchema()),
  world: z.exactOptional(
    z.strictObject({
      missing: z.exactOptional(
        z.array(
          z.strictObject({
            conversation: selector,
            agentMessages: z.exactOptional(whole),
            endUserMessages: z.exactOptional(whole),
          }),
        ),
      ),
      ties: z.exactOptional(z.array(selector)),
      orphanSessions: z.exactOptional(whole),
    }),
  ),
  rules: z.exactOptional(
    z.array(
      z.strictObject({
        match: z.strictObject({
          endpoint: z.exactOptional(z.enum(endpoints)),
          conversation: z.exactOptional(selector),
          page: z.exactOptional(z.enum(['first', 'next'])),
          nth: z.exactOptional(z.number().int().min(1)),
          probability: z.exactOptional(z.number().min(0).max(1)),
        }),
        times: z.exactOptional(z.union([z.number().int().min(1), z.literal('always')])),
        action,
      }),
    ),
  ),
})

function switchesSchema(): z.ZodType<Partial<Switches>> {
  const pages = z.number().int().min(1).max(1_000)
  const shape: { readonly [Name in keyof Switches]: z.ZodType<Switches[Name]> } = {
    pageTokens: z.boolean(),
    recordLimit: z.enum(['honoured', 'ignored']),
    defaultRecordLimit: pages,
    pageCap: pages,
    timestamps: z.enum(['honoured', 'ignored']),
    startTimestamp: z.enum(['inclusive', 'exclusive']),
    endTimestamp: z.enum(['inclusive', 'exclusive']),
    payload: z.enum(['object', 'string']),
    order: z.enum(['ascending', 'descending', 'shuffled']),
    timestampUnit: z.enum(['milliseconds', 'seconds', 'mixed']),
    timestampField: z.enum(['transcriptedTimestamp', 'serverReceivedTimestamp', 'both']),
    senderDisplayName: z.boolean(),
    unknownConversation: z.enum(['not-found', 'empty']),
    retryAfter: z.enum(['seconds', 'date', 'absent']),
    gatewayErrors: z.enum(['object', 'array', 'problem', 'text']),
    tokenFormat: z.enum(['jwt', 'opaque']),
    conversationApi: z.boolean(),
    relatedRecordIds: z.union([z.literal(15), z.literal(18)]),
  }
  return partial(shape)
}

function limitsSchema(): z.ZodType<Partial<Limits>> {
  const least = z.number().int().min(1)
  const shape: { readonly [Name in keyof Limits]: z.ZodType<number> } = {
    entriesPerMinute: least,
    activeConversations: least,
    activeForMs: least,
    tokenLifetimeMs: least,
    apiRequestsPerDay: least,
  }
  return partial(shape)
}

function partial<T extends object>(shape: { readonly [Name in keyof T]: z.ZodType<T[Name]> }): z.ZodType<Partial<T>> {
  const optional = Object.entries(shape).map(([name, type]) => [name, z.exactOptional(type as z.ZodType)])
  return z.strictObject(Object.fromEntries(optional)) as unknown as z.ZodType<Partial<T>>
}

/**
 * Reads a scenario from YAML.
 *
 * @throws CustodyError `SCENARIO_INVALID`, naming the key
 */
export function loadScenario(text: string): Scenario {
  const document = parseDocument(text, { uniqueKeys: true })
  const broken = document.errors[0]
  if (broken) throw invalid(`The scenario is no valid YAML (${broken.code}).`)
  return checkScenario(document.toJS({ maxAliasCount: 100 }) ?? {})
}

/**
 * Checks a scenario that came as a value.
 *
 * @throws CustodyError `SCENARIO_INVALID`
 */
export function checkScenario(value: unknown): Scenario {
  const result = scenarioSchema.safeParse(value)
  if (result.success) return result.data
  const issue = result.error.issues[0]
  throw invalid(`The scenario is wrong at ${issue?.path.join('.') || 'its top'}: ${issue?.message}.`)
}

/** Checks options that came as values; a misspelt switch would otherwise be a silent default. */
export function checkSwitches(switches: Partial<Switches>): Switches {
  return { ...defaultSwitches, ...(checkScenario({ switches }).switches ?? {}) }
}

export function checkLimits(limits: Partial<Limits>): Limits {
  return { ...defaultLimits, ...(checkScenario({ limits }).limits ?? {}) }
}

function invalid(message: string): Error {
  return usageError('SCENARIO_INVALID', message, 'Compare it with the scenarios in the package README.')
}
