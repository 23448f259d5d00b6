import { toJoinKey } from '@custody/model'
import { CustodyError } from '@custody/pipeline'
import { assertRequest } from '../assert-request.ts'
import type {
  ErasureRequest,
  ExtensionReason,
  Manner,
  Measure,
  NewErasureRequest,
  Regime,
  RequestState,
  SubjectIdentifiers,
} from '../erasure-request.ts'
import { requestStates } from '../erasure-request.ts'
import type { AddedRequest, ErasureStore, NewErasureEvent } from '../erasure-store.ts'
import { assertOperator } from '../names.ts'
import {
  addEvent,
  type ErasureDatabase,
  emptyLog,
  instant,
  instantOrNull,
  openRequestRow,
  requestRow,
  wrongState,
} from './erasure-database.ts'

type RequestColumns = {
  readonly reference: string
  readonly regime: Regime
  readonly received_on: string
  readonly due_on: string
  readonly jurisdiction: string | null
  readonly manner: Manner | null
  readonly about: ErasureRequest['about']
  readonly measure: Measure
  readonly first_due_on: string | null
  readonly extension_reason: ExtensionReason | null
  readonly state: RequestState
  readonly sealed: Uint8Array | null
  readonly added_at: number
  readonly closed_at: number | null
}

/** What of a request is sealed. */
interface Asked {
  readonly subject: SubjectIdentifiers
  readonly conversations: readonly string[]
  readonly note: string | null
}

export function addRequest(store: ErasureDatabase, request: NewErasureRequest): boolean {
  const [added] = addRequests(store, [request])
  if (added !== 'differs') return added === 'added'
  throw new CustodyError(
    'ERASURE_REQUEST_DIFFERS',
    `There is a request ${request.reference} already, and it says something else.`,
    { kind: 'refused', actions: ['Give the new request a reference of its own, or withdraw the other one.'] },
  )
}

export function addRequests(store: ErasureDatabase, list: readonly NewErasureRequest[]): readonly AddedRequest[] {
  for (const request of list) assertRequest(request)
  return store.database.write(() => list.map((request) => add(store, request)))
}

function add(store: ErasureDatabase, request: NewErasureRequest): AddedRequest {
  const { database, box, clock } = store
  const { reference, regime, receivedOn, dueOn, jurisdiction, manner = null, subject, conversations, note } = request
  const identifiers = identifiersOf(request)
  const contentKey = box.hash(
    'request',
    ...[regime, receivedOn, dueOn, jurisdiction ?? '', manner ?? '', note ?? ''],
    ...identifiers.map((each) => JSON.stringify(each)).sort(),
  )
  const about: ErasureRequest['about'] = conversations.length > 0 ? 'conversations' : 'person'
  const known = database
    .prepare('select content_key from request where reference = ?')
    .get<{ readonly content_key: Uint8Array }>(reference)
  if (known !== undefined) return Buffer.compare(known.content_key, contentKey) === 0 ? 'known' : 'differs'
  const sealed = box.seal(['request', reference], JSON.stringify({ subject, conversations, note } satisfies Asked))
  database
    .prepare(`insert into request (reference, regime, received_on, due_on, jurisdiction, manner, about, state, content_key,
      sealed, added_at) values (?, ?, ?, ?, ?, ?, ?, 'received', ?, ?, ?)`)
    .run(reference, regime, receivedOn, dueOn, jurisdiction, manner, about, contentKey, sealed, clock.now())
  const { n } = requestRow(store, reference)
  const name = database.prepare('insert into identifier (request, key) values (?, ?) on conflict do nothing')
  for (const identifier of identifiers) name.run(n, box.hash(...identifier))
  addEvent(store, { request: n }, { act: 'request-added', operator: null, detail: { identifiers: identifiers.length } })
  return 'added'
}

/** Each once, by its kind, in the form it is compared by. */
function identifiersOf({
  subject,
  conversations,
}: Pick<NewErasureRequest, 'subject' | 'conversations'>): readonly (readonly [kind: string, value: string])[] {
  const pairs = [
    ...subject.endUserIds.map((id) => ['end-user', toJoinKey(id)] as const),
    ...subject.contactIds.map((id) => ['contact', toJoinKey(id)] as const),
    // Spaces and punctuation of a number say nothing; which country it is of is for the search to say.
    ...subject.phones.map((phone) => ['phone', phone.replace(/[^\d+]/g, '')] as const),
    ...subject.emails.map((email) => ['email', email.trim().toLowerCase()] as const),
    ...subject.platformKeys.map((key) => ['platform-key', key] as const),
    ...conversations.map((id) => ['conversation', id] as const),
  ]
  return [...new Map(pairs.map((pair) => [JSON.stringify(pair), pair])).values()]
}

