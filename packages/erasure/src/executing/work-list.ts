import { createHash } from 'node:crypto'
import { CustodyError } from '@custody/pipeline'
import { z } from 'zod'
import type { ErasureRequest, Measure } from '../erasure-request.ts'
import type { ErasureStore } from '../erasure-store.ts'
import type { Target, TargetKind } from '../target.ts'

/** One record to be deleted, with all targets that are about it: two requests may name the same person. */
export interface Work {
  readonly kind: TargetKind
  readonly id: string
  /** The one that the call is written to comes first. */
  readonly targets: readonly [Target, ...Target[]]
  /** Targets of requests that are not run now, for which the same record was called. */
  readonly elsewhere: readonly Target[]
  /** The plan said that the org is one that cannot delete. */
  readonly isGovernmentCloud: boolean
}

export interface WorkList {
  readonly requests: readonly ErasureRequest[]
  readonly work: readonly Work[]
  /** Every record that any request is about, whether it may be deleted or not: none of them is a control record. */
  readonly avoid: { readonly endUsers: ReadonlySet<string>; readonly conversations: ReadonlySet<string> }
}

export interface WorkListOptions {
  readonly store: ErasureStore
  /** @defaultValue all that are approved */
  readonly requests?: readonly string[] | undefined
  readonly approvalsNeeded: number
}

const called: readonly Target['state'][] = ['calling', 'answer-lost', 'accepted', 'confirmed']

const runnable: readonly ErasureRequest['state'][] = ['approved', 'running', 'confirming']

/**
 * What may be deleted now: targets of plans that stand as they were approved, those due first.
 *
 * @throws CustodyError `ERASURE_REQUEST_UNKNOWN` (not-found), `ERASURE_NOT_APPROVED`, `ERASURE_NOT_PLANNED` (refused)
 */
export async function workList({ store, requests: wanted, approvalsNeeded }: WorkListOptions): Promise<WorkList> {
  const requests = await requestsToRun(store, wanted, 'erase')
  const all = await store.targets()
  const open = all.filter(({ id }) => !id.startsWith('hmac:'))
  const byRecord = new Map<string, Target[]>()
  const government = new Set<string>()
  for (const request of [...requests].sort((one, other) => one.dueOn.localeCompare(other.dueOn))) {
    const planned = await approvedPlan(store, request.reference, approvalsNeeded)
    for (const target of open.filter((each) => each.request === request.reference)) {
      const entry = planned.get(keyOf(target))
      if (entry === undefined) throw notPlanned(request.reference)
      if (entry.blockers.some(({ code }) => code === 'government-cloud')) government.add(target.pseudonym)
      byRecord.set(target.pseudonym, [...(byRecord.get(target.pseudonym) ?? []), target])
    }
  }
  const ids = (kind: TargetKind): ReadonlySet<string> =>
    new Set(open.filter((target) => target.kind === kind).map(({ id }) => id))
  return {
    requests,
    work: [...byRecord].flatMap(([pseudonym, targets]) => {
      const [first, ...others] = targets
      if (first === undefined) return []
      const { kind, id } = first
      const elsewhere = open.filter(
        (target) => target.pseudonym === pseudonym && !targets.includes(target) && called.includes(target.state),
      )
      return [
        { kind, id, targets: [first, ...others] as const, elsewhere, isGovernmentCloud: government.has(pseudonym) },
      ]
    }),
    avoid: { endUsers: ids('end-user'), conversations: ids('conversation') },
  }
}

/**
 * Requests of which something may be sent: those that are named, or all. A plan for the one measure is never carried out by the other.
 *
 * @throws CustodyError `ERASURE_REQUEST_UNKNOWN` (not-found), `ERASURE_NOT_APPROVED` (refused)
 */
export async function requestsToRun(
  store: ErasureStore,
  wanted: readonly string[] | undefined,
  measure: Measure,
): Promise<readonly ErasureRequest[]> {
  if (wanted === undefined) {
    return (await store.requests()).filter((each) => runnable.includes(each.state) && each.measure === measure)
  }
  const found: ErasureRequest[] = []
  for (const reference of new Set(wanted)) {
    const request = await store.request(reference)
    if (request === null) {
      throw new CustodyError('ERASURE_REQUEST_UNKNOWN', `There is no request ${reference}.`, {
        kind: 'not-found',
        actions: ['Run `custody erase status` to see the requests.'],
      })
    }
    if (!runnable.includes(request.state)) throw notApproved(reference, `it is ${request.state}`)
    if (request.measure !== measure) throw otherMeasure(request)
    found.push(request)
  }
  return found
}

const planSchema = z.object({
  targets: z.array(z.object({ kind: z.string(), id: z.string(), blockers: z.array(z.object({ code: z.string() })) })),
})

type Planned = z.infer<typeof planSchema>['targets'][number]

async function approvedPlan(
  store: ErasureStore,
  reference: string,
  approvalsNeeded: number,
): Promise<ReadonlyMap<string, Planned>> {
  const bytes = await approvedPlanBytes(store, reference, approvalsNeeded)
  const { targets } = planSchema.parse(JSON.parse(new TextDecoder().decode(bytes)))
  return new Map(targets.map((target) => [keyOf(target), target]))
}

/**
 * The plan that stands, after it was seen that these very bytes were approved.
 *
 * @throws CustodyError `ERASURE_NOT_APPROVED` (refused)
 */
export async function approvedPlanBytes(
  store: ErasureStore,
  reference: string,
  approvalsNeeded: number,
): Promise<Uint8Array> {
  const plan = await store.plan(reference)
  if (plan === null || plan.bytes === null) throw notApproved(reference, 'it has no plan')
  if (createHash('sha256').update(plan.bytes).digest('hex') !== plan.digest) {
    throw notApproved(reference, 'the bytes of its plan are not those of its digest')
  }
  const approvals = await store.approvals(reference)
  const operators = approvals.filter(({ planDigest }) => planDigest === plan.digest).map(({ operator }) => operator)
  if (new Set(operators).size < approvalsNeeded) {
    throw notApproved(reference, `its plan has ${new Set(operators).size} of ${approvalsNeeded} approvals`)
  }
  return plan.bytes
}

function keyOf({ kind, id }: { readonly kind: string; readonly id: string }): string {
  return `${kind} ${id}`
}

function otherMeasure({ reference, measure }: ErasureRequest): CustodyError {
  const run = measure === 'mask' ? 'erase mask run' : 'erase run'
  return new CustodyError('ERASURE_NOT_APPROVED', `Request ${reference} has a plan to ${measure}, and no other.`, {
    kind: 'refused',
    actions: [`Carry that one out: custody ${run} ${reference}. Or make another plan, and have it approved.`],
  })
}

function notApproved(reference: string, why: string): CustodyError {
  return new CustodyError('ERASURE_NOT_APPROVED', `Nothing of request ${reference} may be changed: ${why}.`, {
    kind: 'refused',
    actions: [`Run \`custody erase plan ${reference}\` and have it approved: \`custody erase approve\`.`],
  })
}

function notPlanned(reference: string): CustodyError {
  return new CustodyError(
    'ERASURE_NOT_PLANNED',
    `Request ${reference} has a target that its approved plan does not have.`,
    {
      kind: 'refused',
      actions: [`Run \`custody erase plan ${reference}\` again and have it approved.`],
    },
  )
}
