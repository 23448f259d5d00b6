import { z } from 'zod'
import type { SecretReference } from './secret.ts'

/** The names `--formats` and the configuration accept. */
export const formatNames = ['jsonl', 'csv'] as const
/** What `--container` accepts. */
export const containerNames = ['zip', 'folder'] as const

export type Format = (typeof formatNames)[number]
export type Container = (typeof containerNames)[number]

/** A checked configuration, defaults filled in. */
export interface Config {
  readonly version: 1
  readonly orgs: Readonly<Record<string, OrgConfig>>
  readonly archive: {
    readonly directory: string
    readonly formats: readonly Format[]
    readonly container: Container
    readonly redaction?: string | undefined
  }
  readonly state: { readonly directory: string }
}

export interface OrgConfig {
  readonly loginUrl: string
  readonly apiUrl?: string | undefined
  readonly apiVersion: string
  readonly auth: { readonly flow: 'client-credentials'; readonly users: readonly [ExecutionUser] }
  readonly archiveSecret?: SecretReference | undefined
  readonly limits: {
    readonly entriesPerMinute: number
    readonly deletesPerHour: number
    readonly connectPerHour: number
    readonly activeConversations: number
  }
  readonly data360?: { readonly api: 'v3' | 'connect' | 'v2'; readonly dataspace: string } | undefined
}

export interface ExecutionUser {
  readonly name: string
  readonly clientId: SecretReference
  readonly clientSecret: SecretReference
}

// Defaults stand below and nowhere else.

const secret = z
  .union([z.strictObject({ env: z.string().min(1) }), z.strictObject({ file: z.string().min(1) })], {
    error: 'must name where the secret is: { env: NAME } or { file: PATH }',
  })
  .describe('Where a secret is read from: { env: NAME } or { file: PATH }. Never the secret itself.')

const address = z
  .string()
  .refine(isAllowedAddress, { error: 'must be an https: address (http: only for a loopback host)' })
  .describe('An https: address without a path; http: is accepted for loopback hosts alone.')

const count = z.number().int().min(1).max(1_000_000)

const user = z.strictObject({
  name: z.string().min(1).describe('Names the execution user in messages and limits.'),
  clientId: secret,
  clientSecret: secret,
})

const limits = z
  .strictObject({
    entriesPerMinute: count.default(85).describe('Entry requests per execution user; Salesforce allows 90.'),
    deletesPerHour: count.default(9).describe('Deletions per execution user; Salesforce allows 10.'),
    connectPerHour: count.default(900).describe('Connect REST calls per execution user; Salesforce allows 1,000.'),
    activeConversations: count
      .default(2500)
      .describe('Distinct conversations read within 30 minutes: each stays active that long against the org limit.'),
  })
  .prefault({})

const org = z.strictObject({
  loginUrl: address.describe('The My Domain address, https://acme.my.salesforce.com.'),
  apiUrl: address.optional().describe('The API gateway. Default: api_instance_url of the token reply.'),
  apiVersion: z
    .string()
    .regex(/^\d{2,3}\.0$/, { error: 'must look like "66.0"' })
    .default('66.0'),
  auth: z.strictObject({
    flow: z.literal('client-credentials'),
    users: z.tuple([user], { error: 'must hold exactly one execution user' }),
  }),
  archiveSecret: secret
    .optional()
    .describe('The key that salts and pseudonyms of this org are derived from; needed to archive.'),
  limits,
  data360: z
    .strictObject({ api: z.enum(['v3', 'connect', 'v2']).default('v3'), dataspace: z.string().default('default') })
    .optional(),
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
      })
      .prefault({}),
    state: z.strictObject({ directory: z.string().min(1).default('./.custody') }).prefault({}),
  })
  .describe('custody.config.yaml')

function isAllowedAddress(text: string): boolean {
  if (!URL.canParse(text)) return false
  const url = new URL(text)
  if (url.pathname !== '/' || url.search || url.hash || url.username || url.password) return false
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname))
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host)
}
