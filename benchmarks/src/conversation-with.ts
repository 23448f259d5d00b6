import { type Conversation, emptyConversation } from '@custody/model'
import type { PersonName } from './evaluation-data.ts'

/** A conversation without entries, with an end user of that name. */
export function conversationWith({ full, first, last }: PersonName): Conversation {
  return {
    ...emptyConversation('conversation'),
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
  }
}
