import { createHash } from 'node:crypto'
import { CustodyError } from '@custody/pipeline'
import { z } from 'zod'
import { blockerCodes, type ErasurePlan } from '../erasure-plan.ts'
import { canonicalJson, type JsonValue } from './canonical-json.ts'

/** A plan as it is kept and approved: canonical JSON. */
export function planBytes(plan: ErasurePlan): Uint8Array {
  return new TextEncoder().encode(canonicalJson(plan as unknown as JsonValue))
}

/** SHA-256 of a plan's bytes, hex: `sha256sum` gives the same. */
export function planDigest(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** As it is shown, and may be typed. */
export function shortDigest(digest: string): string {
  return digest.slice(0, 12)
}

const count = z.number().int().nonnegative()
const schema: z.ZodType<ErasurePlan> = z.strictObject({
  v: z.literal(1),
  request: z.string(),
  org: z.string(),
  madeAt: z.string(),
  dueOn: z.string(),
  targets: z.array(
    z.strictObject({
      kind: z.enum(['end-user', 'conversation']),
      id: z.string(),
      counts: z.record(z.string(), count.nullable()),
      notCounted: z.record(z.string(), z.string()),
      messages: count.nullable(),
      blockers: z.array(z.strictObject({ code: z.enum(blockerCodes), detail: z.string().nullable() })),
      sharedConversations: count,
    }),
  ),
  archives: z.array(z.strictObject({ name: z.string(), conversations: count })),
  export: z.strictObject({ archive: z.string(), seal: z.string() }).nullable().default(null),
  notArchived: count.nullable(),
  notCovered: z.array(z.string()),
  notSeen: z.array(z.string()),
  calls: count,
  finishBy: z.string(),
  inTime: z.boolean(),
})

/** @throws CustodyError `ERASURE_PLAN_UNREADABLE` */
export function readPlan(bytes: Uint8Array): ErasurePlan {
  try {
    return schema.parse(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)))
  } catch {
    throw new CustodyError('ERASURE_PLAN_UNREADABLE', 'What is kept as a plan is none of this version of Custody.', {
      actions: ['Make it again: custody erase plan REFERENCE.'],
    })
  }
}
