import type { ErasureStore } from '../erasure-store.ts'
import type { Target } from '../target.ts'

const acts = new Set(['call-answered', 'call-shared', 'lost-resolved'])

/** When the deletion of each target was accepted, by request and pseudonym: what a lag counts from. */
export async function acceptedAt(
  store: ErasureStore,
  targets: readonly Pick<Target, 'request'>[],
): Promise<ReadonlyMap<string, string>> {
  const times = new Map<string, string>()
  for (const request of new Set(targets.map((target) => target.request))) {
    for await (const { act, at, target } of store.events({ request })) {
      if (target !== null && acts.has(act)) times.set(`${request} ${target}`, at)
    }
  }
  return times
}
