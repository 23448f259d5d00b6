import { CustodyError } from '@custody/pipeline'
import type { ErasureStore } from '../erasure-store.ts'
import type { Target } from '../target.ts'
import { planFacts, planKept, planKeptAct } from './plan-facts.ts'
import { readEvents } from './read-events.ts'

/** Whether everything that can become of a request has: calls were made, and no record is pending. */
export function hasItsEnd(state: string, targets: readonly Pick<Target, 'outcome'>[]): boolean {
  return state === 'confirming' && targets.every(({ outcome }) => outcome !== 'pending')
}

/**
 * Closes a request that has its end: keeps the figures of its plan, puts the erased persons on the list that keeps later archives from
 * bringing them back, and removes what names the person. Done again after a crash it ends the same.
 *
 * @throws CustodyError `ERASURE_NOT_ENDED` (refused), `ERASURE_REQUEST_UNKNOWN`
 */
export async function closeErasure(
  store: ErasureStore,
  reference: string,
  operator: string | null = null,
): Promise<void> {
  const plan = await store.plan(reference)
  const request = await store.request(reference)
  if (request?.state === 'closed') return
  const targets = await store.targets({ request: reference })
  if (request === null || !hasItsEnd(request.state, targets)) throw notEnded(reference)
  const facts = plan?.bytes ? planFacts(plan.bytes) : null
  const known = await readEvents(store, reference)
  if (facts !== null && !known.some(({ act }) => act === planKeptAct)) {
    await store.note({ ...planKept(facts), request: reference })
  }
  await suppressErased(store, reference)
  await store.note({ request: reference, act: 'closing-decided', operator, detail: {} })
  await store.close(reference)
}

/** Puts the persons of a request that are erased on the list of those that must not come back. How many. */
export async function suppressErased(store: ErasureStore, reference: string): Promise<number> {
  const targets = await store.targets({ request: reference })
  const ids = targets
    .filter(({ kind, outcome, id, pseudonym }) => kind === 'end-user' && outcome === 'erased' && id !== pseudonym)
    .map(({ id }) => id)
  if (ids.length > 0) await store.suppress(ids)
  return ids.length
}

function notEnded(reference: string): CustodyError {
  return new CustodyError(
    'ERASURE_NOT_ENDED',
    `Request ${reference} cannot be closed: not all of it has its outcome.`,
    {
      kind: 'refused',
      actions: ['Run `custody erase run` and `custody erase confirm` first, or report it without --close.'],
    },
  )
}
