import { z } from 'zod'
import { platformAssumed } from '../platform-assumptions.ts'
import type { Step } from '../world/script.ts'
import { staticText } from '../world/static-text.ts'
import type { OrgState } from './org-state.ts'
import { coreError, json, type Reply } from './reply.ts'

/** Connect REST API Developer Guide, Conversation Entry Update Input. */
const updates = z.object({
  conversationEntriesUpdates: z.array(
    z.object({ identifier: z.string(), messageText: z.string(), relatedRecords: z.array(z.string()).optional() }),
  ),
})

/** Replaces texts where they stand: whatever delivers the entries afterwards delivers the new ones. */
export function updateEntries(org: OrgState, index: number, body: string): Reply {
  const asked = updates.safeParse(parsed(body))
  if (!asked.success) return coreError(400, 'JSON_PARSER_ERROR', 'conversationEntriesUpdates is missing or malformed')
  if (asked.data.conversationEntriesUpdates.length > org.switches.connectUpdatesPerRequest) {
    return coreError(400, 'INVALID_PARAMETER_VALUE', 'conversationEntriesUpdates is too long')
  }
  const { steps } = org.world.conversation(index)
  const absent = org.deletions.absent('connect')
  const there = steps.filter((step) => !absent.entry(index, step))
  const places = new Map(there.map((step) => [org.world.entryId(index, step), step]))
  const rewrites: [step: Step, text: string][] = []
  for (const { identifier, messageText } of asked.data.conversationEntriesUpdates) {
    const step = places.get(identifier)
    // assumption: all or nothing, and only what has a text can be given another.
    if (!step || staticText(org.world.entry(index, step).payload) === undefined) {
      return coreError(400, 'INVALID_ID_FIELD', `Invalid identifier: ${identifier.slice(0, 64)}`)
    }
    rewrites.push([step, messageText])
  }
  if (org.switches.connectUpdates === 'written') {
    const now = org.clock.now()
    for (const [step, text] of rewrites) org.world.rewrite(index, step, text, now)
  }
  return json(200, platformAssumed.connectUpdated)
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}
