import { z } from 'zod'
import { standardActiveConversations } from '../doctor/assumptions.ts'
import { type AuthConfig, authSchema } from './auth-schema.ts'
import { type Container, containerNames, data360Apis, type Format, formatNames } from './choices.ts'
import { type ErasureConfig, erasureSchema, type OrgErasureConfig, orgErasureSchema } from './erasure-schema.ts'
import { address, count, floor, secret } from './parts.ts'
import { type ReadingConfig, readingSchema } from './reading-schema.ts'
import { type ScheduleConfig, scheduleSchema } from './schedule-schema.ts'
import { type SealConfig, sealSchema } from './seal-schema.ts'
import type { SecretReference } from './secret.ts'

/** A checked configuration, defaults filled in. */
export interface Config {
  readonly version: 1
  readonly orgs: Readonly<Record<string, OrgConfig>>
  readonly archive: {
    readonly directory: string
    readonly formats: readonly Format[]
    readonly container: Container
    readonly redaction?: string | undefined
    readonly allowCounted: boolean
  }
  readonly state: { readonly directory: string }
  /** Archives bear no seal without it. */
  readonly seal?: SealConfig | undefined
  /** Of every org that has none of its own. */
  readonly schedule?: ScheduleConfig | undefined
  readonly erasure: ErasureConfig
}

export interface OrgConfig {
  /** Whose chain of archives this is, in every seal. Default: the alias. */
  readonly origin?: string | undefined
  readonly loginUrl: string
  readonly apiUrl?: string | undefined
  readonly apiVersion: string
  readonly auth: AuthConfig
  readonly archiveSecret?: SecretReference | undefined
  readonly limits: {
    readonly entriesPerMinute: number
    readonly deletesPerHour: number
    readonly connectPerHour: number
    readonly activeConversations: number
    readonly orgActiveConversations: number
    readonly activeConversationsFloor: number
    readonly dailyCallsFloor: number
  }
  readonly data360?: Data360Config | undefined
  /** When the census runs as Bulk API 2.0 jobs. */
  readonly bulk: 'auto' | 'always' | 'never'
  readonly attachments: { readonly maxFileBytes: number; readonly origins: readonly string[] }
  readonly reading: ReadingConfig
  readonly schedule?: ScheduleConfig | undefined
  readonly erasure?: OrgErasureConfig | undefined
}

/** By what they hold: `ssot__ConversationEntry__dlm` for `entry`, say. */
export interface ObjectNames {
  readonly entry?: string | undefined
  readonly conversation?: string | undefined
  readonly participant?: string | undefined
  readonly role?: string | undefined
}

export interface Data360Config {
  readonly api: (typeof data360Apis)[number]
  readonly dataspace: string
  readonly timeZone: string
  readonly timestampsAre: string
  readonly names: ObjectNames
}

// Defaults stand below and nowhere else.

const dmo = z.string().min(1).optional()

const limits = z
  .strictObject({
    entriesPerMinute: count.default(85).describe('Entry requests per execution user; Salesforce allows 90.'),
    deletesPerHour: count.default(9).describe('Deletions per execution user; Salesforce allows 10.'),
    connectPerHour: count.default(900).describe('Connect REST calls per execution user; Salesforce allows 1,000.'),
    activeConversations: count
      .default(2500)
      .describe('Distinct conversations read within 30 minutes: each stays active that long against the org limit.'),
    orgActiveConversations: count
      .default(standardActiveConversations)
      .describe('How many active conversations the org may have; the admin knows.'),
    activeConversationsFloor: floor
      .default(500)
      .describe('So many of those stay free: with fewer, reading waits. 0 does not look.'),
    dailyCallsFloor: floor
      .default(1_000)
      .describe(
        'So many API calls of 24 hours stay for others: with fewer, a run stops, and can be resumed. 0 uses all.',
      ),
  })
  .prefault({})

const org = z
  .strictObject({
    origin: z
      .string()
      .regex(/^[!-*,-~]{1,120}$/, { error: 'must be 1 to 120 printable characters without space and plus' })
      .optional()
      .describe('Names the org in every seal, for good: example.com/acme. Default: the alias.'),
    loginUrl: address.describe('The My Domain address, https://acme.my.salesforce.com.'),
    apiUrl: address.optional().describe('The API gateway. Default: api_instance_url of the token reply.'),
    apiVersion: z
      .string()
      .regex(/^\d{2,3}\.0$/, { error: 'must look like "66.0"' })
      .default('66.0'),
    auth: authSchema,
    archiveSecret: secret
      .optional()
      .describe('The key that salts and pseudonyms of this org are derived from; needed to archive.'),
    limits,
    data360: z
      .strictObject({
        api: z.enum(data360Apis).default('v3').describe('Which of the query APIs is asked.'),
        dataspace: z.string().min(1).default('default'),
        timeZone: z.string().default('UTC').describe('Zone of timestamps that name none.'),
        timestampsAre: z
          .string()
          .default('as-labelled')
          .describe('A zone, where what is labelled UTC is wall time there.'),
        names: z
          .strictObject({ entry: dmo, conversation: dmo, participant: dmo, role: dmo })
          .prefault({})
          .describe('API names of the data model objects, where discovery does not find them.'),
      })
      .optional()
      .describe('Needed for the source data360.'),
    bulk: z
      .enum(['auto', 'always', 'never'])
      .default('auto')
      .describe('Whether the census runs as Bulk API 2.0 jobs; auto: for windows of 50,000 records and more.'),
    attachments: z
      .strictObject({
        maxFileBytes: z.number().int().min(1).default(104_857_600).describe('A larger file is a gap.'),
        origins: z.array(address).default([]).describe('Further origins of the org that serve files.'),
      })
      .prefault({}),
    reading: readingSchema,
    schedule: scheduleSchema.optional(),
    erasure: orgErasureSchema.optional(),
  })
  .superRefine(({ data360, reading: { source, witness } }, context) => {
    if (data360 !== undefined || ![source, ...witness].includes('data360')) return
    context.addIssue({
      code: 'custom',
      path: ['reading'],
      message: 'names data360, which is not configured',
      params: { action: 'Add data360 to the org: data360: { api: v3, dataspace: default }' },
    })
  })

/** The configuration file, version 1. */
export const configSchema: z.ZodType<Config> = z
  .strictObject({
    version: z.literal(1),
    orgs: z.record(z.string().regex(/^[A-Za-z0-9][A-Za-z0-9-]{0,39}$/), org),
    archive: z
      .strictObject({
        directory: z.string().min(1).default('./archives'),
        formats: z.array(z.enum(formatNames)).min(1).default(['jsonl', 'csv']),
        container: z.enum(containerNames).default('zip'),
        redaction: z.string().min(1).optional().describe('A policy file, or "default" for the built-in policy.'),
        allowCounted: z
          .boolean()
          .default(false)
          .describe(
            'Whether an archive passes whose messages of bots and events rest on one source: Salesforce counts only those of agents and end users.',
          ),
      })
      .prefault({}),
    state: z.strictObject({ directory: z.string().min(1).default('./.custody') }).prefault({}),
    seal: sealSchema.optional(),
    schedule: scheduleSchema.optional(),
    erasure: erasureSchema,
  })
  .describe('custody.config.yaml')
