import { type Clock, CustodyError } from '@custody/pipeline'
import { busyPauseMs, maskingWire } from '../assumptions.ts'
import type { ErasureStore } from '../erasure-store.ts'
import type { ExecutionUser } from '../executing/execution-user.ts'
import { type Look, look } from '../executing/look.ts'
import { standing } from '../holding/standing.ts'
import type { AskOptions } from '../soql/read-rows.ts'
import { total } from './make-mask-plan.ts'
import { changesText, findOne, type MaskFinder } from './mask-findings.ts'
import type { MaskedConversationPlan } from './mask-plan.ts'
import type { TracedMask, TracedText } from './mask-traces.ts'
import { sendTexts } from './send-texts.ts'

export interface MaskContext {
  readonly store: ErasureStore
  /** Those who may still change texts; who is refused is taken out. */
  readonly users: ExecutionUser[]
  readonly finder: MaskFinder
  readonly asking: AskOptions & { readonly apiVersion: string; readonly signal: AbortSignal }
  readonly minimumRetention: string | null
  readonly clock: Clock
  /** Writes what is about to be sent, before it is. */
  readonly aboutToSend: (mask: TracedMask, texts: number, user: string) => Promise<void>
  readonly answered: (detail: Readonly<Record<string, string | number>>) => Promise<void>
}

/** How it stands now, and which hold of Custody's keeps it as it is; null for none. */
export interface MaskedConversation {
  readonly mask: TracedMask
  readonly hold: string | null
}

/** How often in a row a request may bring nothing before the run is ended. All is kept for the next one. */
const maxFruitless = 8

/**
 * Masks one conversation as it was planned, or says why not. Texts that are no longer as they were approved are left alone. Done again
 * after a crash it sends what is not there yet, and nothing else.
 *
 * @throws CustodyError `ERASURE_CALLS_FAIL`, the last user's sign-in error; what the client and the finder throw
 */
