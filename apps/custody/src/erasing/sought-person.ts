import type { MasterConversation } from '@custody/archive'
import {
  type ErasureRequest,
  type ErasureStore,
  type Hold,
  isActive,
  readTraces,
  standing,
  type Target,
} from '@custody/erasure'
import { CustodyError } from '@custody/pipeline'

/** Why a conversation stays in an archive. */
export interface Stays {
  /** `legal-hold`, `statutory-retention`, `privacy-hold`, `contact-hold`, `shared`. */
  readonly ground: string
  /** The hold, where one of Custody's decided. */
  readonly hold: string | null
}

/** Whose conversations a request is about, as archives name them, and which of them have to stay. */
export interface SoughtPerson {
  readonly endUserIds: Pick<ReadonlySet<string>, 'has' | 'size'>
  readonly conversations: Pick<ReadonlySet<string>, 'has' | 'size'>
  /** Null: it may go. */
  staysFor(conversation: MasterConversation): Stays | null
}

export interface SoughtPersonOptions {
  readonly store: ErasureStore
  readonly reference: string
  readonly minimumRetention: string | null
  readonly withShared: boolean
  /** Epoch milliseconds. */
  readonly now: number
}

const approvedStates: ReadonlySet<string> = new Set(['running', 'confirming', 'closed'])
/** What keeps a record in the org for good reason keeps it in archives too. */
const keepingGrounds: ReadonlySet<string | null> = new Set([
  'hold',
  'legal-hold',
  'statutory-retention',
  'privacy-hold',
])
const endUserPrefix = '0PA'
const contactPrefix = '003'

/** @throws CustodyError `ERASURE_NOT_APPROVED` (refused), also for a reference that nobody knows, and for one whose plan is to mask */
export async function seekPerson(options: SoughtPersonOptions): Promise<SoughtPerson> {
  const { store, reference, minimumRetention, withShared, now } = options
  const request = await store.request(reference)
  if (request === null || !approvedStates.has(request.state)) throw notApproved(reference)
  if (request.measure === 'mask') throw masked(reference)
  const targets = await store.targets({ request: reference })
  const byPseudonym = new Map(targets.map((target) => [target.pseudonym, target]))
  const targetOf = (kind: Target['kind'], id: string): Target | undefined =>
    byPseudonym.get(store.pseudonymFor({ kind, id }))
  const traced = await tracedConversations(store, targets)
  const holds = await store.holds({ active: true })
  const calledAt = await firstCalls(store, reference)

  const endUser = (id: string): Target | undefined => targetOf('end-user', id)
  const conversationTarget = (id: string): Target | undefined => targetOf('conversation', id) ?? traced.get(id)

  return {
    endUserIds: {
      size: targets.filter(({ kind }) => kind === 'end-user').length,
      has: (id) => endUser(id) !== undefined,
    },
    conversations: { size: targets.length, has: (id) => conversationTarget(id) !== undefined },
    staysFor(conversation) {
      const people = peopleOf(conversation, endUserPrefix)
      const own = [...people.map(endUser), conversationTarget(conversation.identifier)].filter(
        (one) => one !== undefined,
      )
      const kept = own.find(({ outcome, ground }) => outcome === 'withheld' && keepingGrounds.has(ground))
      if (kept !== undefined)
        return { ground: kept.ground === 'hold' ? 'legal-hold' : (kept.ground ?? 'hold'), hold: null }
      const contactIds = contactsOf(request, conversation)
      const subject = {
        endUserIds: people,
        contactIds,
        conversations: [conversation.identifier, ...(conversation.recordId === null ? [] : [conversation.recordId])],
        times: timesOf(conversation),
      }
      const { hindrances } = standing({ holds, subject, now, minimumRetention })
      const [strongest] = hindrances
      if (strongest !== undefined) return strongest
      const unknown = holds.find((hold) => isActive(hold, now) && mayNameContact(hold, own, calledAt))
      if (unknown !== undefined) return { ground: 'contact-hold', hold: unknown.id }
      const isByConversation = targetOf('conversation', conversation.identifier) !== undefined
      const isShared = !isByConversation && people.some((id) => endUser(id) === undefined)
      return isShared && !withShared ? { ground: 'shared', hold: null } : null
    },
  }
}

/** By identifier: those that the org named before the deletion. Gone once the request is closed. */
async function tracedConversations(
  store: ErasureStore,
  targets: readonly Target[],
): Promise<ReadonlyMap<string, Target>> {
  const traced = new Map<string, Target>()
  for (const target of targets) {
    const traces = readTraces(await store.traces(target))
    for (const { identifier } of traces?.conversations ?? []) {
      if (identifier !== null) traced.set(identifier, target)
    }
  }
  return traced
}

/** When the deletion of each record was first sent: holds were looked at right before, with the contacts that the org named. */
async function firstCalls(store: ErasureStore, reference: string): Promise<ReadonlyMap<string, string>> {
  const first = new Map<string, string>()
  for await (const { act, target, at } of store.events({ request: reference })) {
    if (act === 'call-sent' && target !== null && !first.has(target)) first.set(target, at)
  }
  return first
}

/**
 * Archives do not name a person's contact. A hold on contacts may be about this one, unless it was there when the deletion was sent: then
 * it was looked at. What is not known holds.
 */
function mayNameContact(
  { scope, placedAt }: Hold,
  own: readonly Target[],
  calledAt: ReadonlyMap<string, string>,
): boolean {
  if (scope.type !== 'contact') return false
  return own.every(({ pseudonym }) => {
    const called = calledAt.get(pseudonym)
    return called === undefined || called < placedAt
  })
}

function peopleOf({ sessions, participants }: MasterConversation, prefix: string): readonly string[] {
  const ids = [...sessions.map(({ endUserId }) => endUserId), ...participants.map(({ recordId }) => recordId)]
  return [...new Set(ids.filter((id) => id !== null).filter((id) => id.startsWith(prefix)))]
}

function contactsOf({ subject }: ErasureRequest, conversation: MasterConversation): readonly string[] {
  return [...(subject?.contactIds ?? []), ...peopleOf(conversation, contactPrefix)]
}

/** Null where its beginning or end is not known: then every window holds. */
function timesOf({
  startTime,
  endTime,
}: MasterConversation): readonly { readonly from: string; readonly to: string }[] | null {
  return startTime === null || endTime === null ? null : [{ from: startTime, to: endTime }]
}

/** Who may only mask has to keep the conversations: in archives, too. */
function masked(reference: string): CustodyError {
  return new CustodyError(
    'ERASURE_NOT_APPROVED',
    `What was approved for ${reference} is to mask texts: its conversations stay, and stay in archives.`,
    {
      kind: 'refused',
      actions: [
        'Make a copy of each archive in which they are masked too: custody redact ARCHIVE --policy POLICY --out DIR',
        'If they may go after all, that is a request of its own: custody erase add, plan, approve, run.',
      ],
    },
  )
}

function notApproved(reference: string): CustodyError {
  return new CustodyError('ERASURE_NOT_APPROVED', `There is no request ${reference} whose plan was run.`, {
    kind: 'refused',
    actions: ['Approve and run it first: custody erase plan, approve, run.'],
  })
}
