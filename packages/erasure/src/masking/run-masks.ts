import type { OrgClient } from '@custody/http'
import { type Clock, CustodyError, systemClock } from '@custody/pipeline'
import type { ErasureRequest } from '../erasure-request.ts'
import type { ErasureStore, NewErasureEvent } from '../erasure-store.ts'
import type { ExecutionUser } from '../executing/execution-user.ts'
import { type ErasureRunEvent, movedEvent } from '../executing/run-event.ts'
import { settle } from '../executing/settle.ts'
import { approvedPlanBytes, requestsToRun } from '../executing/work-list.ts'
import type { Target } from '../target.ts'
import { maskConversation } from './mask-conversation.ts'
import type { MaskFinder, MaskFinderOf } from './mask-findings.ts'
import { type MaskedTargetPlan, readMaskPlan } from './mask-plan.ts'
import { maskTraceBytes, readMaskTraces, type TracedMask, withMask } from './mask-traces.ts'

/** What {@link runMasks} works with. */
export interface RunMasksOptions {
  readonly store: ErasureStore
  /** Those who share the work, each with an hour of its own. */
  readonly users: readonly ExecutionUser[]
  /** For what is looked at before. */
  readonly org: OrgClient
  readonly apiVersion: string
  /** Of the policy that was approved. */
  readonly finderOf: MaskFinderOf
  /** References. @defaultValue all whose plan for masking is approved */
  readonly requests?: readonly string[]
  /** Different operators that a plan needs. @defaultValue 1 */
  readonly approvalsNeeded?: number
  /** For how long a law has every conversation kept: `6y`. @defaultValue none does */
  readonly minimumRetention?: string | null
  readonly clock?: Clock
  /** Stops it: what is under way is answered first, then nothing more is sent. */
  readonly signal?: AbortSignal
  readonly onEvent?: (event: ErasureRunEvent) => void
}

/**
 * Writes anew what approved plans say, and goes on where an earlier run stopped or died. Nothing is reported as masked by it: see
 * `confirmMasks`. Only one process may run it for one org at a time.
 *
 * @throws CustodyError as `runErasure`; `ERASURE_MASK_POLICY_CHANGED` (refused), before anything is changed
 */
export async function runMasks(options: RunMasksOptions): Promise<void> {
  const { store, org, apiVersion, finderOf, clock = systemClock, onEvent = () => undefined } = options
  const { approvalsNeeded = 1, minimumRetention = null, signal = new AbortController().signal } = options
  signal.throwIfAborted()
  const work: {
    readonly request: ErasureRequest
    readonly plan: readonly MaskedTargetPlan[]
    readonly finder: MaskFinder
  }[] = []
  for (const request of await requestsToRun(store, options.requests, 'mask')) {
    const plan = readMaskPlan(await approvedPlanBytes(store, request.reference, approvalsNeeded))
    work.push({ request, plan: plan.targets, finder: finderOf(plan.policy) })
  }
  const users = [...options.users]
  for (const { request, plan, finder } of work) {
    const { reference, state } = request
    if (state === 'approved') {
      await store.setState(reference, 'running', { act: 'run-started', operator: null, detail: {} })
    }
    for (const target of await store.targets({ request: reference })) {
      const planned = plan.find(({ kind, id }) => kind === target.kind && id === target.id)
      if (planned === undefined) throw notPlanned(reference)
      if (target.state !== 'confirmed') await maskTarget(target, planned, finder)
    }
    await settle(store, reference)
  }

  async function maskTarget(target: Target, planned: MaskedTargetPlan, finder: MaskFinder): Promise<void> {
    let traces = readMaskTraces(await store.traces(target)) ?? { conversations: [] }
    const keep = async (mask: TracedMask): Promise<void> => {
      traces = withMask(traces, mask)
      await store.keepTraces(target, maskTraceBytes(traces))
    }
    if (planned.blockers.some(({ code }) => code === 'not-found')) {
      return await move(target, { state: 'absent', outcome: 'no-match', ground: 'not-found' }, 'target-absent')
    }
    for (const conversation of planned.conversations) {
      signal.throwIfAborted()
      const known = traces.conversations.find(({ id }) => id === conversation.id) ?? null
      if (known?.isSent && known.ground === null) continue
      const name = store.pseudonymFor({ kind: 'conversation', id: conversation.id })
      const { mask, hold } = await maskConversation(conversation, known, {
        store,
        users,
        finder,
        asking: { org, apiVersion, signal },
        minimumRetention,
        clock,
        async aboutToSend(sending, texts, user) {
          await keep(sending)
          const change = { state: 'calling', outcome: 'pending', ground: null, user, called: true } as const
          await move(target, change, 'mask-sent', { conversation: name, texts, user })
        },
        answered: (detail) => move(target, {}, 'mask-answered', { conversation: name, ...detail }),
      })
      await keep(mask)
      const { ground } = mask
      if (ground !== null) await move(target, {}, 'mask-withheld', { conversation: name, ground, hold })
    }
    await end(target, traces.conversations)
  }

  /** What was sent is to be read back; of what stays as it is, the ground of the first is told. */
  async function end(target: Target, conversations: readonly TracedMask[]): Promise<void> {
    const ground = conversations.find((mask) => mask.ground !== null)?.ground ?? null
    const texts = conversations.reduce((sum, mask) => sum + (mask.isSent ? mask.texts.length : 0), 0)
    if (conversations.some(({ isSent }) => isSent) || ground === null) {
      await move(target, { state: 'accepted', outcome: 'pending', ground: 'confirming' }, 'masks-sent', { texts })
    } else {
      await move(target, { state: 'withheld', outcome: 'withheld', ground }, 'target-withheld')
    }
  }

  async function move(
    target: Target,
    change: Parameters<ErasureStore['moveTarget']>[1],
    act: string,
    detail: NewErasureEvent['detail'] = {},
  ): Promise<void> {
    onEvent(movedEvent(await store.moveTarget(target, change, { act, operator: null, detail })))
  }
}

function notPlanned(reference: string): CustodyError {
  return new CustodyError(
    'ERASURE_NOT_PLANNED',
    `Request ${reference} has a target that its approved plan does not have.`,
    { kind: 'refused', actions: [`Run \`custody erase mask plan ${reference}\` again and have it approved.`] },
  )
}
