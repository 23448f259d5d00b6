import { seedNumber } from '../random.ts'
import { monthOf } from '../world/calendar.ts'
import { createWorld, type World } from '../world/world.ts'

/** A world without a server. */
export function smallWorld(
  conversations = 60,
  options: { seed?: number; orphanSessions?: number; longEntries?: number } = {},
): World {
  const { seed = 1, orphanSessions = 0, longEntries = 300 } = options
  return createWorld({ seed: seedNumber(seed), conversations, month: monthOf('2026-10'), longEntries, orphanSessions })
}
