import type { Role } from './participant.ts'
import { toWireName } from './wire-name.ts'

const roles: ReadonlyMap<string, Role> = new Map([
  ['enduser', 'end-user'],
  ['agent', 'agent'],
  ['chatbot', 'bot'],
  ['bot', 'bot'],
  ['system', 'system'],
  ['router', 'system'],
  ['supervisor', 'supervisor'],
])

/**
 * The role behind a vendor's word, in any of its spellings: `EndUser`, `END_USER`, `End User`. `Chatbot` and `Bot` are one
 * role, `Router` counts as the system. Anything else is `other`.
 */
export function toRole(vendorRole: unknown): Role {
  return (typeof vendorRole === 'string' && roles.get(toWireName(vendorRole))) || 'other'
}
