import type { OrgClient } from '@custody/http'
import { type Clock, systemClock } from '@custody/pipeline'
import { type DeletionWire, defaultDeletionWire, settleMs as defaultSettleMs } from '../assumptions.ts'
import type { ErasureStore } from '../erasure-store.ts'
import type { AttemptContext } from './attempt.ts'
import { createCallers } from './callers.ts'
import { findControl } from './control.ts'
import type { ExecutionUser } from './execution-user.ts'
import { createMoving } from './moving.ts'
import { resolveLost } from './resolve-lost.ts'
import type { ErasureRunEvent } from './run-event.ts'
import { settle } from './settle.ts'
import { type Work, workList } from './work-list.ts'
import { adopt, leading, stepOf } from './work-steps.ts'

/** What is carried out, as whom, and how fast. */
export interface RunErasureOptions {
  readonly store: ErasureStore
  /** Those who share the work, each with an hour of its own. */
  readonly users: readonly ExecutionUser[]
  /** For what is looked at before and after. */
  readonly org: OrgClient
  /** Of the REST API that records are read through. @defaultValue `'66.0'` */
  readonly apiVersion?: string
  /** References. @defaultValue all whose plan is approved */
  readonly requests?: readonly string[]
  /** Different operators that a plan needs. @defaultValue 1 */
  readonly approvalsNeeded?: number
  /** For how long a law has every conversation kept: `6y`. @defaultValue none does */
  readonly minimumRetention?: string | null
  /** @defaultValue {@link defaultDeletionWire} */
  readonly wire?: DeletionWire
  /** After which a call without an answer, of which nothing is to be seen, was not carried out. @defaultValue 2 min */
  readonly settleMs?: number
  readonly clock?: Clock
  /** Stops it: what is under way is answered first, then nothing more is sent. */
  readonly signal?: AbortSignal
  readonly onEvent?: (event: ErasureRunEvent) => void
}

/** How the records stand after a run. */
export interface RunSummary {
  readonly records: number
  /** Sent in this run, or found to have been sent. */
  readonly accepted: number
  readonly withheld: number
  /** Refused, not there, or not to be told. */
  readonly other: number
  readonly requests: readonly string[]
}

/**
 * Sends the deletions of approved plans, and goes on where an earlier run stopped or died. Nothing is reported as erased by it: see
 * `confirmErasure`. Only one process may run it for one org at a time.
 *
 * @throws CustodyError as `workList`; `ERASURE_API_OFF`, `ERASURE_CALLS_FAIL`, the last user's sign-in error; the signal's reason
 */
export async function runErasure(options: RunErasureOptions): Promise<RunSummary> {
  const { store, users, org, apiVersion, clock = systemClock, onEvent = () => undefined } = options
  const { approvalsNeeded = 1, minimumRetention = null, wire = defaultDeletionWire } = options
  const { settleMs = defaultSettleMs, signal = new AbortController().signal } = options
  signal.throwIfAborted()
  const list = await workList({ store, requests: options.requests, approvalsNeeded })
  const asking = { org, apiVersion, signal }
  const control = await findControl(list.avoid, new Date(clock.now() - dayMs).toISOString(), asking)
  const moving = createMoving(store, onEvent)
  const context: AttemptContext = {
    store,
    moving,
    control,
    wire,
    asking,
    minimumRetention,
    now: () => clock.now(),
  }
  for (const { reference, state } of list.requests) {
    if (state === 'approved') {
      await store.setState(reference, 'running', { act: 'run-started', operator: null, detail: {} })
    }
  }

  const own = new Set(list.requests.map(({ reference }) => reference))
  const open = { lost: [] as Work[], queue: [] as Work[] }
  let done = 0
  const tell = (): void => onEvent({ type: 'deletion-progress', done, of: list.work.length })
  const through = (): void => {
    done += 1
    tell()
  }
  for (const work of list.work) {
    const step = stepOf(work)
    if (step === 'adopt') await adopt(work, moving.one, store)
    if (step === 'resolve') open.lost.push(leading(work))
    else if (step === 'call') open.queue.push(work)
    else done += 1
  }
  tell()

  /** Looks at all calls without an answer; waits for those that may still be on their way. */
  async function resolveAll(): Promise<void> {
    let waiting = open.lost.splice(0)
    while (waiting.length > 0) {
      let waitMs = 0
      const later: Work[] = []
      for (const work of waiting) {
        signal.throwIfAborted()
        const [target] = work.targets
        const resolved = await resolveLost(target, { store, control, wire, asking, now: clock.now(), settleMs })
        if (resolved.type === 'accepted') {
          const change = { state: 'accepted', outcome: 'pending', ground: 'confirming', logId: resolved.logId } as const
          await moving.all(work, change, 'lost-resolved', { by: resolved.by, log: resolved.logId })
          through()
        } else if (resolved.type === 'not-carried-out') {
          const change = { state: 'planned', outcome: 'pending', ground: null } as const
          const planned = await moving.one(target, change, 'lost-resolved', { by: 'nothing-found' })
          // One of a request that is not run now is for another run to call for.
          const [first, ...others] = [planned, ...work.targets.slice(1)].filter(({ request }) => own.has(request))
          if (first !== undefined) open.queue.push({ ...work, targets: [first, ...others] })
        } else if (resolved.type === 'unknown') {
          const change = { state: 'answer-lost', outcome: 'unverifiable', ground: 'control-missing' } as const
          await moving.one(target, change, 'target-not-seen')
          through()
        } else {
          waitMs = Math.max(waitMs, resolved.waitMs)
          later.push(work)
        }
      }
      waiting = later
      if (waiting.length > 0 && open.queue.length > 0) break
      if (waiting.length > 0) await clock.sleep(waitMs, signal)
    }
    open.lost.push(...waiting)
  }

  const callers = createCallers(users, { open, context, signal, clock, through })
  await resolveAll()
  while (open.queue.length > 0 || open.lost.length > 0) {
    await callers.drain()
    await resolveAll()
  }

  for (const { reference } of list.requests) await settle(store, reference)
  return await summarise(store, list.work)
}

const dayMs = 86_400_000

async function summarise(store: ErasureStore, work: readonly Work[]): Promise<RunSummary> {
  const now = new Map((await store.targets()).map((target) => [`${target.request} ${target.pseudonym}`, target]))
  const states = work.map(
    ({ targets: [first] }) => now.get(`${first.request} ${first.pseudonym}`)?.state ?? first.state,
  )
  const accepted = states.filter((state) => state === 'accepted' || state === 'confirmed').length
  const withheld = states.filter((state) => state === 'withheld').length
  return {
    records: work.length,
    accepted,
    withheld,
    other: work.length - accepted - withheld,
    requests: [...new Set(work.flatMap(({ targets }) => targets.map(({ request }) => request)))],
  }
}