export function requestsSharing(store: ErasureDatabase, reference: string): readonly string[] {
  const { n } = requestRow(store, reference)
  return store.database
    .prepare(`select distinct other.reference from identifier mine join identifier its on its.key = mine.key
      join request other on other.n = its.request where mine.request = ?1 and other.n <> ?1 order by other.n`)
    .all<{ readonly reference: string }>(n)
    .map((row) => row.reference)
}

export function oneRequest(store: ErasureDatabase, reference: string): ErasureRequest | null {
  const row = store.database.prepare('select * from request where reference = ?').get<RequestColumns>(reference)
  return row === undefined ? null : toRequest(store, row)
}

export function requests(store: ErasureDatabase, state: RequestState | undefined): readonly ErasureRequest[] {
  return store.database
    .prepare('select * from request where ?1 is null or state = ?1 order by n')
    .all<RequestColumns>(state ?? null)
    .map((row) => toRequest(store, row))
}

function toRequest({ box }: ErasureDatabase, row: RequestColumns): ErasureRequest {
  const asked =
    row.sealed === null ? null : (JSON.parse(box.open(['request', row.reference], row.sealed).toString()) as Asked)
  return {
    reference: row.reference,
    subject: asked?.subject ?? null,
    conversations: asked?.conversations ?? [],
    regime: row.regime,
    receivedOn: row.received_on,
    dueOn: row.due_on,
    jurisdiction: row.jurisdiction,
    manner: row.manner,
    about: row.about,
    measure: row.measure,
    extension:
      row.first_due_on === null || row.extension_reason === null
        ? null
        : { firstDueOn: row.first_due_on, reason: row.extension_reason },
    note: asked?.note ?? null,
    state: row.state,
    addedAt: instant(row.added_at),
    closedAt: instantOrNull(row.closed_at),
  }
}

export function setState(store: ErasureDatabase, reference: string, state: RequestState, by: NewErasureEvent): void {
  if (!requestStates.includes(state)) throw wrongState('There is no such state of a request.')
  if (state === 'closed') throw wrongState('A request is closed by close(): that forgets the person too.')
  const { database } = store
  database.write(() => {
    const { n } = openRequestRow(store, reference)
    if (state === 'withdrawn') {
      const sent = database.prepare('select count(*) as sent from target where request = ? and calls > 0').get(n)
      if (sent?.['sent'] !== 0) {
        throw wrongState(`Request ${reference} cannot be withdrawn: deletions were sent to Salesforce already.`)
      }
      forget(store, n, state)
    } else {
      database.prepare('update request set state = ? where n = ?').run(state, n)
    }
    addEvent(store, { request: n }, by)
  })
  if (state === 'withdrawn') emptyLog(database)
}

export function extendRequest(
  store: ErasureDatabase,
  reference: string,
  { dueOn, reason, operator }: Parameters<ErasureStore['extend']>[1],
): void {
  assertOperator(operator)
  const { database } = store
  database.write(() => {
    const { n } = openRequestRow(store, reference)
    const changed = database
      .prepare(`update request set first_due_on = due_on, extension_reason = ?, due_on = ?
        where n = ? and first_due_on is null`)
      .run(reason, dueOn, n)
    if (changed === 0) throw wrongState(`Request ${reference} was extended before, and that is done once.`)
    addEvent(store, { request: n }, { act: 'request-extended', operator, detail: { reason, dueOn } })
  })
}

export function closeRequest(store: ErasureDatabase, reference: string): void {
  const { database } = store
  database.write(() => {
    const { n, state } = requestRow(store, reference)
    if (state === 'closed') return
    if (state === 'withdrawn') throw wrongState(`Request ${reference} is withdrawn.`)
    const pending = database
      .prepare("select count(*) as pending from target where request = ? and outcome = 'pending'")
      .get<{ readonly pending: number }>(n)
    if (pending?.pending !== 0) {
      throw wrongState(`Request ${reference} cannot be closed: ${pending?.pending} of its targets have no outcome yet.`)
    }
    forget(store, n, 'closed')
    addEvent(store, { request: n }, { act: 'request-closed', operator: null, detail: {} })
  })
  emptyLog(database)
}

/** What identifies the person goes. SQLite overwrites it with zeros: `secure_delete`. */
function forget({ database, clock }: ErasureDatabase, n: number, state: 'closed' | 'withdrawn'): void {
  database.prepare('update request set state = ?, sealed = null, closed_at = ? where n = ?').run(state, clock.now(), n)
  database.prepare('delete from identifier where request = ?').run(n)
  database.prepare('update target set sealed_id = null where request = ?').run(n)
  database.prepare('delete from trace where target in (select n from target where request = ?)').run(n)
  database.prepare('update plan set sealed = null where request = ?').run(n)
}
