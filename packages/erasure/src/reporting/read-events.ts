import type { ErasureEvent, ErasureStore } from '../erasure-store.ts'

/** All events of one request, in order. */
export async function readEvents(store: ErasureStore, reference: string): Promise<readonly ErasureEvent[]> {
  const events: ErasureEvent[] = []
  for await (const event of store.events({ request: reference })) events.push(event)
  return events
}
