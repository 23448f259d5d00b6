import type { ErasureEvent, NewErasureEvent } from '../erasure-store.ts'
import { addEvent, type ErasureDatabase, instant, requestRow } from './erasure-database.ts'
import { pseudonymOf } from './sealed-box.ts'

type EventRow = {
  readonly n: number
  readonly at: number
  readonly reference: string | null
  readonly target: Uint8Array | null
  readonly act: string
  readonly operator: string | null
  readonly detail: string
}

const pageSize = 500

export function note(store: ErasureDatabase, event: NewErasureEvent & { readonly request: string | null }): void {
  const { request, ...told } = event
  store.database.write(() => {
    addEvent(store, { request: request === null ? null : requestRow(store, request).n }, told)
  })
}

/** Events of holds name theirs; what one stopped has it, or that there was one, in its detail. */
const aboutHolds = `event.act like 'hold-%' or json_extract(event.detail, '$.hold') is not null
  or json_extract(event.detail, '$.ground') in ('hold', 'legal-hold', 'contact-hold', 'privacy-hold')`

/** Page by page: a statement that stays open would keep the write-ahead log from being emptied. */
export async function* events(
  { database }: ErasureDatabase,
  { request, holds = false }: { readonly request?: string | undefined; readonly holds?: boolean | undefined },
): AsyncGenerator<ErasureEvent> {
  let last = 0
  for (;;) {
    const page = database
      .prepare(`select event.*, request.reference from event left join request on request.n = event.request
        where event.n > ?1 and (?2 is null or request.reference = ?2) ${holds ? `and (${aboutHolds})` : ''} order by event.n limit ${pageSize}`)
      .all<EventRow>(last, request ?? null)
    for (const row of page) {
      last = row.n
      yield {
        n: row.n,
        at: instant(row.at),
        request: row.reference,
        target: row.target === null ? null : pseudonymOf(row.target),
        act: row.act,
        operator: row.operator,
        detail: JSON.parse(row.detail) as ErasureEvent['detail'],
      }
    }
    if (page.length < pageSize) return
  }
}
