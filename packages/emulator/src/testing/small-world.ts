import { defaultDeletionSwitches } from '../deletion/deletion-switches.ts'
import { Deletions } from '../deletion/deletions.ts'
import { recordId } from '../ids.ts'
import { createSchema } from '../objects/schema.ts'
import { seedNumber } from '../random.ts'
import type { Schema } from '../soql/schema.ts'
import { monthOf } from '../world/calendar.ts'
import { createWorld, type World, type WorldOptions } from '../world/world.ts'
import { manualClock } from './manual-clock.ts'

/** A world without a server. */
export function smallWorld(
  conversations = 60,
  options: Partial<Omit<WorldOptions, 'conversations' | 'month'>> = {},
): World {
  const { seed = 1, orphanSessions = 0, longEntries = 300, ...rest } = options
  return createWorld({
    ...rest,
    seed: seedNumber(seed),
    conversations,
    month: monthOf('2026-10'),
    longEntries,
    orphanSessions,
  })
}

/** The objects of a world, without a server: nothing is deleted, two privacy holds stand, one end user has restricted children. */
export function smallSchema(world: World): Schema {
  const clock = manualClock()
  const endUser = recordId('MessagingEndUser', world.population.channelsOf(0)[0] ?? 0)
  const contact = recordId('Contact', 0)
  const switches = {
    ...defaultDeletionSwitches,
    restricted: [endUser],
    privacyHolds: [{ recordId: endUser }, { recordId: contact, isActive: false, endDate: '2026-12-31' }],
  }
  const deletions = new Deletions(world, clock, switches)
  return createSchema(world, { executionUsers: 1, clock, deletions })
}
