import { CustodyError, usageError } from '@custody/pipeline'
import { assertHold } from '../assert-hold.ts'
import { dayOf, isDay } from '../day.ts'
import type { Hold, HoldScope, NewHold } from '../hold.ts'
import { assertOperator } from '../names.ts'
import { addEvent, type ErasureDatabase, emptyLog, instant, instantOrNull } from './erasure-database.ts'
import { pseudonymOf, recordKey } from './sealed-box.ts'

type HoldRow = {
  readonly id: string
  readonly matter: string
  readonly ground: NewHold['ground']
  readonly sealed: Uint8Array
  readonly author: string
  readonly expires_on: string | null
  readonly placed_at: number
  readonly asked_by: string | null
  readonly asked_at: number | null
  readonly asked_for: string | null
  readonly released_at: number | null
  readonly released_by: string | null
  readonly confirmed_by: string | null
}

export function addHold(store: ErasureDatabase, hold: NewHold): Hold {
  assertHold(hold)
  assertOperator(hold.author)
  const { database, box, clock } = store
  const { id, matter, ground, scope, author, expiresOn } = hold
  if (expiresOn !== null && expiresOn <= dayOf(clock.now())) {
    throw usageError('ERASURE_HOLD', `The hold ${id} would be over on the day it is placed.`, 'Give a later day.')
  }
  return database.write(() => {
    const added = database
      .prepare(`insert into hold (id, matter, ground, sealed, author, expires_on, placed_at) values (?, ?, ?, ?, ?, ?, ?)
        on conflict (id) do nothing`)
      .run(id, matter, ground, box.seal(['hold', id], JSON.stringify(scope)), author, expiresOn, clock.now())
    if (added === 0) {
      throw new CustodyError('ERASURE_HOLD_EXISTS', `There is a hold ${id} already, or there was one.`, {
        kind: 'refused',
        actions: ['Give the new hold an id of its own.'],
      })
    }
    addEvent(
      store,
      { request: null },
      { act: 'hold-placed', operator: author, detail: { hold: id, matter, ground, scope: scope.type, expiresOn } },
    )
    return toHold(store, holdRow(store, id))
  })
}

export function releaseHold(
  store: ErasureDatabase,
  id: string,
  { operator, on = null }: { readonly operator: string; readonly on?: string | null },
  twoPersonRule: boolean,
): Hold {
  assertOperator(operator)
  if (on !== null && !isDay(on)) throw usageError('ERASURE_HOLD', 'A hold ends on a day that is written 2026-11-21.')
  const { database } = store
  const released = database.write(() => {
    const row = holdRow(store, id)
    if (row.released_at !== null) throw isReleased(id)
    if (on !== null && row.expires_on !== null && on >= row.expires_on) {
      throw usageError('ERASURE_HOLD', `The hold ${id} ends before that day.`, 'To hold for longer, add another hold.')
    }
    if (!twoPersonRule) return end(store, row, on, { by: operator, confirmedBy: null })
    const isConfirmed = row.asked_by !== null && row.asked_by !== operator && row.asked_for === on
    if (isConfirmed) return end(store, row, on, { by: row.asked_by, confirmedBy: operator })
    return ask(store, row, on, operator)
  })
  if (released.releasedAt !== null) emptyLog(database)
  return released
}

/** The first of two. Asking again, or for something else, begins anew. */
function ask(store: ErasureDatabase, { id, asked_by, asked_for }: HoldRow, on: string | null, operator: string): Hold {
  if (asked_by !== operator || asked_for !== on) {
    store.database
      .prepare('update hold set asked_by = ?, asked_at = ?, asked_for = ? where id = ?')
      .run(operator, store.clock.now(), on, id)
    addEvent(store, { request: null }, { act: 'hold-release-asked', operator, detail: { hold: id, on } })
  }
  return toHold(store, holdRow(store, id))
}

function end(
  store: ErasureDatabase,
  row: HoldRow,
  on: string | null,
  { by, confirmedBy }: { readonly by: string | null; readonly confirmedBy: string | null },
): Hold {
  const { database, box, clock } = store
  const { id } = row
  if (on === null) {
    const scope = box.seal(['hold', id], JSON.stringify(withoutNames(store, toHold(store, row).scope)))
    database
      .prepare('update hold set released_at = ?, released_by = ?, confirmed_by = ?, sealed = ? where id = ?')
      .run(clock.now(), by, confirmedBy, scope, id)
  } else {
    database
      .prepare('update hold set expires_on = ?, asked_by = null, asked_at = null, asked_for = null where id = ?')
      .run(on, id)
  }
  const act = on === null ? 'hold-released' : 'hold-shortened'
  addEvent(store, { request: null }, { act, operator: by, detail: { hold: id, confirmedBy, on } })
  return toHold(store, holdRow(store, id))
}

/** What is held no more need not be named any more: it may be erased now. */
function withoutNames({ box }: ErasureDatabase, scope: HoldScope): HoldScope {
  if (!('ids' in scope)) return scope
  return { type: scope.type, ids: scope.ids.map((id) => pseudonymOf(recordKey(box, scope.type, id))) }
}

export function holds(store: ErasureDatabase, active: boolean | undefined): readonly Hold[] {
  const today = dayOf(store.clock.now())
  return store.database
    .prepare('select * from hold order by n')
    .all<HoldRow>()
    .filter((row) => {
      const isActive = row.released_at === null && (row.expires_on === null || today < row.expires_on)
      return active === undefined || active === isActive
    })
    .map((row) => toHold(store, row))
}

function holdRow({ database }: ErasureDatabase, id: string): HoldRow {
  const row = database.prepare('select * from hold where id = ?').get<HoldRow>(id)
  if (row !== undefined) return row
  throw new CustodyError('ERASURE_HOLD_UNKNOWN', 'There is no hold of that id here.', {
    kind: 'not-found',
    actions: ['Run `custody hold list` to see the holds.'],
  })
}

function isReleased(id: string): CustodyError {
  return new CustodyError('ERASURE_HOLD_RELEASED', `The hold ${id} was released already.`, {
    kind: 'refused',
    actions: ['Run `custody hold list --all` to see by whom.'],
  })
}

function toHold({ box }: ErasureDatabase, row: HoldRow): Hold {
  return {
    id: row.id,
    matter: row.matter,
    ground: row.ground,
    scope: JSON.parse(box.open(['hold', row.id], row.sealed).toString()) as HoldScope,
    author: row.author,
    expiresOn: row.expires_on,
    placedAt: instant(row.placed_at),
    releaseAskedBy: row.asked_by,
    releaseAskedAt: instantOrNull(row.asked_at),
    releaseAskedFor: row.asked_for,
    releasedAt: instantOrNull(row.released_at),
    releasedBy: row.released_by,
    releaseConfirmedBy: row.confirmed_by,
  }
}
