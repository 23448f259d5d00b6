import type { World } from '../world/world.ts'
import { selected } from './faults.ts'
import type { Scenario } from './scenario.ts'

/** Makes the world what the scenario says it is. */
export function distort(world: World, distortions: NonNullable<Scenario['world']>): void {
  for (const { conversation, agentMessages = 0, endUserMessages = 0 } of distortions.missing ?? []) {
    const index = selected(world, conversation)
    if (index !== undefined) world.claimMore(index, { agent: agentMessages, endUser: endUserMessages })
  }
  for (const conversation of distortions.ties ?? []) {
    const index = selected(world, conversation)
    if (index !== undefined) world.tie(index)
  }
}