export async function maskConversation(
  planned: MaskedConversationPlan,
  known: TracedMask | null,
  context: MaskContext,
): Promise<MaskedConversation> {
  const { store, asking, finder } = context
  const none: TracedMask = { id: planned.id, recordIds: [], texts: [], outOfReach: 0, ground: null, isSent: false }
  const withheld = (mask: TracedMask, ground: string, hold: string | null = null): MaskedConversation => ({
    mask: { ...mask, ground },
    hold,
  })
  const unread = planned.blockers.find(({ code }) => code === 'unreadable')
  if (unread) return withheld(none, 'unreadable')
  // The place in the hour first: what is seen after it is as old as the request takes, and not an hour.
  await nextUser().takePlace('mask', asking.signal)
  let seen = await look({ kind: 'conversation', id: planned.id }, null, asking)
  if (seen.presence !== 'there') return withheld(known ?? none, 'not-found')
  const found = await findOne(finder, planned.id, asking.signal)
  if ('unread' in found) return withheld(known ?? none, 'unreadable')

  const hasBegun = known !== null && known.texts.length > 0
  const isAsApproved = store.commitmentTo(changesText(found.changes)) === planned.changes
  // Another request about the same person may have been first: then nothing is left to be done here.
  if (!hasBegun && !isAsApproved && found.changes.length > 0) return withheld(none, 'plan-changed')
  const { traces } = seen
  let mask: TracedMask = hasBegun
    ? { ...known, ground: null }
    : {
        ...none,
        recordIds: [...traces.conversations.map(({ recordId }) => recordId), ...traces.sessions],
        texts: found.changes.map(({ entryId, was, text }) => ({ entryId, was: store.commitmentTo(was), text })),
        outOfReach: total(found.outOfReach),
      }
  let texts = found.texts
  let size: number = maskingWire.textsPerRequest
  let fruitless = 0
  for (let isFirst = true; ; isFirst = false) {
    const left = mask.texts.filter(({ entryId, text }) => texts.get(entryId) !== text)
    const changed = left.some(({ entryId, was }) => !isStill(texts.get(entryId), was))
    const todo = left.filter(({ entryId, was }) => isStill(texts.get(entryId), was)).slice(0, size)
    if (todo.length === 0)
      return changed ? withheld(mask, 'text-changed') : { mask: { ...mask, isSent: true }, hold: null }
    const user = nextUser()
    if (!isFirst) {
      await user.takePlace('mask', asking.signal)
      seen = await look({ kind: 'conversation', id: planned.id }, null, asking)
    }
    asking.signal.throwIfAborted()
    // The holds last: whoever places one while the org is asked is heard.
    const held = await heldBy(seen)
    if (held !== null) return withheld(mask, held.ground, held.hold)
    await context.aboutToSend(mask, todo.length, user.name)
    const answer = await sendTexts(planned.id, todo, user, asking.apiVersion)
    // Everybody in turn: each has an hour of its own.
    context.users.push(context.users.shift() as ExecutionUser)
    await context.answered({
      answer: answer.type,
      ...('status' in answer && answer.status !== null && { status: answer.status }),
    })
    switch (answer.type) {
      case 'accepted':
        texts = withTexts(texts, todo)
        fruitless = 0
        continue
      case 'missing':
        return withheld(mask, 'not-found')
      case 'denied':
        context.users.splice(context.users.indexOf(user), 1)
        if (context.users.length === 0) throw answer.error
        continue
      case 'busy':
        user.pause('mask', answer.retryAfterMs ?? busyPauseMs)
        break
      case 'lost': {
        const again = await findOne(finder, planned.id, asking.signal)
        if ('unread' in again) return withheld(mask, 'answer-lost')
        texts = again.texts
        break
      }
      case 'anew':
        break
      default: {
        // One text that cannot be changed refuses all that are sent with it.
        if (size > 1) {
          size = Math.ceil(Math.min(size, todo.length) / 2)
          continue
        }
        const [refused] = todo
        mask = { ...mask, texts: mask.texts.filter((each) => each !== refused), outOfReach: mask.outOfReach + 1 }
        continue
      }
    }
    if (++fruitless >= maxFruitless) throw callsFail()
    if (fruitless > 1) await context.clock.sleep(Math.min(600_000, 5_000 * 2 ** fruitless), asking.signal)
  }

  function nextUser(): ExecutionUser {
    const [user] = context.users
    if (user === undefined) throw callsFail()
    return user
  }

  /** What stands against it at this moment: a hold of ours, the law, then what Salesforce has. A session that is open goes on. */
  async function heldBy({ subject, blockers }: Look): Promise<{ ground: string; hold: string | null } | null> {
    const { minimumRetention, clock } = context
    const holds = await store.holds({ active: true })
    const { verdict, ground, hindrances } = standing({ holds, subject, now: clock.now(), minimumRetention })
    if (verdict === 'withhold') {
      return { ground: ground === 'legal-hold' ? 'hold' : (ground ?? 'hold'), hold: hindrances[0]?.hold ?? null }
    }
    const blocker = blockers.find(({ code }) => code === 'privacy-hold' || code === 'open-session')
    return blocker ? { ground: blocker.code, hold: null } : null
  }

  function isStill(text: string | undefined, was: string): boolean {
    return text !== undefined && store.commitmentTo(text) === was
  }
}

function withTexts(texts: ReadonlyMap<string, string>, sent: readonly TracedText[]): ReadonlyMap<string, string> {
  return new Map([...texts, ...sent.map(({ entryId, text }) => [entryId, text] as const)])
}

function callsFail(): CustodyError<'ERASURE_CALLS_FAIL'> {
  return new CustodyError('ERASURE_CALLS_FAIL', 'Requests to change texts got no usable answer, one after the other.', {
    retryable: true,
    actions: ['Run `custody erase mask run` again later: texts are read before any is sent again.'],
  })
}
