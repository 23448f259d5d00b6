import type { RunDocument } from '@custody/archive'
import type { Instant } from '@custody/model'
import { z } from 'zod'

/** What a run cost, as far as it is known when the archive is written. For `cost` among the facts of run.json. Times are in milliseconds. */
export interface RunCost {
  readonly elapsedMs: number
  readonly requests: number
  readonly retries: number
  /** Times the server said 429. */
  readonly rateLimited: number
  readonly tokensRenewed: number
  /** Waits may overlap: requests run side by side. */
  readonly waitingForLimitsMs: number
  readonly byEndpoint: Readonly<Record<string, { readonly requests: number; readonly ms: number }>>
  /** Each step's own time, in their order. */
  readonly stages: readonly { readonly stage: string; readonly ownMs: number }[]
  readonly limits: readonly LimitUse[]
  /** Answers of Salesforce that an earlier, stopped part of the run had kept. */
  readonly answersKept: number
}

/** What of a limit was used. */
export interface LimitUse {
  /** The setting's name in the configuration. */
  readonly name: string
  readonly setting: number
  /** In the whole run; null where nobody counts. */
  readonly used: number | null
  readonly waits: number
  readonly waitedMs: number
}

/** What the command line notes of a run in run.json. Other programs may note other facts: what is not there is null. */
export interface CommandFacts {
  readonly asked: {
    readonly source?: string | undefined
    readonly limit?: number | null | undefined
    readonly witnesses?: readonly string[] | undefined
    readonly fallback?: string | null | undefined
    readonly attachments?: boolean | undefined
    readonly legacyChats?: boolean | undefined
    readonly exportedAt?: Instant | null | undefined
  } | null
  readonly sources: readonly (string | { readonly source: string; readonly from: Instant; readonly to: Instant })[]
  /** What was looked for in the org: how many records lead to no conversation, and what the run's user may not see. */
  readonly objects: readonly SurveyFact[]
  readonly policyDigest: string | null
  readonly redactedFrom: { readonly archive: string } | null
  readonly cost: RunCost | null
}

interface SurveyFact {
  readonly object: string
  readonly visible: boolean
  readonly hiddenFields: readonly string[]
  readonly apart: number | null
}

const number = z.number().min(0)

const cost: z.ZodType<RunCost> = z.object({
  elapsedMs: number,
  requests: number,
  retries: number,
  rateLimited: number,
  tokensRenewed: number,
  waitingForLimitsMs: number,
  byEndpoint: z.record(z.string(), z.object({ requests: number, ms: number })),
  stages: z.array(z.object({ stage: z.string(), ownMs: number })),
  limits: z.array(
    z.object({ name: z.string(), setting: number, used: number.nullable(), waits: number, waitedMs: number }),
  ),
  answersKept: number,
})

const facts: z.ZodType<CommandFacts> = z.object({
  asked: z
    .object({
      source: z.string(),
      limit: number.nullable(),
      witnesses: z.array(z.string()),
      fallback: z.string().nullable(),
      attachments: z.boolean(),
      legacyChats: z.boolean(),
      exportedAt: z.string().nullable(),
    })
    .partial()
    .nullable()
    .catch(null),
  sources: z.array(z.union([z.string(), z.object({ source: z.string(), from: z.string(), to: z.string() })])).catch([]),
  objects: z
    .array(
      z.object({
        object: z.string(),
        visible: z.boolean(),
        hiddenFields: z.array(z.string()),
        apart: number.nullable(),
      }),
    )
    .catch([]),
  policyDigest: z.string().nullable().catch(null),
  redactedFrom: z.object({ archive: z.string() }).nullable().catch(null),
  cost: cost.nullable().catch(null),
})

/** Reads the facts of a run; what is in another form counts as not there. */
export function runFacts({ run }: RunDocument): CommandFacts {
  return facts.parse(run)
}
