import { conversationActiveMs, createHttpEvents, type HttpEvent, type RateLimitFactory } from '@custody/http'
import { openLimits, type SharedActiveConversations } from '@custody/ledger'
import { type Clock, CustodyError } from '@custody/pipeline'
import type { OrgConfig } from '../config/schema.ts'

/** What all processes of the machine may ask of one org together. */
export interface SharedLimits {
  /** The limits of one execution user, by the configuration's name. */
  rateLimitsOf(user: string): RateLimitFactory
  readonly active: SharedActiveConversations
  close(): Promise<void>
}

export interface SharedLimitsOptions {
  /** Whoever uses the same one shares the limits. */
  readonly stateDirectory: string
  readonly org: Pick<OrgConfig, 'loginUrl' | 'limits'>
  readonly clock: Clock
  readonly onEvent: (event: HttpEvent) => void
}

/**
 * Opens the limits that an org's calls count against. There is no going on without them: whoever cannot count what others ask
 * would ask too much.
 *
 * @throws CustodyError `LIMITS_DAMAGED`, and as `openLimits`: `LEDGER_NETWORK_FILE_SYSTEM`, `LEDGER_DISK`, `LIMITS_BUSY`
 */
export async function openSharedLimits(options: SharedLimitsOptions): Promise<SharedLimits> {
  const { stateDirectory, clock, onEvent } = options
  const { loginUrl, limits: configured } = options.org
  // By its address: an alias is only this configuration's word for it.
  const org = new URL(loginUrl).origin
  const limits = await openLimits({ directory: stateDirectory, clock }).catch((error: unknown) => {
    throw damaged(error, stateDirectory) ?? error
  })
  const emit = createHttpEvents(onEvent)
  const limit = configured.activeConversations
  return {
    rateLimitsOf:
      (user) =>
      (endpoint, { clock: _, ...rate }) =>
        limits.createSharedRateLimit({ ...rate, key: { org, user, endpoint } }),
    active: limits.createSharedActiveConversations({
      org,
      limit,
      windowMs: conversationActiveMs,
      onWait: (waitMs) => emit(() => ({ type: 'budget-wait', limit, waitMs })),
    }),
    close: () => limits.close(),
  }
}

/** Unlike the ledger, the limits hold nothing that is of use after an hour. */
function damaged(cause: unknown, stateDirectory: string): CustodyError | null {
  if (!CustodyError.isInstance(cause) || cause.code !== 'LEDGER_DAMAGED') return null
  return new CustodyError('LIMITS_DAMAGED', `limits.sqlite in ${stateDirectory} is damaged, or no database at all.`, {
    cause,
    actions: [
      'When no run of Custody is under way, remove that file and those beside it (limits.sqlite-wal, limits.sqlite-shm).',
      'Wait for an hour before the next run: what was asked until then is not counted any more.',
    ],
  })
}
