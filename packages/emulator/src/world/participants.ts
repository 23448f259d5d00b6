import { recordId, recordId15 } from '../ids.ts'
import type { Outline } from './outline.ts'
import type { Person } from './people.ts'
import type { WireRole } from './script.ts'
import { bot, supervisor } from './staff.ts'
import { visitorSubject } from './text.ts'

/** The subject of a participant: what the service knows them by. */
export function subjectOf(seed: number, outline: Outline, person: Person, role: WireRole, session = 0): string | null {
  switch (role) {
    case 'EndUser':
      return platformKeyOf(seed, outline.channel.number, person)
    case 'Agent': {
      const agent = outline.agents[Math.min(session, outline.agents.length - 1)]
      return agent ? recordId15('User', agent.number) : null
    }
    case 'Supervisor':
      return recordId15('User', supervisor.number)
    case 'Chatbot':
      return recordId15('BotDefinition', bot.number)
    default:
      return recordId('Organization', 1)
  }
}

/** What a channel knows a person by: their phone number, a page-scoped id, or the subject of a web visitor. */
export function platformKeyOf(seed: number, channel: number, person: Person): string {
  if (channel === 0) return visitorSubject(seed, person)
  return channel === 3 ? String(7_000_000_000_000_000 + person.number) : person.phone.e164
}

export function appTypeOf(outline: Outline, role: WireRole): string {
  switch (role) {
    case 'EndUser':
      return outline.channel.appType
    case 'Chatbot':
      return 'chatbot'
    case 'Agent':
    case 'Supervisor':
      return 'agent'
    default:
      return 'messaging'
  }
}
