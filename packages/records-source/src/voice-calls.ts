import { type Contact, type EndUser, toRecordId } from '@custody/model'
import { callCenterPrefix } from './assumptions.ts'
import type { ConversationRow, VoiceCallRow } from './wire.ts'

/** Whether a conversation is a call of Salesforce Voice. One of messages may have calls besides. */
export function isVoice({ ConversationChannelId }: ConversationRow): boolean {
  return ConversationChannelId?.startsWith(callCenterPrefix) ?? false
}

/**
 * The end users of a conversation with the numbers they called from or were called at. A number that belongs to no end user
 * stands for one of its own, under the id of the call: redaction has to know it. Pure.
 */
export function withCalls(endUsers: readonly EndUser[], calls: readonly VoiceCallRow[]): readonly EndUser[] {
  const known = new Map(endUsers.map((endUser) => [endUser.recordId, endUser]))
  for (const call of calls) {
    const phones = phonesOf(call)
    const endUser = known.get(toRecordId(call.EndUserId) ?? '')
    if (endUser) known.set(endUser.recordId, withPhones(endUser, phones))
    else if (phones.length > 0) {
      const recordId = toRecordId(call.Id) ?? call.Id
      known.set(recordId, withPhones({ ...nobody, recordId }, phones))
    }
  }
  return [...known.values()]
}

const nobody = { name: null, platformKey: null, messageType: null, contactId: null, contact: null } as const
const emptyContact: Contact = { names: [], emails: [], phones: [], addresses: [] }

function withPhones(endUser: EndUser, phones: readonly string[]): EndUser {
  const { contact, platformKey } = endUser
  const unknown = phones.filter((phone) => phone !== platformKey)
  if (unknown.length === 0) return endUser
  const base = contact ?? emptyContact
  return { ...endUser, contact: { ...base, phones: [...new Set([...base.phones, ...unknown])] } }
}

/**
 * The numbers of the other side: the caller of an inbound call, who was called by an outbound one. Both where that is not
 * said: to redact a number of one's own is the smaller mistake.
 */
function phonesOf({ CallType, FromPhoneNumber, ToPhoneNumber }: VoiceCallRow): readonly string[] {
  const [from, to] = [FromPhoneNumber ?? '', ToPhoneNumber ?? '']
  const phones = CallType === 'Inbound' ? [from] : CallType === 'Outbound' ? [to] : [from, to]
  return phones.filter((phone) => phone.trim() !== '')
}
