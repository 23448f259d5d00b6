import type { CustodyError } from '@custody/pipeline'
import { busyPauseMs, type DeletionWire } from '../assumptions.ts'
import type { ErasureStore } from '../erasure-store.ts'
import { standing } from '../holding/standing.ts'
import type { AskOptions } from '../soql/read-rows.ts'
import { sendDeletion } from './call-answer.ts'
import type { Control } from './control.ts'
import type { ExecutionUser } from './execution-user.ts'
import { type Look, look } from './look.ts'
import type { Moving } from './moving.ts'
import { mergeTraces, readTraces, traceBytes } from './traces.ts'
import { whyMissing } from './why-missing.ts'
import type { Work } from './work-list.ts'

/** What came of trying to delete one record. */
export type Attempted =
  /** It is where it will be by this run; `sent` tells whether the place in the hour is used. */
  | { readonly type: 'settled'; readonly sent: boolean }
  /** Sent, and its answer lost. */
  | { readonly type: 'lost' }
  /** To be tried again by this or another user. */
  | { readonly type: 'again'; readonly why: 'anew' | 'busy' }
  | { readonly type: 'user-denied'; readonly error: CustodyError }
  /** No record can be deleted: the API is off. */
  | { readonly type: 'api-off' }

export interface AttemptContext {
  readonly store: ErasureStore
  readonly moving: Moving
  readonly control: Control | null
  readonly wire: DeletionWire
  readonly asking: AskOptions
  readonly minimumRetention: string | null
  readonly now: () => number
}

/**
 * Deletes one record, or finds out why not. The holds and the sessions are those of this moment; that a call is about to be sent is on
 * the disk before it is.
 */
export async function attempt(work: Work, user: ExecutionUser, context: AttemptContext): Promise<Attempted> {
  const { store, moving, control, asking } = context
  if (work.isGovernmentCloud) {
    await moving.all(work, { state: 'refused', outcome: 'failed', ground: 'government-cloud' }, 'call-refused')
    return { type: 'settled', sent: false }
  }
  const seen = await look(work, control, asking)
  if (seen.presence !== 'there') {
    await notThere(work, seen.presence, moving)
    return { type: 'settled', sent: false }
  }
  for (const target of work.targets) {
    const before = readTraces(await store.traces(target))
    await store.keepTraces(target, traceBytes(mergeTraces(before, seen.traces)))
  }
  const named = nameOf(work, seen, context.wire)
  // The holds last: whoever places one while the org is asked is heard.
  const withheld = await against(seen, context)
  if (withheld !== null || named === null) {
    const { ground, ...by } = withheld ?? { ground: 'not-nameable' }
    await moving.all(work, { state: 'withheld', outcome: 'withheld', ground }, 'target-withheld', { ground, ...by })
    return { type: 'settled', sent: false }
  }
  return await call(work, named, user, context)
}

async function call(work: Work, named: string, user: ExecutionUser, context: AttemptContext): Promise<Attempted> {
  const { moving, control, asking, wire } = context
  const [first] = work.targets
  const calling = {
    state: 'calling',
    outcome: 'pending',
    ground: null,
    user: user.name,
    logId: null,
    called: true,
  } as const
  await moving.one(first, calling, 'call-sent', { user: user.name })
  const answer = await sendDeletion(work, named, user, wire)
  switch (answer.type) {
    case 'accepted': {
      const { logId } = answer
      const change = { state: 'accepted', outcome: 'pending', ground: 'confirming', user: user.name, logId } as const
      await moving.all(work, change, 'call-answered', { status: 202, log: logId })
      return { type: 'settled', sent: true }
    }
    case 'lost':
      await moving.one(first, { state: 'answer-lost', ground: 'answer-lost' }, 'call-lost', { code: answer.code })
      return { type: 'lost' }
    case 'anew':
      await moving.one(first, backTo(first.state), 'call-not-carried-out', { code: answer.code })
      return { type: 'again', why: 'anew' }
    case 'busy':
      user.pause(work.kind, answer.retryAfterMs ?? busyPauseMs)
      await moving.one(first, backTo(first.state), 'call-refused', { status: 429 })
      return { type: 'again', why: 'busy' }
    case 'denied':
      await moving.one(first, backTo(first.state), 'call-refused', { status: answer.status, code: answer.error.code })
      return { type: 'user-denied', error: answer.error }
    case 'missing': {
      const why = await whyMissing(work, control, asking, user.client)
      await missing(work, why, moving)
      return why === 'api-off' ? { type: 'api-off' } : { type: 'settled', sent: true }
    }
    case 'open-session':
    case 'restricted': {
      const ground = answer.type === 'restricted' ? 'restricted-children' : answer.type
      const status = answer.type === 'restricted' ? 409 : 412
      await moving.all(work, { state: 'refused', outcome: 'withheld', ground }, 'call-refused', { status })
      return { type: 'settled', sent: true }
    }
    case 'locked':
      await moving.all(work, { state: 'refused', outcome: 'pending', ground: 'locked' }, 'call-refused', {
        status: 423,
      })
      return { type: 'settled', sent: true }
    case 'refused': {
      const { status } = answer
      await moving.all(work, { state: 'refused', outcome: 'failed', ground: `http-${status}` }, 'call-refused', {
        status,
      })
      return { type: 'settled', sent: true }
    }
  }
}

