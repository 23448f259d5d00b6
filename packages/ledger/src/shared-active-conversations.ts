import { hash } from 'node:crypto'
import { createTurns, usageError } from '@custody/pipeline'
import type { LimitsContext } from './open-limits.ts'
import { whenFree } from './when-free.ts'

/** Whose budget it is, and how large. */
export interface SharedActiveConversationsOptions {
  /** The limit is one of the whole org. */
  readonly org: string
  /** How many conversations all processes together may hold active at the same time. */
  readonly limit: number
  /** How long a read keeps a conversation active. */
  readonly windowMs: number
  /** Called when somebody starts to wait. */
  readonly onWait?: (waitMs: number) => void
}

/** A budget of active conversations that all processes of a machine spend. */
export interface SharedActiveConversations {
  /**
   * Call it before each read of a conversation, every page of it: a conversation that is active already costs nothing and
   * its time starts anew. Others wait, in this process first come, first served, until the oldest has been left alone for the
   * whole window. Settles with the milliseconds waited.
   */
  enter(identifier: string, signal?: AbortSignal): Promise<number>
  /** How many all processes together hold active now. */
  held(): Promise<number>
}

const HASH_BYTES = 16
const SPREAD_MS = 5

/** A budget of active conversations that all processes of the machine share. What a killed process read stays counted. */
export function sharedActiveConversations(
  { database, clock, steadyTime, uptime }: LimitsContext,
  { org, limit, windowMs, onWait }: SharedActiveConversationsOptions,
): SharedActiveConversations {
  check('org', typeof org === 'string' && org !== '', 'name an org')
  check('limit', Number.isInteger(limit) && limit >= 1, 'be a whole number of at least 1')
  check('windowMs', Number.isFinite(windowMs) && windowMs > 0, 'be above 0')

  const salt = database.prepare('select salt from salt').get<{ readonly salt: Uint8Array }>()?.salt ?? new Uint8Array()
  const nameOf = (identifier: string): Uint8Array =>
    hash('sha256', Buffer.concat([salt, Buffer.from(JSON.stringify([org, identifier]))]), 'buffer').subarray(
      0,
      HASH_BYTES,
    )
  const touch = database.prepare(
    'update active set read_at = max(read_at, ?) where org = ? and conversation = ? and read_at + ? >= ?',
  )
  const forget = database.prepare('delete from active where org = ? and read_at + ? < ?')
  const state = database.prepare('select count(*) as n, min(read_at) as oldest from active where org = ?')
  const count = database.prepare('select count(*) as n from active where org = ? and read_at + ? >= ?')
  const add = database.prepare(
    'insert into active values (?, ?, ?) on conflict do update set read_at = excluded.read_at',
  )
  const turn = createTurns()

  /** How long to wait; 0 when the conversation is among the active ones now. */
  const enterNow = (conversation: Uint8Array, mayAdd: boolean): number => {
    const now = steadyTime()
    if (touch.run(now, org, conversation, windowMs, now) > 0) return 0
    if (!mayAdd) return 1
    forget.run(org, windowMs, now)
    const { n, oldest } = state.get<{ readonly n: number; readonly oldest: number | null }>(org) ?? {
      n: 0,
      oldest: null,
    }
    if (oldest !== null && n >= limit) return oldest + windowMs + 1 - now
    add.run(org, conversation, now)
    return 0
  }
  const attempt = (conversation: Uint8Array, mayAdd: boolean, signal: AbortSignal | undefined): Promise<number> =>
    whenFree(database.path, () => database.write(() => enterNow(conversation, mayAdd)), signal)

  return {
    async enter(identifier, signal) {
      signal?.throwIfAborted()
      const conversation = nameOf(identifier)
      const since = uptime()
      if ((await attempt(conversation, false, signal)) === 0) return 0
      const done = await turn(signal)
      try {
        for (
          let ms = await attempt(conversation, true, signal);
          ms > 0;
          ms = await attempt(conversation, true, signal)
        ) {
          onWait?.(ms)
          await clock.sleep(ms + Math.random() * Math.min(SPREAD_MS, windowMs / 100), signal)
        }
        return Math.max(0, uptime() - since)
      } finally {
        done()
      }
    },
    held: () =>
      whenFree(database.path, () =>
        // In a transaction that writes, as the steady time asks for.
        database.write(() => count.get<{ readonly n: number }>(org, windowMs, steadyTime())?.n ?? 0),
      ),
  }
}

function check(name: string, holds: boolean, rule: string): void {
  if (!holds) throw usageError('LIMITS_OPTIONS', `createSharedActiveConversations: ${name} must ${rule}.`)
}
