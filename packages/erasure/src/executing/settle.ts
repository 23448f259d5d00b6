import type { ErasureStore } from '../erasure-store.ts'

/** Ends the run of a request of which nothing is left to be sent: what remains is for confirming. */
export async function settle(store: ErasureStore, reference: string): Promise<void> {
  const request = await store.request(reference)
  if (request?.state !== 'running') return
  const targets = await store.targets({ request: reference })
  if (targets.some(({ state }) => state === 'planned' || state === 'calling' || state === 'answer-lost')) return
  await store.setState(reference, 'confirming', {
    act: 'run-ended',
    operator: null,
    detail: { targets: targets.length },
  })
  // Nobody was found, or meant: there is nothing to read back.
  if (targets.length === 0) await store.close(reference)
}
