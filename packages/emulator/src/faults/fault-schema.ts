import { z } from 'zod'
import { endpoints } from '../server/calls.ts'
import type { ConversationSelector, FaultAction, FaultRule } from './scenario.ts'

const whole = z.number().int().nonnegative()
export const conversationSelector: z.ZodType<ConversationSelector> = z.union([z.number().int(), z.literal('long')])

const action: z.ZodType<FaultAction> = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('status'),
    status: z.number().int().min(400).max(599),
    body: z.exactOptional(z.enum(['json', 'html', 'text', 'empty'])),
    retryAfterSeconds: z.exactOptional(whole),
    retryAfterForm: z.exactOptional(z.enum(['seconds', 'date'])),
    carriedOut: z.exactOptional(z.boolean()),
  }),
  z.strictObject({ type: z.literal('revoke-tokens') }),
  z.strictObject({ type: z.literal('revoke-data360-tokens') }),
  z.strictObject({
    type: z.literal('oauth-error'),
    error: z.string(),
    description: z.exactOptional(z.string()),
    status: z.exactOptional(z.number().int().min(200).max(599)),
  }),
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
  z.strictObject({ type: z.literal('job-state'), state: z.enum(['Failed', 'Aborted']) }),
  z.strictObject({
    type: z.literal('malformed-entry'),
    how: z.enum(['no-identifier', 'no-timestamp', 'text-timestamp', 'broken-payload', 'not-an-object', 'null']),
  }),
])

export const faultRule: z.ZodType<FaultRule> = z.strictObject({
  match: z.strictObject({
    endpoint: z.exactOptional(z.enum(endpoints)),
    conversation: z.exactOptional(conversationSelector),
    page: z.exactOptional(z.enum(['first', 'next'])),
    nth: z.exactOptional(z.number().int().min(1)),
    probability: z.exactOptional(z.number().min(0).max(1)),
  }),
  times: z.exactOptional(z.union([z.number().int().min(1), z.literal('always')])),
  action,
})
