import { usageError } from '@custody/pipeline'
import { parseDocument } from 'yaml'
import { z } from 'zod'
import { defaultSwitches, type Switches } from '../assumptions.ts'
import { type Data360Switches, data360Shape, defaultData360Switches } from '../data360/data360-switches.ts'
import { type DeletionSwitches, defaultDeletionSwitches, deletionShape } from '../deletion/deletion-switches.ts'
import { defaultLimits, type Limits } from '../limits.ts'
import type { endpoints } from '../server/calls.ts'
import { defaultOauthSwitches, type OauthSwitches, oauthShape } from '../server/oauth-switches.ts'
import { conversationSelector, faultRule } from './fault-schema.ts'
import { type LossySource, lossySources, type StatedLoss } from './lossy.ts'
import { limitsSchema, partial, switchesSchema } from './switches-schema.ts'

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
      /** What was asked for is done all the same. @defaultValue false */
      readonly carriedOut?: boolean
    }
  /** Every token issued so far is worthless before this request is looked at. */
  | { readonly type: 'revoke-tokens' }
  /** Every token of Data 360 is worthless before this request is looked at; those of the org are not. */
  | { readonly type: 'revoke-data360-tokens' }
  /** A token endpoint refuses, in these words. @defaultValue of `status` 400 */
  | { readonly type: 'oauth-error'; readonly error: string; readonly description?: string; readonly status?: number }
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
  /** The bulk job asked for ends without results. */
  | { readonly type: 'job-state'; readonly state: 'Failed' | 'Aborted' }
  /** The last entry of the page is not what an entry should be. */
  | {
      readonly type: 'malformed-entry'
      readonly how: 'no-identifier' | 'no-timestamp' | 'text-timestamp' | 'broken-payload' | 'not-an-object' | 'null'
    }

/** The kinds of faults there are. */
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

/** Something that goes wrong: at which calls, how often, and how. */
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
  /** How the apps are set up for signing in. */
  readonly oauth?: Partial<OauthSwitches>
  /** How end users and conversations are deleted. */
  readonly deletion?: Partial<DeletionSwitches>
  /** What Data 360 holds, and how it answers. */
  readonly data360?: Partial<Data360Switches>
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
    /** Each further conversation of a person is on another channel: two conversations, two records of an end user. */
    readonly everyChannel?: boolean
    /** One conversation in so many has a second end user, who writes in it. 0: none. */
    readonly sharedEveryNth?: number
  }
  readonly rules?: readonly FaultRule[]
  /** Sources of entries that leave something out without a word. */
  readonly lossy?: { readonly [Source in LossySource]?: StatedLoss }
}

const whole = z.number().int().nonnegative()

const loss: z.ZodType<StatedLoss> = z.union([
  z.strictObject({ every: z.number().int().min(1) }),
  z.strictObject({ conversation: whole }),
  z.strictObject({ lastPage: z.literal(true) }),
])

// A partial record says that its values may be undefined; read from a file they are not.
const losses = z.partialRecord(z.enum(lossySources), loss) as unknown as z.ZodType<NonNullable<Scenario['lossy']>>

const scenarioSchema: z.ZodType<Scenario> = z.strictObject({
  description: z.exactOptional(z.string()),
  outcome: z.exactOptional(z.enum(['complete', 'incomplete', 'failed'])),
  switches: z.exactOptional(switchesSchema()),
  limits: z.exactOptional(limitsSchema()),
  oauth: z.exactOptional(partial(oauthShape)),
  deletion: z.exactOptional(partial(deletionShape)),
  data360: z.exactOptional(partial(data360Shape)),
  world: z.exactOptional(
    z.strictObject({
      missing: z.exactOptional(
        z.array(
          z.strictObject({
            conversation: conversationSelector,
            agentMessages: z.exactOptional(whole),
            endUserMessages: z.exactOptional(whole),
          }),
        ),
      ),
      ties: z.exactOptional(z.array(conversationSelector)),
      orphanSessions: z.exactOptional(whole),
      everyChannel: z.exactOptional(z.boolean()),
      sharedEveryNth: z.exactOptional(whole),
    }),
  ),
  lossy: z.exactOptional(losses),
  rules: z.exactOptional(z.array(faultRule)),
})

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

export function checkOauth(oauth: Partial<OauthSwitches>): OauthSwitches {
  return { ...defaultOauthSwitches, ...(checkScenario({ oauth }).oauth ?? {}) }
}

export function checkData360(data360: Partial<Data360Switches>): Data360Switches {
  return { ...defaultData360Switches, ...(checkScenario({ data360 }).data360 ?? {}) }
}

export function checkDeletion(
  deletion: Partial<DeletionSwitches>,
  before: DeletionSwitches = defaultDeletionSwitches,
): DeletionSwitches {
  return { ...before, ...(checkScenario({ deletion }).deletion ?? {}) }
}

export function checkWorld(world: NonNullable<Scenario['world']>): NonNullable<Scenario['world']> {
  return checkScenario({ world }).world ?? {}
}

export function checkLimits(limits: Partial<Limits>): Limits {
  return { ...defaultLimits, ...(checkScenario({ limits }).limits ?? {}) }
}

function invalid(message: string): Error {
  return usageError('SCENARIO_INVALID', message, 'Compare it with the scenarios in the package README.')
}
