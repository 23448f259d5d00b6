import type { Database } from '@custody/ledger'
import { type Clock, CustodyError } from '@custody/pipeline'
import type { NewErasureEvent } from '../erasure-store.ts'
import { eventDetail } from './event-detail.ts'
import type { SealedBox } from './sealed-box.ts'

/** What every part of the store works with. */
export interface ErasureDatabase {
  readonly database: Database
  readonly box: SealedBox
  readonly clock: Pick<Clock, 'now'>
}

/** Columns of a request that decide what may happen to it. */
export type RequestRow = { readonly n: number; readonly state: string }

export function instant(ms: number): string {
  return new Date(ms).toISOString()
}

export function instantOrNull(ms: number | null): string | null {
  return ms === null ? null : instant(ms)
}

/** @throws CustodyError `ERASURE_REQUEST_UNKNOWN` */
export function requestRow({ database }: ErasureDatabase, reference: string): RequestRow {
  const row = database.prepare('select n, state from request where reference = ?').get<RequestRow>(reference)
  if (row !== undefined) return row
  throw new CustodyError('ERASURE_REQUEST_UNKNOWN', 'There is no request of that reference here.', {
    kind: 'not-found',
    actions: ['Run `custody erase status` to see the requests.'],
  })
}

/** @throws CustodyError `ERASURE_REQUEST_UNKNOWN`, `ERASURE_REQUEST_STATE` */
export function openRequestRow(store: ErasureDatabase, reference: string): RequestRow {
  const row = requestRow(store, reference)
  if (row.state !== 'closed' && row.state !== 'withdrawn') return row
  throw wrongState(`Request ${reference} is ${row.state}, for good.`)
}

export function wrongState(message: string): CustodyError<'ERASURE_REQUEST_STATE'> {
  return new CustodyError('ERASURE_REQUEST_STATE', message, {
    kind: 'refused',
    actions: ['Run `custody erase status` to see where it stands.'],
  })
}

/** Within the transaction of what it tells. */
export function addEvent(
  { database, clock }: ErasureDatabase,
  about: { readonly request: number | null; readonly target?: Uint8Array },
  event: NewErasureEvent,
): void {
  database
    .prepare('insert into event (at, request, target, act, operator, detail) values (?, ?, ?, ?, ?, ?)')
    .run(clock.now(), about.request, about.target ?? null, event.act, event.operator, eventDetail(event))
}

/** Moves what is in the write-ahead log into the database, where what was removed is overwritten, and empties the log. */
export function emptyLog(database: Database): void {
  database.prepare('pragma wal_checkpoint(truncate)').all()
}
