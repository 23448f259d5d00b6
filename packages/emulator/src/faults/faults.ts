import { hash32 } from '../random.ts'
import type { Endpoint } from '../server/calls.ts'
import { purpose } from '../world/purposes.ts'
import type { World } from '../world/world.ts'
import type { ConversationSelector, FaultAction, FaultRule } from './scenario.ts'

/** A request as rules see it. */
export interface FaultContext {
  readonly endpoint: Endpoint
  /** The conversation asked for, if it is one of the org's. */
  readonly conversation: number | undefined
  readonly page: 'first' | 'next'
}

/** The rules of a scenario, and how often each has met its request and struck. */
export interface Faults {
  /** What goes wrong with this request; it counts as served by asking. */
  strike(context: FaultContext): readonly FaultAction[]
}

export function createFaults(rules: readonly FaultRule[], world: World): Faults {
  const book = rules.map((rule) => ({
    ...rule,
    index: rule.match.conversation === undefined ? undefined : selected(world, rule.match.conversation),
    times: rule.times ?? (rule.match.probability === undefined ? 1 : 'always'),
    met: 0,
    struck: 0,
  }))
  return {
    strike(context) {
      const actions: FaultAction[] = []
      for (const [k, rule] of book.entries()) {
        const { endpoint, conversation, page, nth, probability } = rule.match
        if (endpoint !== undefined && endpoint !== context.endpoint) continue
        if (conversation !== undefined && rule.index !== context.conversation) continue
        if (page !== undefined && page !== context.page) continue
        rule.met += 1
        if (nth !== undefined && rule.met < nth) continue
        if (rule.times !== 'always' && rule.struck >= rule.times) continue
        if (probability !== undefined && hash32(world.seed, purpose.fault, k, rule.met) >= probability * 2 ** 32)
          continue
        rule.struck += 1
        actions.push(rule.action)
      }
      return actions
    },
  }
}

/** The index a selector names; undefined, which no request matches, where the world is too small for it. */
export function selected(world: World, selector: ConversationSelector): number | undefined {
  if (selector === 'long') return world.longIndex
  const { first, end } = world.timeline
  const index = selector < 0 ? end + selector : first + selector
  return index >= first && index < end ? index : undefined
}
