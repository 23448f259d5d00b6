import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type Database, openDatabase } from '@custody/ledger'
import { type Clock, CustodyError, systemClock, usageError } from '@custody/pipeline'
import type { ErasureStore } from '../erasure-store.ts'
import { type ErasureDatabase, emptyLog } from './erasure-database.ts'
import { ERASURE_APPLICATION_ID, erasureMigrations } from './erasure-schema.ts'
import { events, note } from './events.ts'
import { addHold, holds, releaseHold } from './holds.ts'
import { approvals, approve, plan, savePlan } from './plans.ts'
import {
  addRequest,
  addRequests,
  closeRequest,
  extendRequest,
  oneRequest,
  requests,
  requestsSharing,
  setState,
} from './requests.ts'
import { createSealedBox, pseudonymOf, recordKey, type SealedBox } from './sealed-box.ts'
import { isSuppressed, suppress } from './suppression.ts'
import { keepTraces, moveTarget, setTargets, targets, tracesOf } from './targets.ts'

/** Where requests lie, and under which key they are sealed. */
export interface OpenErasureStoreOptions {
  /** The state directory of the org, on a disk of this machine; made where it is not there. */
  readonly directory: string
  /** Under which identifiers are sealed and hashed: 32 bytes or more, secret, the same for good. */
  readonly key: Uint8Array
  /** Whether a hold is released by two persons alone. @defaultValue `false` */
  readonly twoPersonRule?: boolean
  /** To look only: changes nothing. @defaultValue `false` */
  readonly readOnly?: boolean
  readonly clock?: Pick<Clock, 'now'>
}

/** The file within a state directory. */
export function erasureFile(directory: string): string {
  return join(directory, 'erasure.sqlite')
}

/**
 * Opens what is remembered of the erasures of an org. Any number of processes may write at the same time, so that a hold is placed while
 * deletions run, and seen by them.
 *
 * @throws CustodyError `ERASURE_KEY` (usage), `ERASURE_KEY_CHANGED` (refused), `ERASURE_NOT_FOUND` (only when looking), `LEDGER_…` for what
 * the database itself refuses
 */
export async function openErasureStore(options: OpenErasureStoreOptions): Promise<ErasureStore> {
  const { directory, key, twoPersonRule = false, readOnly = false, clock = systemClock } = options
  if (typeof directory !== 'string' || directory === '') {
    throw usageError('ERASURE_OPTIONS', 'openErasureStore: directory must name the state directory.')
  }
  const box = createSealedBox(key)
  const path = erasureFile(directory)
  if (readOnly && !existsSync(path)) throw notFound(path)
  const database = openErasureDatabase(path, readOnly)
  try {
    assertSameKey(database, box, readOnly)
    // A process that died after it closed a request left the log behind.
    if (!readOnly) emptyLog(database)
  } catch (error) {
    database.close()
    throw error
  }
  return storeOn({ database, box, clock }, { twoPersonRule, readOnly })
}

export function openErasureDatabase(path: string, readOnly: boolean): Database {
  const database = openDatabase({
    path,
    applicationId: ERASURE_APPLICATION_ID,
    migrations: erasureMigrations,
    readOnly,
  })
  // What is deleted is overwritten with zeros, and no intermediate result goes into a file of its own.
  database.exec('pragma secure_delete = on; pragma temp_store = memory')
  return database
}

function storeOn(
  store: ErasureDatabase,
  { twoPersonRule, readOnly }: { readonly twoPersonRule: boolean; readonly readOnly: boolean },
): ErasureStore {
  return {
    addRequest: async (request) => addRequest(store, request),
    addRequests: async (list) => addRequests(store, list),
    requestsSharing: async (reference) => requestsSharing(store, reference),
    request: async (reference) => oneRequest(store, reference),
    requests: async ({ state } = {}) => requests(store, state),
    setState: async (reference, state, by) => setState(store, reference, state, by),
    extend: async (reference, extension) => extendRequest(store, reference, extension),

    setTargets: async (reference, wanted) => setTargets(store, reference, wanted),
    targets: async ({ request } = {}) => targets(store, request),
    pseudonymFor: (target) => pseudonymOf(recordKey(store.box, target.kind, target.id)),
    commitmentTo: (text) => pseudonymOf(store.box.hash('commitment', text)),
    moveTarget: async (target, change, event) => moveTarget(store, target, change, event),

    keepTraces: async (target, kept) => keepTraces(store, target, kept),
    traces: async (target) => tracesOf(store, target),

    savePlan: async (reference, planDigest, bytes, measure = 'erase') =>
      savePlan(store, reference, planDigest, bytes, measure),
    plan: async (reference) => plan(store, reference),
    approve: async (reference, approval) => approve(store, reference, approval),
    approvals: async (reference) => approvals(store, reference),

    addHold: async (hold) => addHold(store, hold),
    releaseHold: async (id, by) => releaseHold(store, id, by, twoPersonRule),
    holds: async ({ active } = {}) => holds(store, active),

    note: async (event) => note(store, event),
    events: (filter = {}) => events(store, filter),

    close: async (reference) => closeRequest(store, reference),

    suppress: async (endUserIds) => suppress(store, endUserIds),
    isSuppressed: async (endUserId) => isSuppressed(store, endUserId),

    async [Symbol.asyncDispose]() {
      if (!readOnly) emptyLog(store.database)
      store.database.close()
    },
  }
}

/** Notes at the first opening which key it is: under another one nobody would be known again, and nothing would open. */
function assertSameKey(database: Database, box: SealedBox, readOnly: boolean): void {
  const check = box.hash('key check')
  if (!readOnly) {
    database.prepare('insert into erasure (one, key_check) values (1, ?) on conflict do nothing').run(check)
  }
  const known = database.prepare('select key_check from erasure').get<{ readonly key_check: Uint8Array }>()
  if (known === undefined || Buffer.compare(known.key_check, check) === 0) return
  throw new CustodyError('ERASURE_KEY_CHANGED', `${database.path} was written with another key.`, {
    kind: 'refused',
    actions: ['Give the archive secret it was made with.'],
  })
}

function notFound(path: string): CustodyError<'ERASURE_NOT_FOUND'> {
  return new CustodyError('ERASURE_NOT_FOUND', `There is no ${path}: no request was ever added here.`, {
    kind: 'not-found',
    actions: ['Check `state.directory`, or add a request: `custody erase add`.'],
  })
}
