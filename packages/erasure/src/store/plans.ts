import { createHash } from 'node:crypto'
import { CustodyError, usageError } from '@custody/pipeline'
import type { Measure } from '../erasure-request.ts'
import type { Approval } from '../erasure-store.ts'
import { assertOperator } from '../names.ts'
import { addEvent, type ErasureDatabase, instant, openRequestRow, requestRow } from './erasure-database.ts'

type PlanRow = { readonly digest: string; readonly sealed: Uint8Array | null }

export function savePlan(
  store: ErasureDatabase,
  reference: string,
  digest: string,
  bytes: Uint8Array,
  measure: Measure,
): void {
  if (createHash('sha256').update(bytes).digest('hex') !== digest) {
    throw usageError('ERASURE_PLAN', 'The digest of a plan is the SHA-256 of its bytes, in hex.')
  }
  const { database, box, clock } = store
  database.write(() => {
    const { n } = openRequestRow(store, reference)
    database
      .prepare(`insert into plan (request, digest, sealed, saved_at) values (?1, ?2, ?3, ?4)
        on conflict do update set digest = ?2, sealed = ?3, saved_at = ?4`)
      .run(n, digest, box.seal(['plan', reference, digest], bytes), clock.now())
    database.prepare('update request set measure = ? where n = ?').run(measure, n)
    addEvent(store, { request: n }, { act: 'plan-made', operator: null, detail: { planDigest: digest, measure } })
  })
}

export function plan(
  store: ErasureDatabase,
  reference: string,
): { readonly digest: string; readonly bytes: Uint8Array | null } | null {
  const row = planRow(store, requestRow(store, reference).n)
  if (row === undefined) return null
  const { digest, sealed } = row
  return { digest, bytes: sealed === null ? null : store.box.open(['plan', reference, digest], sealed) }
}

export function approve(
  store: ErasureDatabase,
  reference: string,
  { planDigest, operator }: Omit<Approval, 'at'>,
): readonly Approval[] {
  assertOperator(operator)
  const { database, clock } = store
  return database.write(() => {
    const { n } = openRequestRow(store, reference)
    if (planRow(store, n)?.digest !== planDigest) {
      throw new CustodyError(
        'ERASURE_PLAN_CHANGED',
        `Another plan stands for request ${reference} than the one approved.`,
        {
          kind: 'refused',
          actions: ['Look at the plan that stands, with `custody erase plan`, and approve that one by its digest.'],
        },
      )
    }
    const added = database
      .prepare('insert into approval (request, plan_digest, operator, at) values (?, ?, ?, ?) on conflict do nothing')
      .run(n, planDigest, operator, clock.now())
    if (added === 1) addEvent(store, { request: n }, { act: 'plan-approved', operator, detail: { planDigest } })
    return approvalRows(store, n)
  })
}

export function approvals(store: ErasureDatabase, reference: string): readonly Approval[] {
  return approvalRows(store, requestRow(store, reference).n)
}

function approvalRows({ database }: ErasureDatabase, n: number): readonly Approval[] {
  return database
    .prepare(`select approval.* from approval join plan on plan.request = approval.request and plan.digest = plan_digest
      where approval.request = ? order by at, operator`)
    .all<{ readonly plan_digest: string; readonly operator: string; readonly at: number }>(n)
    .map(({ plan_digest, operator, at }) => ({ planDigest: plan_digest, operator, at: instant(at) }))
}

function planRow({ database }: ErasureDatabase, n: number): PlanRow | undefined {
  return database.prepare('select digest, sealed from plan where request = ?').get<PlanRow>(n)
}
