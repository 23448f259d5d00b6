import { type Clock, CustodyError } from '@custody/pipeline'
import type { ErasureStore } from '../erasure-store.ts'
import { type TargetKind, targetKinds } from '../target.ts'
import { type AttemptContext, attempt } from './attempt.ts'
import type { ExecutionUser } from './execution-user.ts'
import type { Work } from './work-list.ts'

interface CallersContext {
  readonly open: { readonly lost: Work[]; readonly queue: Work[] }
  readonly context: AttemptContext
  readonly signal: AbortSignal
  readonly clock: Clock
  readonly through: () => void
}

/** Users take records from the queue, each as fast as its hour allows. */
export function createCallers(
  users: readonly ExecutionUser[],
  { open, context, signal, clock, through }: CallersContext,
): { drain(): Promise<void> } {
  const denied = new Map<ExecutionUser, CustodyError>()
  /** How often in a row nothing came of a call. */
  const fruitless = new Map<string, number>()
  const stop = new AbortController()
  const either = AbortSignal.any([signal, stop.signal])
  /** Ends it for all: nobody goes on behind a failure, and nobody waits an hour to hear of it. */
  const end = (reason: unknown): void => stop.abort(reason)

  const next = (kind: TargetKind): Work | undefined => {
    const index = open.queue.findIndex((work) => work.kind === kind)
    return index === -1 ? undefined : open.queue.splice(index, 1)[0]
  }

  async function work(user: ExecutionUser, kind: TargetKind): Promise<void> {
    while (!denied.has(user) && open.queue.some((each) => each.kind === kind)) {
      await user.takePlace(kind, either)
      either.throwIfAborted()
      const work = denied.has(user) ? undefined : next(kind)
      if (work === undefined) return
      await one(user, work)
    }
  }

  async function one(user: ExecutionUser, work: Work): Promise<void> {
    const attempted = await attempt(work, user, context).catch((error: unknown) => {
      open.queue.unshift(work)
      throw error
    })
    switch (attempted.type) {
      case 'settled':
        if (attempted.sent) fruitless.delete(user.name)
        through()
        return
      case 'lost':
        open.lost.push(await refreshed(work, context.store))
        return await patience(user, 'lost')
      case 'again':
        open.queue.unshift(await refreshed(work, context.store))
        return await patience(user, attempted.why)
      case 'user-denied':
        open.queue.unshift(await refreshed(work, context.store))
        denied.set(user, attempted.error)
        if (denied.size === users.length) end(attempted.error)
        return
      case 'api-off':
        end(apiOff())
    }
  }

  /** A call that brings nothing is followed by a longer and longer wait, then by the end of the run: all is kept for the next one. */
  async function patience(user: ExecutionUser, why: 'lost' | 'anew' | 'busy'): Promise<void> {
    const times = (fruitless.get(user.name) ?? 0) + 1
    fruitless.set(user.name, times)
    if (times >= maxFruitless) end(callsFail())
    else if (why !== 'busy' && times > 1) await clock.sleep(Math.min(600_000, 5_000 * 2 ** times), either)
  }

  return {
    async drain(): Promise<void> {
      const working = users.flatMap((user) => targetKinds.map((kind) => work(user, kind).catch(end)))
      await Promise.all(working)
      either.throwIfAborted()
    },
  }
}

const maxFruitless = 12

async function refreshed(work: Work, store: ErasureStore): Promise<Work> {
  const targets = await store.targets()
  const [first, ...others] = work.targets.map(
    (target) =>
      targets.find((each) => each.request === target.request && each.pseudonym === target.pseudonym) ?? target,
  )
  return first === undefined ? work : { ...work, targets: [first, ...others] }
}

function apiOff(): CustodyError {
  return new CustodyError(
    'ERASURE_API_OFF',
    'The Conversation Data API answers 404 to whatever it is asked: nothing was deleted.',
    {
      actions: [
        'Run `custody doctor`: it tells whether the API is switched off, the address is another, or the token is of the wrong kind.',
        'Then run `custody erase run` again: it goes on where it stopped.',
      ],
    },
  )
}

function callsFail(): CustodyError {
  return new CustodyError('ERASURE_CALLS_FAIL', 'Deletions got no usable answer, one after the other.', {
    retryable: true,
    actions: ['Run `custody erase run` again later: what was sent is read back before anything is sent again.'],
  })
}
