import { CustodyError, usageError } from '@custody/pipeline'
import type { ErasurePlan } from '../erasure-plan.ts'
import type { Measure } from '../erasure-request.ts'
import type { Approval, ErasureStore } from '../erasure-store.ts'
import { assertOperator } from '../names.ts'
import { readPlan } from './plan-bytes.ts'
import { planChanges } from './plan-changes.ts'

/** Which plan is approved, by whom, and whether one person is enough. */
export interface ApproveOptions {
  readonly store: ErasureStore
  /** The digest of the plan, as typed: whole, or its first eight digits and more. */
  readonly digest: string
  /** Who approves, an id. */
  readonly operator: string
  /** Whether somebody else has to approve too. */
  readonly twoPersonRule: boolean
  /** Whether every conversation that will go has to be in an archive first. @defaultValue `false` */
  readonly exportFirst?: boolean
  /** Makes the plan of a request anew, with what is true now. */
  readonly makeAgain: (reference: string) => Promise<ErasurePlan>
}

/** How a request stands after an approval. */
export interface Approved {
  readonly reference: string
  readonly planDigest: string
  readonly approvals: readonly Approval[]
  /** False where a second person has to approve it too. */
  readonly isEnough: boolean
}

/**
 * Approves a plan, after making it again: what was approved has to be what will be done.
 *
 * @throws CustodyError `PLAN_UNKNOWN`, `PLAN_CHANGED`, `APPROVAL_SAME_OPERATOR`, `EXPORT_MISSING` (refused); `PLAN_DIGEST` (usage); what the store and
 * `makeAgain` throw
 */
export async function approvePlan(options: ApproveOptions): Promise<Approved> {
  const { exportFirst = false, makeAgain } = options
  return await approveByDigest({
    ...options,
    measure: 'erase',
    async changesOf(reference, bytes) {
      const again = await makeAgain(reference)
      const changes = planChanges(readPlan(bytes), again)
      const isSame = Object.keys(changes).length === 0
      if (isSame && exportFirst && again.notArchived !== 0) throw notExported(reference, again.notArchived)
      return changes
    },
  })
}

/** What {@link approveByDigest} is asked for. */
export interface ApproveByDigestOptions
  extends Pick<ApproveOptions, 'store' | 'digest' | 'operator' | 'twoPersonRule'> {
  readonly measure: Measure
  /** What has changed since the plan was made, as codes with how often. May refuse it for other reasons. */
  readonly changesOf: (reference: string, plan: Uint8Array) => Promise<Readonly<Record<string, number>>>
}

/** The same for plans of either measure. */
export async function approveByDigest(options: ApproveByDigestOptions): Promise<Approved> {
  const { store, operator, twoPersonRule, measure, changesOf } = options
  assertOperator(operator)
  const { reference, planDigest, bytes } = await planOfDigest(options)
  const earlier = await store.approvals(reference)
  if (twoPersonRule && earlier.some((approval) => approval.operator === operator)) {
    throw new CustodyError('APPROVAL_SAME_OPERATOR', `${operator} has approved the plan of ${reference} before.`, {
      kind: 'refused',
      actions: ['Have somebody else approve it: two persons are needed (erasure.twoPersonRule).'],
    })
  }
  const changes = await changesOf(reference, bytes)
  if (Object.keys(changes).length > 0) {
    await store.note({
      request: reference,
      act: 'approval-refused',
      operator,
      detail: { planDigest, ...asDetail(changes) },
    })
    throw new CustodyError('PLAN_CHANGED', `The plan of ${reference} does not hold any more: ${told(changes)}.`, {
      kind: 'refused',
      actions: [`Look at what is true now: custody erase ${planOf(measure)} ${reference}. Then approve that.`],
    })
  }
  const approvals = await store.approve(reference, { planDigest, operator })
  const isEnough = !twoPersonRule || new Set(approvals.map((approval) => approval.operator)).size > 1
  if (isEnough) {
    const detail = { planDigest, approvals: approvals.length }
    await store.setState(reference, 'approved', { act: 'request-approved', operator, detail })
  }
  return { reference, planDigest, approvals, isEnough }
}

function notExported(reference: string, conversations: number | null): CustodyError {
  const many = conversations === null ? 'Nobody looked whether' : `${conversations} of`
  return new CustodyError('EXPORT_MISSING', `${many} the conversations of ${reference} are in no archive.`, {
    kind: 'refused',
    actions: ['Export them: custody erase plan REFERENCE --export. Then approve that (erasure.exportFirst).'],
  })
}

interface FoundPlan {
  readonly reference: string
  readonly planDigest: string
  readonly bytes: Uint8Array
}

function planOf(measure: Measure): string {
  return measure === 'mask' ? 'mask plan' : 'plan'
}

async function planOfDigest({ store, digest, measure }: ApproveByDigestOptions): Promise<FoundPlan> {
  const typed = digest
    .trim()
    .toLowerCase()
    .replace(/^sha256:/, '')
  if (!/^[0-9a-f]{8,64}$/.test(typed)) {
    throw usageError(
      'PLAN_DIGEST',
      'A plan is approved by its digest: 8 to 64 hex digits.',
      'custody erase plan shows it.',
    )
  }
  const found: FoundPlan[] = []
  for (const { reference, ...request } of await store.requests({ state: 'planned' })) {
    if (request.measure !== measure) continue
    const plan = await store.plan(reference)
    if (plan?.bytes && plan.digest.startsWith(typed)) {
      found.push({ reference, planDigest: plan.digest, bytes: plan.bytes })
    }
  }
  const [first, second] = found
  if (second !== undefined) {
    throw usageError('PLAN_DIGEST', `${found.length} plans begin with these digits.`, 'Give more of them.')
  }
  if (first !== undefined) return first
  throw new CustodyError('PLAN_UNKNOWN', 'No plan with this digest waits for approval.', {
    kind: 'refused',
    actions: [
      `A plan that was made again has another digest: custody erase ${planOf(measure)} REFERENCE shows the one that stands.`,
      'See where the requests are: custody erase status.',
    ],
  })
}

/** Names of a detail have no colons. */
function asDetail(changes: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(changes).map(([code, many]) => [code.replaceAll(':', '_'), many]))
}

function told(changes: Readonly<Record<string, number>>): string {
  return Object.entries(changes)
    .map(([code, many]) => (many > 1 ? `${code} (${many} times)` : code))
    .join(', ')
}
