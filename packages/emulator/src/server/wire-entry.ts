import { withChecksum } from '../ids.ts'
import { Random } from '../random.ts'
import type { Outline } from '../world/outline.ts'
import { appTypeOf, subjectOf } from '../world/participants.ts'
import type { Person } from '../world/people.ts'
import { purpose } from '../world/purposes.ts'
import type { Step, WireRole } from '../world/script.ts'
import { bot, supervisor } from '../world/staff.ts'
import type { World } from '../world/world.ts'
import type { OrgState } from './org-state.ts'

/** What of an org makes entries look as they do. */
export type EntrySource = Pick<OrgState, 'world' | 'switches'>

/** An entry as the Conversation Data API writes it. */
export function wireEntry(org: EntrySource, outline: Outline, step: Step): Record<string, unknown> {
  const { switches, world } = org
  const person = world.speaker(outline, step)
  const { entryId, entryType, payload } = world.entry(outline.index, step)
  const received = switches.timestampUnit === 'seconds' ? Math.floor(step.at / 1_000) : step.at
  const sent = sentAt(world, outline, step)
  const client = switches.timestampUnit === 'milliseconds' ? sent : Math.floor(sent / 1_000)
  return {
    identifier: entryId,
    entryType,
    entryPayload: switches.payload === 'string' ? JSON.stringify(payload) : payload,
    sender: senderOf(world, outline, step),
    ...(switches.senderDisplayName && { senderDisplayName: displayNameOf(outline, person, step) }),
    recipients: recipientsOf(world, outline, step),
    relatedRecords: relatedRecords(org, outline, step),
    clientTimestamp: client,
    ...(switches.timestampField !== 'serverReceivedTimestamp' && { transcriptedTimestamp: received }),
    ...(switches.timestampField !== 'transcriptedTimestamp' && { serverReceivedTimestamp: received }),
  }
}

/** When the sender says that they sent it: their clock is up to a second and a half behind. */
export function sentAt(world: World, outline: Outline, step: Step): number {
  return step.at - new Random(world.seed, purpose.order, outline.index, step.number).below(1_500)
}

/** A participant as entries name one. */
export interface WireParticipant {
  readonly role: WireRole
  readonly appType: string
  readonly subject: string | null
}

export function senderOf(world: World, outline: Outline, step: Step): WireParticipant {
  return participant(world, outline, world.speaker(outline, step), step.role, step.session)
}

// assumption: what is said to several end users at once names none of them.
function recipientsOf(world: World, outline: Outline, { role, session }: Step): readonly WireParticipant[] {
  if (role === 'EndUser' || outline.guest !== undefined) return []
  return [participant(world, outline, world.person(outline.person), 'EndUser', session)]
}

function participant(
  world: World,
  outline: Outline,
  endUser: Person,
  role: WireRole,
  session: number,
): WireParticipant {
  return { role, appType: appTypeOf(outline, role), subject: subjectOf(world.seed, outline, endUser, role, session) }
}

/** The name a sender goes by. */
export function displayNameOf(outline: Outline, person: Person, { role, session }: Step): string {
  switch (role) {
    case 'EndUser':
      return person.name
    case 'Agent':
      return outline.agents[Math.min(session, outline.agents.length - 1)]?.name ?? 'Agent'
    case 'Supervisor':
      return supervisor.name
    case 'Chatbot':
      return bot.name
    default:
      return 'Automated Process'
  }
}

/** Bots relate their entries to nothing. */
export function relatedRecords(org: EntrySource, outline: Outline, step: Step): readonly string[] {
  const id15 = outline.sessions[step.session]?.id15
  if (step.role === 'Chatbot' || id15 === undefined) return []
  return [org.switches.relatedRecordIds === 15 ? id15 : withChecksum(id15)]
}
