import type { Conversation } from '@custody/model'
import type { PersonName } from './evaluation-data.ts'

/** A conversation without entries, with an end user of that name. */
export function conversationWith({ full, first, last }: PersonName): Conversation {
  return {
    identifier: 'conversation',
    recordId: null,
    channelName: null,
    channelType: null,
    startTime: null,
    endTime: null,
    continuedBefore: false,
    continuesAfter: false,
    sessions: [],
    participants: [],
    endUsers: [
      {
        recordId: '0PA000000000001AAA',
        name: full,
        platformKey: null,
        messageType: null,
        contactId: '003000000000001AAA',
        contact: {
          names: [full, `${first} ${last}`, first, last].filter(Boolean),
          emails: [],
          phones: [],
          addresses: [],
        },
      },
    ],
    entries: [],
    delivered: null,
    reconciliation: null,
    witnesses: [],
    redactions: [],
  }
}
