import { type Clock, createTurns, systemClock, usageError } from '@custody/pipeline'
import { conversationActiveMs } from './default-limits.ts'
import { createHttpEvents, type HttpEvent } from './http-event.ts'
import { createSteadyTime, maxSleepMs } from './steady-time.ts'

/** The budget of conversations that an export holds active. */
export interface ActiveConversations {
  /**
   * Call it before each read of a conversation, every page of it: a conversation that is active already costs nothing and
   * its time starts anew. Others wait, first come, first served, until the oldest has been left alone for the whole
   * window. Settles with the milliseconds waited.
   */
  enter(identifier: string, signal?: AbortSignal): Promise<number>
}

/** The budget of conversations that reading marks as active. */
export interface ActiveConversationsOptions {
  /**
   * How many conversations an export may hold active at the same time.
   *
   * Each read marks its conversation active for 30 minutes, against a limit of the whole org; above it, *customers cannot
   * start new conversations*. Salesforce's guide ("Messaging object model: access data") shows an org with a limit of
   * 11,000 and 8,000 in use at its peak: 3,000 are free. A reader at the full 90 requests a minute on distinct
   * conversations would hold 90 × 30 = 2,700 of them, nearly all. 2,500 leaves a sixth of the free ones to live service,
   * also for the moments between entering and the server's own stamp, and costs a full-speed reader 2 % of its pace.
   * Ask the org's admin for the real figures: the limit differs between orgs.
   *
   * @defaultValue 2500
   */
  readonly limit?: number
  /** How long a read keeps a conversation active. @defaultValue {@link conversationActiveMs} */
  readonly windowMs?: number
  readonly clock?: Clock
  readonly onEvent?: (event: HttpEvent) => void
}

/**
 * A budget of active conversations; share one among everything that reads the same org. Remembers at most `limit`
 * identifiers.
 *
 * @throws CustodyError `HTTP_OPTIONS` (usage)
 */
export function createActiveConversations(options: ActiveConversationsOptions = {}): ActiveConversations {
  const { limit = 2_500, windowMs = conversationActiveMs, clock = systemClock, onEvent } = options
  if (!Number.isInteger(limit) || limit < 1) {
    throw usageError('HTTP_OPTIONS', 'createActiveConversations: limit must be a whole number of at least 1.')
  }
  if (!Number.isFinite(windowMs) || windowMs <= 0) {
    throw usageError('HTTP_OPTIONS', 'createActiveConversations: windowMs must be a number above 0.')
  }
  const emit = createHttpEvents(onEvent)
  const now = createSteadyTime(clock)
  const turn = createTurns()
  /** When each was last read. A map keeps the order of setting, so the longest untouched stands first. */
  const readAt = new Map<string, number>()

  const touch = (identifier: string): void => {
    readAt.delete(identifier)
    readAt.set(identifier, now())
  }
  const isActive = (identifier: string): boolean => {
    const at = readAt.get(identifier)
    return at !== undefined && now() <= at + windowMs
  }
  /** How long until there is room; those that fell out are forgotten on the way. */
  const waitMs = (): number => {
    for (const [identifier, at] of readAt) {
      const leftMs = at + windowMs + 1 - now()
      if (leftMs > 0) return readAt.size < limit ? 0 : leftMs
      readAt.delete(identifier)
    }
    return 0
  }

  return {
    async enter(identifier, signal) {
      signal?.throwIfAborted()
      if (isActive(identifier)) {
        touch(identifier)
        return 0
      }
      const since = now()
      const done = await turn(signal)
      try {
        // Whoever was served before may have entered the same conversation: then there is nothing to wait for.
        for (let ms = waitMs(); ms > 0 && !isActive(identifier); ms = waitMs()) {
          emit(() => ({ type: 'budget-wait', limit, waitMs: ms }))
          await clock.sleep(Math.min(ms, maxSleepMs), signal)
        }
        touch(identifier)
        return now() - since
      } finally {
        done()
      }
    },
  }
}
