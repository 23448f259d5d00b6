import { otherIdentifier, recordNumber } from '../ids.ts'
import type { SchemaObject } from '../soql/schema.ts'
import type { Outline } from '../world/outline.ts'
import type { World } from '../world/world.ts'
import { auditFields, byId, fieldsOf, idOf, idRange, parentsOf, rowsWhere } from './fields.ts'

/** One conversation in so many has a call besides. */
const every = 16

/** The last of so many calls was not monitored: it knows of no conversation. */
const unmonitored = 4

/** Rows are calls, each beside the conversation it came from. */
export function voiceCallObject(world: World): SchemaObject {
  const bound = Math.ceil(world.conversations / every)
  const exists = (row: number): boolean => row < bound
  const outline = (row: number): Outline => world.outline(row * every)
  const conversationOf = (row: number): number | undefined =>
    row % unmonitored === unmonitored - 1 ? undefined : row * every
  const start = (row: number): number => outline(row).start + 90_000
  const seconds = (row: number): number => 60 + ((row * 37) % 540)
  const end = (row: number): number => start(row) + seconds(row) * 1_000
  const endUserOf = (row: number): number => outline(row).person * 4 + outline(row).channel.number
  return {
    name: 'VoiceCall',
    bound,
    rows: (first, last) => rowsWhere(first, Math.min(last, bound), exists),
    fields: fieldsOf({
      Id: ['id', (row) => idOf('VoiceCall', row)],
      CallType: ['string', (row) => (row % 3 === 0 ? 'Outbound' : 'Inbound')],
      CallDisposition: ['string', () => 'completed'],
      CallStartDateTime: ['datetime', start],
      CallAcceptDateTime: ['datetime', (row) => start(row) + 8_000],
      CallConnectDateTime: ['datetime', (row) => start(row) + 8_000],
      CallEndDateTime: ['datetime', end],
      CallDurationInSeconds: ['number', seconds],
      EndUserId: ['id', (row) => idOf('MessagingEndUser', endUserOf(row))],
      CallerId: ['id', () => null],
      RecipientId: ['id', () => null],
      FromPhoneNumber: ['string', (row) => world.person(outline(row).person).phone.e164],
      ToPhoneNumber: ['string', () => '+12025550100'],
      IsRecorded: ['boolean', (row) => row % 2 === 0],
      ConversationId: ['id', (row) => idOf('Conversation', conversationOf(row))],
      RelatedRecordId: ['id', () => null],
      PreviousCallId: ['id', () => null],
      NextCallId: ['id', () => null],
      VendorCallKey: ['string', (row) => otherIdentifier(world.seed, row, 21)],
      QueueName: ['string', () => 'Service'],
      TranscribedLanguage: ['string', (row) => world.person(outline(row).person).locale.tag],
      OwnerId: ['id', (row) => idOf('User', outline(row).agents[0]?.number)],
      UserId: ['id', (row) => idOf('User', outline(row).agents[0]?.number)],
      ...auditFields(start, end),
    }),
    parents: parentsOf({ Conversation: ['Conversation', conversationOf], EndUser: ['MessagingEndUser', endUserOf] }),
    indexes: new Map([
      ['id', byId('VoiceCall', exists)],
      [
        'conversationid',
        (id) => {
          const index = recordNumber('Conversation', id)
          const row = index === undefined || index % every !== 0 ? bound : index / every
          return exists(row) && conversationOf(row) !== undefined ? [row] : []
        },
      ],
    ]),
    ranges: new Map([['id', idRange('VoiceCall', bound)]]),
    ordered: new Set(['id', 'callstartdatetime', 'createddate']),
  }
}
