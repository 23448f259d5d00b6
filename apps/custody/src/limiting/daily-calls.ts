import { type Answer, type FullOrgClient, HttpStatusError, type JsonRequest } from '@custody/http'
import { type Clock, CustodyError } from '@custody/pipeline'
import { type DailyAllowance, orgLimits, readLimitInfo } from '@custody/records-source'
import type { HeadroomEvent } from './headroom-event.ts'

export interface DailyCallsOptions {
  /** What everything is asked through. */
  readonly client: FullOrgClient
  readonly apiVersion: string
  /** So many of the org's calls of 24 hours stay for others; 0 to use them all. */
  readonly floor: number
  readonly clock: Clock
  /** Ends what is asked for this. */
  readonly signal: AbortSignal
  readonly onEvent: (event: HeadroomEvent) => void
}

export interface DailyCalls {
  /** The client, which sends nothing more once the floor is reached: each of its calls fails with `DAILY_CALLS_FLOOR`. */
  readonly client: FullOrgClient
  /** Asks the org, where its answers have not told for a while: those of the gateway do not. */
  ask(): Promise<void>
}

/** Reading alone asks nothing of the core API for hours, while others do. */
const askAgainAfterMs = 300_000

/** Leaves the org a floor of its daily calls. What is left is told by a header of nearly every answer. */
export function keepDailyCalls({ client, apiVersion, floor, clock, signal, onEvent }: DailyCallsOptions): DailyCalls {
  let left: DailyAllowance | null = null
  let toldAt = Number.NEGATIVE_INFINITY

  const listen = (answer: Pick<Answer, 'headers'>): void => {
    const told = readLimitInfo(answer)
    if (told === null) return
    left = told
    toldAt = clock.now()
  }
  const assertLeft = (): void => {
    if (left !== null && left.remaining < floor) throw floorReached(left, floor)
  }
  const heard = <T>({ parse }: JsonRequest<T>): Pick<JsonRequest<T>, 'parse'> => ({
    parse(document, answer) {
      listen(answer)
      return parse(document, answer)
    },
  })

  return {
    client: {
      async getJson(request) {
        assertLeft()
        return await client.getJson({ ...request, ...heard(request) })
      },
      async send(request) {
        assertLeft()
        return await client.send({ ...request, ...heard(request) })
      },
      async download(request) {
        assertLeft()
        const answer = await client.download(request)
        listen(answer)
        return answer
      },
      close: () => client.close(),
    },
    async ask() {
      // Whichever way the clock was set: a jump asks once more.
      if (floor === 0 || Math.abs(clock.now() - toldAt) < askAgainAfterMs) return
      toldAt = clock.now()
      try {
        const { apiRequests } = await orgLimits({ org: client, apiVersion, signal })
        left = apiRequests ?? left
      } catch (error) {
        signal.throwIfAborted()
        if (error instanceof HttpStatusError && error.allowance === 'day') throw error
        onEvent({ type: 'headroom-unknown', of: 'daily-calls', code: codeOf(error) })
      }
    },
  }
}

export function codeOf(error: unknown): string {
  if (!CustodyError.isInstance(error)) throw error
  return error.code
}

function floorReached({ remaining, max }: DailyAllowance, floor: number): CustodyError {
  return new CustodyError(
    'DAILY_CALLS_FLOOR',
    `The org has ${remaining} of its ${max} API calls of 24 hours left; ${floor} stay for others.`,
    {
      kind: 'refused',
      retryable: true,
      actions: [
        'Run again later: the calls come back over the day. What was read is kept.',
        'Or set limits.dailyCallsFloor of the org lower.',
      ],
    },
  )
}