/** Nothing was carried out: it stands as if nothing had been sent. */
function backTo(state: string) {
  return { state: state === 'withheld' ? 'withheld' : 'planned', outcome: 'pending', ground: null } as const
}

async function notThere(work: Work, presence: 'gone' | 'unknown', moving: Moving): Promise<void> {
  if (presence === 'unknown') {
    await moving.all(work, { outcome: 'unverifiable', ground: 'control-missing' }, 'target-not-seen')
    return
  }
  // Gone after a call of ours is to be confirmed; gone before any is nothing of ours.
  const wasCalled = work.targets.some(({ calls }) => calls > 0)
  await moving.all(work, wasCalled ? taken : absent, wasCalled ? 'lost-resolved' : 'target-absent', {
    control: 'found',
  })
}

async function missing(work: Work, why: Awaited<ReturnType<typeof whyMissing>>, moving: Moving): Promise<void> {
  const detail = { status: 404, cause: why }
  if (why === 'gone') {
    const wasCalled = work.targets.some(({ calls }) => calls > 0)
    await moving.all(work, wasCalled ? taken : absent, 'call-refused', detail)
  } else if (why === 'api-off') {
    await moving.all(work, { state: 'refused', outcome: 'pending', ground: 'api-off' }, 'call-refused', detail)
  } else {
    const ground = why === 'unseen' ? 'control-missing' : 'answer-unknown'
    await moving.all(work, { state: 'refused', outcome: 'unverifiable', ground }, 'call-refused', detail)
  }
}

const taken = { state: 'accepted', outcome: 'pending', ground: 'confirming' } as const
const absent = { state: 'absent', outcome: 'no-match', ground: 'not-found' } as const

/** By what the call names it; null for a conversation that the org gives no such name. */
function nameOf({ kind, id }: Work, { traces }: Look, { conversationsBy }: DeletionWire): string | null {
  if (kind === 'end-user' || conversationsBy === 'identifier') return id
  return traces.conversations.find(({ identifier }) => identifier === id)?.recordId ?? null
}

/** As the event tells it: one of Custody's holds by its id, what Salesforce has by what is known of it. */
interface Against {
  readonly ground: string
  readonly hold?: string | null
  readonly detail?: string | null
}

/** The strongest of what stands against it: a hold of ours, the law, then what Salesforce has. */
async function against(
  { blockers, subject }: Look,
  { store, minimumRetention, now }: AttemptContext,
): Promise<Against | null> {
  const { verdict, ground, hindrances } = standing({
    holds: await store.holds({ active: true }),
    subject,
    now: now(),
    minimumRetention,
  })
  if (verdict === 'withhold') {
    return { ground: ground === 'legal-hold' ? 'hold' : (ground ?? 'hold'), hold: hindrances[0]?.hold ?? null }
  }
  const [blocker] = blockers
  return blocker ? { ground: blocker.code, detail: blocker.detail } : null
}
