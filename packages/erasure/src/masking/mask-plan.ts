import { CustodyError } from '@custody/pipeline'
import { z } from 'zod'
import { type Blocker, blockerCodes } from '../erasure-plan.ts'
import { canonicalJson, type JsonValue } from '../planning/canonical-json.ts'
import type { Target } from '../target.ts'
import type { MaskPolicy } from './mask-findings.ts'

/** What would be written anew in one conversation. */
export interface MaskedConversationPlan {
  readonly id: string
  readonly entries: number
  /** How many of its texts would be written anew. */
  readonly texts: number
  /** What was found in them, by type. */
  readonly types: Readonly<Record<string, number>>
  /** What was found where no other text can be put, by type: it stays. */
  readonly outOfReach: Readonly<Record<string, number>>
  /** A keyed hash of every text before and after: what is approved is these changes and no others. */
  readonly changes: string
  readonly blockers: readonly Blocker[]
}

/** What would be written anew for one record. */
export interface MaskedTargetPlan extends Pick<Target, 'kind' | 'id'> {
  /** `Conversation`, `ConversationEntry`, `TextsToMask`, `FindingsOutOfReach`. */
  readonly counts: Readonly<Record<string, number>>
  readonly blockers: readonly Blocker[]
  readonly conversations: readonly MaskedConversationPlan[]
  readonly sharedConversations: number
}

/** What would be written anew in the texts of a request: ids, counts, codes and keyed hashes, no text and no name. */
export interface MaskPlan {
  readonly v: 1
  readonly measure: 'mask'
  readonly request: string
  readonly org: string
  readonly madeAt: string
  readonly dueOn: string
  readonly policy: MaskPolicy
  readonly targets: readonly MaskedTargetPlan[]
  /** What masking does not reach, as codes. */
  readonly notCovered: readonly string[]
  readonly notSeen: readonly string[]
  /** Requests that change texts. */
  readonly calls: number
  readonly finishBy: string
  readonly inTime: boolean
}

/**
 * What masking does not reach: the records of the person with name, phone and address; what an object keeps of a text (the preview of a
 * session); files; copies in Data 360 follow by themselves; other systems; copies that were made.
 */
export const notMasked: readonly string[] = [
  'end-user',
  'contact',
  'case',
  'previews',
  'files',
  'other-systems',
  'other-copies',
]

/** As it is kept and approved: canonical JSON. */
export function maskPlanBytes(plan: MaskPlan): Uint8Array {
  return new TextEncoder().encode(canonicalJson(plan as unknown as JsonValue))
}

const count = z.number().int().nonnegative()
const counts = z.record(z.string(), count)
const blockers = z.array(z.strictObject({ code: z.enum(blockerCodes), detail: z.string().nullable() }))
const schema: z.ZodType<MaskPlan> = z.strictObject({
  v: z.literal(1),
  measure: z.literal('mask'),
  request: z.string(),
  org: z.string(),
  madeAt: z.string(),
  dueOn: z.string(),
  policy: z.strictObject({ name: z.string(), digest: z.string() }),
  targets: z.array(
    z.strictObject({
      kind: z.enum(['end-user', 'conversation']),
      id: z.string(),
      counts,
      blockers,
      conversations: z.array(
        z.strictObject({
          id: z.string(),
          entries: count,
          texts: count,
          types: counts,
          outOfReach: counts,
          changes: z.string(),
          blockers,
        }),
      ),
      sharedConversations: count,
    }),
  ),
  notCovered: z.array(z.string()),
  notSeen: z.array(z.string()),
  calls: count,
  finishBy: z.string(),
  inTime: z.boolean(),
})

/** @throws CustodyError `ERASURE_PLAN_UNREADABLE` */
export function readMaskPlan(bytes: Uint8Array): MaskPlan {
  try {
    return schema.parse(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)))
  } catch {
    throw new CustodyError(
      'ERASURE_PLAN_UNREADABLE',
      'What is kept as a plan is no plan for masking of this version.',
      {
        actions: ['Make it again: custody erase mask plan REFERENCE.'],
      },
    )
  }
}

/** What has changed between two plans, as codes with how many conversations they are about. When the calls end moves by itself. */
export function maskPlanChanges(before: MaskPlan, after: MaskPlan): Readonly<Record<string, number>> {
  const changes = new Map<string, number>()
  const tell = (code: string, many = 1): void => {
    if (many > 0) changes.set(code, (changes.get(code) ?? 0) + many)
  }
  const differ = (one: unknown, other: unknown): boolean =>
    canonicalJson(one as JsonValue) !== canonicalJson(other as JsonValue)
  if (before.request !== after.request || before.org !== after.org) tell('request')
  if (before.dueOn !== after.dueOn) tell('due-date')
  if (differ(before.policy, after.policy)) tell('policy')
  if (differ(before.notCovered, after.notCovered)) tell('not-covered')
  if (differ(before.notSeen, after.notSeen)) tell('not-seen')
  const [old, fresh] = [partsOf(before), partsOf(after)]
  tell('conversations-added', [...fresh.keys()].filter((name) => !old.has(name)).length)
  tell('conversations-gone', [...old.keys()].filter((name) => !fresh.has(name)).length)
  for (const [name, was] of old) {
    const is = fresh.get(name)
    if (is === undefined) continue
    if (differ(was.blockers, is.blockers)) tell('blockers')
    if (was.changes !== is.changes) tell('texts')
    if (differ(was.outOfReach, is.outOfReach)) tell('out-of-reach')
  }
  return Object.fromEntries([...changes].sort(([a], [b]) => (a < b ? -1 : 1)))
}

type Part = Pick<MaskedConversationPlan, 'blockers' | 'changes' | 'outOfReach'>

/** Targets and their conversations, by name. */
function partsOf({ targets }: MaskPlan): ReadonlyMap<string, Part> {
  return new Map(
    targets.flatMap(({ kind, id, blockers: own, conversations }): (readonly [string, Part])[] => [
      [`${kind} ${id}`, { blockers: own, changes: '', outOfReach: {} }],
      ...conversations.map((each) => [`${kind} ${id} ${each.id}`, each] as const),
    ]),
  )
}
