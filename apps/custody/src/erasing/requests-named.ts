import type { ErasureRequest, ErasureStore } from '@custody/erasure'
import { CustodyError } from '@custody/pipeline'

/** @throws CustodyError `ERASURE_REQUEST_UNKNOWN` (not-found) */
export async function requestNamed(store: Pick<ErasureStore, 'request'>, reference: string): Promise<ErasureRequest> {
  const request = await store.request(reference)
  if (request !== null) return request
  throw new CustodyError('ERASURE_REQUEST_UNKNOWN', 'There is no request of that reference here.', {
    kind: 'not-found',
    actions: ['Run `custody erase status --closed` to see all of them.'],
  })
}

/** @throws CustodyError `ERASURE_REQUEST_STATE` (refused) */
export function assertState(
  { reference, state }: ErasureRequest,
  allowed: readonly ErasureRequest['state'][],
  otherwise: string,
): void {
  if (allowed.includes(state)) return
  throw new CustodyError('ERASURE_REQUEST_STATE', `Request ${reference} is ${state}: ${otherwise}.`, {
    kind: 'refused',
    actions: ['See where it stands: custody erase status.'],
  })
}
