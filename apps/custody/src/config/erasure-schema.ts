import { z } from 'zod'

/** How deletion requests are dealt with, of every org, defaults filled in. */
export interface ErasureConfig {
  readonly twoPersonRule: boolean
  readonly exportFirst: boolean
  readonly minimumRetention?: string | undefined
  readonly hoursToConfirm: number
  readonly regime: 'gdpr' | 'ccpa'
  /** The country of phone numbers that are written without one, `DE`. */
  readonly phoneCountry?: string | undefined
}

export const erasureSchema: z.ZodType<ErasureConfig> = z
  .strictObject({
    twoPersonRule: z
      .boolean()
      .default(false)
      .describe('Whether a plan needs the approval of two operators, and a hold two to be released or shortened.'),
    exportFirst: z
      .boolean()
      .default(false)
      .describe('Whether every conversation that will go has to be in an archive before its plan is approved.'),
    minimumRetention: z
      .string()
      .regex(/^[1-9]\d{0,3}[dmy]$/, { error: 'must be days, months or years, such as 90d, 18m or 6y' })
      .optional()
      .describe('How long a law has conversations kept: younger ones are withheld. Default: none does.'),
    hoursToConfirm: z
      .number()
      .int()
      .min(1)
      .max(8_760)
      .default(72)
      .describe('How long after the answer of Salesforce a deletion may take to show.'),
    regime: z
      .enum(['gdpr', 'ccpa'])
      .default('gdpr')
      .describe('Which law counts the days of a request that names none: one month, or 45 days.'),
    phoneCountry: z
      .string()
      .regex(/^[A-Z]{2}$/, { error: 'must be a country of two capital letters, such as DE' })
      .optional()
      .describe('The country of phone numbers that are written without one.'),
  })
  .prefault({})
  .describe('How deletion requests are dealt with.')

/** What of an org's deletion API is not documented, where it is known to be otherwise than assumed. */
export interface OrgErasureConfig {
  readonly idsIn?: 'query' | 'body' | undefined
  readonly participantsParameter?: string | undefined
  readonly conversationsParameter?: string | undefined
  readonly doneStatuses?: readonly string[] | undefined
  readonly failedStatuses?: readonly string[] | undefined
}

const parameter = z.string().regex(/^[A-Za-z][A-Za-z0-9_]{0,79}$/, { error: 'must be the name of a parameter' })
const statuses = z.array(z.string().min(1).max(80)).min(1)

export const orgErasureSchema: z.ZodType<OrgErasureConfig> = z
  .strictObject({
    idsIn: z.enum(['query', 'body']).optional().describe('Where a deletion names what is to be deleted.'),
    participantsParameter: parameter.optional().describe('What the ids of end users are called there.'),
    conversationsParameter: parameter.optional().describe('What the ids of conversations are called there.'),
    doneStatuses: statuses.optional().describe('Which statuses of ConversationApiLog say that it is done.'),
    failedStatuses: statuses.optional().describe('Which of them say that it failed.'),
  })
  .describe('How this org takes deletions, where it differs from what is assumed: see docs/assumptions.md.')
