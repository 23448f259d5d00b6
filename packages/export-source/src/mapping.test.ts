import { describe, expect, test } from 'vitest'
import { knownNames } from './assumptions.ts'
import { matchColumns } from './columns.ts'
import { loadMapping } from './mapping.ts'
import { sideTableOf } from './side-table.ts'

const matched = (...names: string[]): Record<string, string> =>
  Object.fromEntries([...matchColumns(names).places].map(([field, place]) => [field, names[place] ?? '']))

describe('columns are found by their known spellings', () => {
  test.each([
    [
      [
        'identifier',
        'conversation_identifer',
        'entry_type',
        'entry_payload',
        'sender',
        'transcripted_timestamp',
        'client_timestamp',
      ],
    ],
    [
      [
        'Identifier',
        'ConversationIdentifier',
        'EntryType',
        'EntryPayload',
        'Sender',
        'TranscriptedTimestamp',
        'ClientTimestamp',
      ],
    ],
    [
      [
        'identifier',
        'conversationIdentifier',
        'entryType',
        'entryPayload',
        'sender',
        'serverReceivedTimestamp',
        'clientTimestamp',
      ],
    ],
    [
      [
        'ssot__Id__c',
        'ssot__ConversationId__c',
        'ssot__ConversationEntryType__c',
        'ssot__PayloadText__c',
        'Sender',
        'ssot__TranscriptedDateTime__c',
        'ssot__ClientDateTime__c',
      ],
    ],
    [
      [
        'std__Id__c',
        'std__ConversationId__c',
        'std__ConversationEntryType__c',
        'std__PayloadText__c',
        'sender',
        'std__TranscriptedDateTime__c',
        'std__ClientDateTime__c',
      ],
    ],
    [
      [
        'Conversation Entry Id',
        'Conversation Identifier',
        'Entry Type',
        'Entry Payload',
        'SENDER',
        'Transcripted Timestamp',
        'Client Timestamp',
      ],
    ],
  ])('%j', (names) => {
    const [entryId, conversation, entryType, payload, sender, serverAt, clientAt] = names
    expect(matched(...names)).toEqual({ entryId, conversation, entryType, payload, sender, serverAt, clientAt })
    expect(matchColumns(names).missing).toEqual([])
  })

  test('the preferred name wins, each column is one field', () => {
    expect(matched('Id', 'ConversationId', 'ConversationEntityId', 'MessageIdentifier', 'EntryTime')).toEqual({
      conversation: 'ConversationEntityId',
      entryId: 'MessageIdentifier',
      serverAt: 'EntryTime',
    })
    expect(Object.values(knownNames).flat()).toHaveLength(new Set(Object.values(knownNames).flat()).size)
  })

  test('what is missing is said', () => {
    expect(matchColumns(['a']).missing).toEqual(['conversation', 'serverAt or clientAt', 'payload, text or entryType'])
    expect(matchColumns(['ConversationId', 'EntryTime']).missing).toEqual(['payload, text or entryType'])
  })

  test('a mapping is before all, and null keeps a field from being looked for', () => {
    const names = ['ConversationId', 'Chat', 'EntryTime', 'Text']
    const { places } = matchColumns(names, { conversation: 'Chat', serverAt: null, text: 'gone' })
    expect([...places]).toEqual([['conversation', 1]])
  })
})

describe('tables beside the entries are known by their columns', () => {
  test.each([
    ['participants', ['Id', 'ConversationId', 'ParticipantRole', 'ParticipantDisplayName', 'ParticipantEntityId']],
    ['participants', ['std__Id__c', 'std__ConversationId__c', 'std__EngagementParticipantRole__c']],
    ['conversations', ['Id', 'ConversationIdentifier', 'StartTime', 'EndTime']],
    ['conversations', ['ssot__Id__c', 'ssot__ExternalRecordId__c']],
    ['related-records', ['conversation_entity_id', 'record_id', 'created_at', 'org_id']],
    [undefined, ['Id', 'Name', 'Phone']],
    [undefined, []],
  ])('%s', (kind, names) => {
    expect(sideTableOf(names)?.kind).toBe(kind)
  })
})

describe('a mapping file', () => {
  test('with everything', () => {
    const text =
      'version: 1\nfields:\n  conversation: Chat Key\n  entryId: null\nroles: { Rep: agent }\nencoding: windows-1252\ndelimiter: ";"\nquote: null\noffset: "+02:00"\nignore: [readme.csv]\n'
    expect(loadMapping(text)).toEqual({
      version: 1,
      fields: { conversation: 'Chat Key', entryId: null },
      roles: { Rep: 'agent' },
      encoding: 'windows-1252',
      delimiter: ';',
      quote: null,
      offset: '+02:00',
      ignore: ['readme.csv'],
    })
    expect(loadMapping('{"version":1}')).toEqual({ version: 1, fields: {}, roles: {}, ignore: [] })
  })

  test.each([
    ['version: 2', 'version'],
    ['version: 1\nfield: {}', 'unknown key field'],
    ['version: 1\nfields: { colour: x }', 'unknown key fields.colour'],
    ['version: 1\nfields: { payload: [x] }', 'fields.payload'],
    ['version: 1\nencoding: klingon', 'encoding'],
    ['version: 1\noffset: Berlin', 'offset'],
    ['version: 1\ndelimiter: ",,"', 'delimiter'],
    ['version: 1\nroles: { Rep: boss }', 'roles.Rep'],
    ['version: 1\nx: &a 1\nfields: *a', ''],
    ['version: [', ''],
    ['', ''],
    ['x'.repeat((1 << 20) + 1), 'longer'],
  ])('%# is refused', (text, why) => {
    expect(() => loadMapping(text)).toThrow(
      expect.objectContaining({ code: 'EXPORT_MAPPING', kind: 'usage', message: expect.stringContaining(why) }),
    )
  })
})
