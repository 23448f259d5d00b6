import { z } from 'zod'
import type { Switches } from '../assumptions.ts'
import type { Limits } from '../limits.ts'
import { toldPermissions } from '../objects/user-permission-access.ts'
import type { PlatformSwitches } from '../platform-assumptions.ts'

const whole = z.number().int().nonnegative()

const platformShape: { readonly [Name in keyof PlatformSwitches]: z.ZodType<PlatformSwitches[Name]> } = {
  connectBots: z.boolean(),
  connectRichRows: z.enum(['without-text', 'absent']),
  connectEscaped: z.boolean(),
  connectOrder: z.enum(['by-direction', 'shuffled']),
  connectUpdates: z.enum(['written', 'ignored']),
  connectUpdatesPerRequest: z.number().int().min(1),
  bulkPolls: whole,
  bulkDurationMs: whole,
  bulkPageRecords: z.number().int().min(1),
  absentObjects: z.array(z.string()),
  hiddenFields: z.array(z.string()),
  permissions: z.array(z.enum(toldPermissions)),
  clockSkewMs: z.number().int(),
  foreignAttachments: whole,
  attachmentLifetimeMs: whole,
  attachmentBytes: whole,
  attachmentRedirect: z.enum(['none', 'own-origin', 'foreign', 'loop']),
}

/** What the switches of a scenario may be. */
export function switchesSchema(): z.ZodType<Partial<Switches>> {
  const pages = z.number().int().min(1).max(1_000)
  const shape: { readonly [Name in keyof Switches]: z.ZodType<Switches[Name]> } = {
    pageTokens: z.boolean(),
    pageTokensOf: z.enum(['anyone', 'user']),
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
    ...platformShape,
  }
  return partial(shape)
}

/** What the limits of a scenario may be. */
export function limitsSchema(): z.ZodType<Partial<Limits>> {
  const least = z.number().int().min(1)
  const shape: { readonly [Name in keyof Limits]: z.ZodType<number> } = {
    entriesPerMinute: least,
    deleteParticipantsPerHour: least,
    deleteConversationsPerHour: least,
    activeConversations: least,
    activeForMs: least,
    tokenLifetimeMs: least,
    apiRequestsPerDay: least,
    connectPerHour: least,
    connectPerDay: least,
  }
  return partial(shape)
}

/** An object whose members may be left out, and no others. */
export function partial<T extends object>(
  shape: { readonly [Name in keyof T]: z.ZodType<T[Name]> },
): z.ZodType<Partial<T>> {
  const optional = Object.entries(shape).map(([name, type]) => [name, z.exactOptional(type as z.ZodType)])
  return z.strictObject(Object.fromEntries(optional)) as unknown as z.ZodType<Partial<T>>
}
