import { join } from 'node:path'
import { type Clock, systemClock, usageError } from '@custody/pipeline'
import { LIMITS_APPLICATION_ID, limitsMigrations } from './limits-schema.ts'
import { openDatabase } from './open-database.ts'
import {
  type SharedActiveConversations,
  type SharedActiveConversationsOptions,
  sharedActiveConversations,
} from './shared-active-conversations.ts'
import { type SharedRateLimit, type SharedRateLimitOptions, sharedRateLimit } from './shared-rate-limit.ts'
import type { Database } from './sqlite-driver.ts'
import { createSharedSteadyTime, type Uptime, uptimeOf } from './steady-time.ts'
import { whenFree } from './when-free.ts'

/** Where the limits of a machine are counted. */
export interface OpenLimitsOptions {
  /** The state directory, on a disk of this machine; made where it is not there. */
  readonly directory: string
  readonly clock?: Clock
  /** @defaultValue the machine's; `clock` where one is given */
  readonly uptime?: Uptime
}

/** What the processes of a machine may ask of Salesforce together. */
export interface Limits extends AsyncDisposable {
  /** @throws CustodyError `LIMITS_OPTIONS` (usage) */
  createSharedRateLimit(options: SharedRateLimitOptions): SharedRateLimit
  /** @throws CustodyError `LIMITS_OPTIONS` (usage) */
  createSharedActiveConversations(options: SharedActiveConversationsOptions): SharedActiveConversations
  close(): Promise<void>
}

/** What every limit works with. */
export interface LimitsContext {
  readonly database: Database
  readonly clock: Clock
  /** To be asked in a transaction. */
  readonly steadyTime: () => number
  /** Milliseconds, for spans within this process. */
  readonly uptime: () => number
  /** Closing waits for it. */
  readonly finishBeforeClose: (work: Promise<unknown>) => void
}

/**
 * Opens the limits of a state directory; any number of processes may.
 *
 * @throws CustodyError `LIMITS_OPTIONS` (usage), `LIMITS_BUSY`, and as `openLedger` about the file.
 */
export async function openLimits({
  directory,
  clock = systemClock,
  uptime = uptimeOf(clock),
}: OpenLimitsOptions): Promise<Limits> {
  if (typeof directory !== 'string' || directory === '') {
    throw usageError('LIMITS_OPTIONS', 'openLimits: directory must name the state directory.')
  }
  const path = join(directory, 'limits.sqlite')
  const database = await whenFree(path, () =>
    openDatabase({
      path,
      applicationId: LIMITS_APPLICATION_ID,
      migrations: limitsMigrations,
      // See whenFree.
      busyTimeoutMs: 0,
      // Of what a power cut takes, some seconds of calls, Salesforce itself keeps count.
      commitOutlives: 'process',
    }),
  )
  const unfinished = new Set<Promise<unknown>>()
  const context: LimitsContext = {
    database,
    clock,
    steadyTime: createSharedSteadyTime(database, clock, uptime),
    uptime: uptime.now,
    finishBeforeClose(work) {
      unfinished.add(work)
      const forget = (): void => void unfinished.delete(work)
      work.then(forget, forget)
    },
  }
  const close = async (): Promise<void> => {
    await Promise.allSettled(unfinished)
    database.close()
  }
  return {
    createSharedRateLimit: (options) => sharedRateLimit(context, options),
    createSharedActiveConversations: (options) => sharedActiveConversations(context, options),
    close,
    [Symbol.asyncDispose]: close,
  }
}
