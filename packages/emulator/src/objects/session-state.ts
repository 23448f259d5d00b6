import { assumed } from '../assumptions.ts'
import { hash32 } from '../random.ts'
import type { SessionOutline } from '../world/outline.ts'
import type { World } from '../world/world.ts'

/** How a session stands: most have ended, the latest are going on, a few were left inactive or broke off. */
export function sessionStatus(world: World, index: number, session: SessionOutline): string {
  const set = world.sessionsState(index)
  if (set === 'ended') return 'Ended'
  if (set === 'open' && session.number === world.outline(index).sessions.length - 1) return 'Active'
  if (session.open) return index % 3 === 0 ? 'Waiting' : 'Active'
  const draw = hash32(world.seed, 0x73657373, index, session.number) % 100
  if (draw < 2) return 'Inactive'
  return draw < 3 ? 'Error' : 'Ended'
}

/** When a session ended; null while it has not. */
export function sessionEnd(world: World, index: number, session: SessionOutline): number | null {
  const status = sessionStatus(world, index, session)
  if (status !== 'Ended' && status !== 'Error') return null
  const last = session.number === world.outline(index).sessions.length - 1
  return last ? Math.max(session.end, world.endOf(index)) : session.end
}

/** Whether the last session of a conversation has not ended. */
export function stillOpen(world: World, index: number): boolean {
  const session = world.outline(index).sessions.at(-1)
  return session !== undefined && sessionEnd(world, index, session) === null
}

/** Whether any session of an end user's, or of a conversation, has a status that does not count as closed. */
export function hasOpenSession(
  world: World,
  { kind, row }: { readonly kind: 'end-user' | 'conversation'; readonly row: number },
  closed: readonly string[],
): boolean {
  const indexes = kind === 'conversation' ? [row] : world.conversationsOf(row).own
  return indexes.some((index) =>
    world.outline(index).sessions.some((session) => !closed.includes(sessionStatus(world, index, session))),
  )
}

/** A moment after the last thing that happened, and a moment more for every entry added since. */
export function lastModified(world: World, index: number): number {
  return world.endOf(index) + assumed.lastModifiedLagMs * (1 + world.appended(index))
}

/** The most by which the last modification can lie behind the end of a conversation, in milliseconds. */
export const settling = 86_400_000
