import type { RowRange, SchemaObject } from '../soql/schema.ts'
import type { World } from '../world/world.ts'
import { byId, fieldsOf, idOf, idRange, parentsOf, rowsWhere } from './fields.ts'
import { lastModified, settling, stillOpen } from './session-state.ts'

/** Rows are conversations by their index. */
export function conversationObject(world: World): SchemaObject {
  const { conversations } = world
  const exists = (row: number): boolean => row < conversations
  const start: RowRange = {
    neverEmpty: true,
    atLeast: (value) => world.timeline.firstAtOrAfter(Number(value)),
    atMost: (value) => world.timeline.firstAtOrAfter(Number(value) + 1),
  }
  const end: RowRange = {
    neverEmpty: false,
    atLeast: (value) => world.timeline.firstAtOrAfter(Number(value) - world.longestSpan - settling),
    atMost: () => conversations,
  }
  const open = (row: number): boolean => stillOpen(world, row)
  return {
    name: 'Conversation',
    bound: conversations,
    rows: (first, last) => rowsWhere(first, last, exists),
    fields: fieldsOf({
      Id: ['id', (row) => idOf('Conversation', row)],
      Name: ['string', (row) => `C-${String(row + 1).padStart(8, '0')}`],
      ConversationIdentifier: ['string', (row) => world.outline(row).identifier],
      ConversationChannelId: ['id', (row) => idOf('MessagingChannel', world.outline(row).channel.number)],
      StartTime: ['datetime', (row) => world.timeline.startOf(row)],
      EndTime: ['datetime', (row) => (open(row) ? null : world.endOf(row))],
      CreatedDate: ['datetime', (row) => world.timeline.startOf(row)],
      LastModifiedDate: ['datetime', (row) => lastModified(world, row)],
    }),
    parents: parentsOf({}),
    indexes: new Map([
      ['id', byId('Conversation', exists)],
      [
        'conversationidentifier',
        (value) => {
          const index = world.indexOf(value)
          return index === undefined ? [] : [index]
        },
      ],
    ]),
    ranges: new Map([
      ['id', idRange('Conversation', conversations)],
      ['starttime', start],
      ['createddate', start],
      ['endtime', end],
      ['lastmodifieddate', end],
    ]),
    ordered: new Set(['id', 'starttime', 'createddate']),
  }
}
