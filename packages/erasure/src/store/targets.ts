import { toJoinKey } from '@custody/model'
import { CustodyError } from '@custody/pipeline'
import type { ErasureStore, NewErasureEvent } from '../erasure-store.ts'
import type { Outcome, Target, TargetKind, TargetState } from '../target.ts'
import { addEvent, type ErasureDatabase, instant, openRequestRow, requestRow } from './erasure-database.ts'
import { pseudonymOf, recordKey } from './sealed-box.ts'

type TargetRow = {
  readonly n: number
  readonly reference: string
  readonly request: number
  readonly kind: TargetKind
  readonly key: Uint8Array
  readonly sealed_id: Uint8Array | null
  readonly state: TargetState
  readonly outcome: Outcome
  readonly ground: string | null
  readonly calls: number
  readonly user: string | null
  readonly log_id: string | null
  readonly updated_at: number
}

const select = 'select target.*, request.reference from target join request on request.n = target.request'

export function setTargets(
  store: ErasureDatabase,
  reference: string,
  wanted: readonly Pick<Target, 'kind' | 'id'>[],
): void {
  const { database, box, clock } = store
  database.write(() => {
    const { n } = openRequestRow(store, reference)
    const keys = new Set(wanted.map((target) => pseudonymOf(recordKey(box, target.kind, target.id))))
    const remove = database.prepare('delete from target where n = ?')
    for (const row of database.prepare('select n, key, calls, state from target where request = ?').all<TargetRow>(n)) {
      const isSent = row.calls > 0 || (row.state !== 'planned' && row.state !== 'withheld')
      if (!isSent && !keys.has(pseudonymOf(row.key))) remove.run(row.n)
    }
    const add = database.prepare(`insert into target (request, kind, key, sealed_id, state, outcome, calls, updated_at)
      values (?, ?, ?, ?, 'planned', 'pending', 0, ?) on conflict do nothing`)
    for (const { kind, id } of wanted) {
      const key = recordKey(box, kind, id)
      const sealed = box.seal(['target', reference, pseudonymOf(key)], toJoinKey(id))
      add.run(n, kind, key, sealed, clock.now())
    }
  })
}

export function targets(store: ErasureDatabase, request: string | undefined): readonly Target[] {
  return store.database
    .prepare(`${select} where ?1 is null or request.reference = ?1 order by target.n`)
    .all<TargetRow>(request ?? null)
    .map((row) => toTarget(store, row))
}

export function moveTarget(
  store: ErasureDatabase,
  target: Pick<Target, 'request' | 'kind' | 'id'>,
  { called = false, ...change }: Parameters<ErasureStore['moveTarget']>[1],
  event: NewErasureEvent,
): Target {
  const { database, clock } = store
  return database.write(() => {
    const row = { ...targetRow(store, target) }
    const moved = { ...toTarget(store, row), ...change, calls: row.calls + (called ? 1 : 0) }
    if ((moved.outcome === 'erased' || moved.outcome === 'masked') && moved.state !== 'confirmed') {
      throw new CustodyError(
        'ERASURE_TARGET_STATE',
        `A target that is ${moved.state} cannot have the outcome ${moved.outcome}.`,
        {
          kind: 'refused',
          actions: ['Run `custody erase confirm`: only reading back proves that something is gone.'],
        },
      )
    }
    database
      .prepare(
        'update target set state = ?, outcome = ?, ground = ?, calls = ?, user = ?, log_id = ?, updated_at = ? where n = ?',
      )
      .run(moved.state, moved.outcome, moved.ground, moved.calls, moved.user, moved.logId, clock.now(), row.n)
    addEvent(store, { request: row.request, target: row.key }, event)
    return toTarget(store, targetRow(store, target))
  })
}

export function keepTraces(
  store: ErasureDatabase,
  target: Pick<Target, 'request' | 'kind' | 'id'>,
  traces: Uint8Array,
): void {
  const { database, box } = store
  database.write(() => {
    openRequestRow(store, target.request)
    const { n, reference, key } = targetRow(store, target)
    database
      .prepare('insert into trace (target, sealed) values (?1, ?2) on conflict do update set sealed = ?2')
      .run(n, box.seal(['trace', reference, pseudonymOf(key)], traces))
  })
}

export function tracesOf(store: ErasureDatabase, target: Pick<Target, 'request' | 'kind' | 'id'>): Uint8Array | null {
  const { n, reference, key } = targetRow(store, target)
  const row = store.database
    .prepare('select sealed from trace where target = ?')
    .get<{ readonly sealed: Uint8Array }>(n)
  return row === undefined ? null : store.box.open(['trace', reference, pseudonymOf(key)], row.sealed)
}

function targetRow(store: ErasureDatabase, target: Pick<Target, 'request' | 'kind' | 'id'>): TargetRow {
  const { n } = requestRow(store, target.request)
  const isPseudonym = target.id.startsWith('hmac:')
  const key = isPseudonym
    ? Buffer.from(target.id.slice('hmac:'.length), 'hex')
    : recordKey(store.box, target.kind, target.id)
  const row = store.database
    .prepare(`${select} where target.request = ? and kind = ? and key = ?`)
    .get<TargetRow>(n, target.kind, key)
  if (row !== undefined) return row
  throw new CustodyError('ERASURE_TARGET_UNKNOWN', `Request ${target.request} has no such target.`, {
    kind: 'not-found',
    actions: ['Run `custody erase plan` again.'],
  })
}

function toTarget({ box }: ErasureDatabase, row: TargetRow): Target {
  const pseudonym = pseudonymOf(row.key)
  return {
    request: row.reference,
    kind: row.kind,
    id: row.sealed_id === null ? pseudonym : box.open(['target', row.reference, pseudonym], row.sealed_id).toString(),
    pseudonym,
    state: row.state,
    outcome: row.outcome,
    ground: row.ground,
    calls: row.calls,
    user: row.user,
    logId: row.log_id,
    updatedAt: instant(row.updated_at),
  }
}
