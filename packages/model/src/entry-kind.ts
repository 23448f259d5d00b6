import type { EntryKind } from './entry.ts'
import { toWireName } from './wire-name.ts'

/** Entry types of the APIs, of the off-platform store, and of the on-platform object. */
const kinds: ReadonlyMap<string, EntryKind> = new Map<string, EntryKind>([
  ['message', 'message'],
  ['text', 'message'],
  ['participantchanged', 'participant-change'],
  ['routingrequested', 'routing'],
  ['routingresult', 'routing'],
  ['routingworkresult', 'routing'],
  ['botescalated', 'routing'],
  ['messagedeliveryfailed', 'delivery-failure'],
  ['deliveryacknowledgement', 'acknowledgement'],
  ['readacknowledgement', 'acknowledgement'],
  ['typingindicator', 'typing'],
  ['typingstartedindicator', 'typing'],
  ['typingstoppedindicator', 'typing'],
  ['progressindicator', 'typing'],
  ['sessionstatuschanged', 'session-change'],
  ['sessionownerchanged', 'session-change'],
  ['sessioncontext', 'session-change'],
  ['closeconversation', 'session-change'],
  ['chatbotestablished', 'session-change'],
  ['chatbotnotestablished', 'session-change'],
  ['chatbotclosedidlesession', 'session-change'],
  ['chatbotendedchatbyaction', 'session-change'],
  ['chatbotendedtransfernotconfigured', 'session-change'],
  ['conversationcontrollost', 'session-change'],
  ['modalityupdate', 'modality-change'],
  ['enduserconsentupdated', 'consent'],
  ['enduseroptedin', 'consent'],
  ['enduseroptedout', 'consent'],
  ['adminoptedin', 'consent'],
  ['adminoptedout', 'consent'],
  ['flagraise', 'flag'],
  ['flagraised', 'flag'],
  ['flaglower', 'flag'],
  ['flaglowered', 'flag'],
  ['note', 'note'],
])

/** Our reading of a vendor's entry type, in any of its spellings (`ParticipantChanged`, `PARTICIPANT_CHANGED`). */
export function toEntryKind(entryType: string): EntryKind {
  return kinds.get(entryType) ?? kinds.get(toWireName(entryType)) ?? 'other'
}
