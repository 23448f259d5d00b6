import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Conversation, toEntryKind, toRole } from '@custody/model'
import type { Batch, Source } from '@custody/pipeline'
import { type Outside, testSource } from '@custody/testkit'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ExportFile } from './export-files.ts'
import { defaultLimits } from './limits.ts'
import { defaultMapping, type ExportMapping, loadMapping } from './mapping.ts'
import { conversationsIn, exportConversations } from './source.ts'
import { buildZip } from './testing/build-zip.ts'
import { chunkedFile } from './testing/chunked-file.ts'
import { csv, type Layout, writeLayout } from './testing/layouts.ts'
import { type ExportedRow, layoutNames, sampleRows, sampleWindow as window } from './testing/sample-rows.ts'
import { leftIn, temporaryFolder } from './testing/temporary-folder.ts'
import { writeZip } from './testing/write-zip.ts'

function sourceOf(files: readonly ExportFile[], mapping: ExportMapping = defaultMapping): Source<Conversation> {
  async function* all(): AsyncGenerator<ExportFile> {
    yield* files
  }
  return conversationsIn(all, { window, directory: '/nowhere', mapping, limits: defaultLimits })
}

async function collect(source: Source<Conversation>): Promise<{
  readonly conversations: Conversation[]
  readonly rejects: Batch<Conversation>['rejects'][number][]
  readonly drops: Record<string, number>[]
}> {
  const found = {
    conversations: [] as Conversation[],
    rejects: [] as Batch<Conversation>['rejects'][number][],
    drops: [] as Record<string, number>[],
  }
  for await (const { records, rejects, drops } of source()) {
    found.conversations.push(...records)
    found.rejects.push(...rejects)
    if (drops) found.drops.push(drops)
  }
  return found
}

const file = (text: string, name = 'e.csv'): ExportFile => chunkedFile(`x.zip/${name}`, Buffer.from(text))
const shuffled = <T>(values: readonly T[]) => fc.shuffledSubarray([...values], { minLength: values.length })

describe('the same rows give the same conversations', () => {
  const write = (layout: Layout, rows: readonly ExportedRow[], chunk = 1 << 20): ExportFile => {
    const { name, bytes } = writeLayout(layout, rows)
    return chunkedFile(`x.zip/${name}`, bytes, chunk)
  }

  test('in any layout, in any order, cut anywhere, in any number of files', async () => {
    const scenario = sampleRows.chain((rows) =>
      fc.record({
        rows: fc.constant(rows),
        again: shuffled(rows),
        layout: fc.constantFrom(...layoutNames),
        split: fc.nat({ max: rows.length }),
        chunk: fc.constantFrom(7, 100, 1 << 20),
      }),
    )
    await fc.assert(
      fc.asyncProperty(scenario, async ({ rows, again, layout, split, chunk }) => {
        fc.pre(rows.length > 0)
        const { conversations, rejects } = await collect(sourceOf([write('off-core-csv', rows)]))
        const parts = [again.slice(0, split), again.slice(split)].filter((part) => part.length > 0)
        const other = await collect(sourceOf(parts.map((part) => write(layout, part, chunk))))
        expect([...rejects, ...other.rejects]).toEqual([])
        expect(other.conversations).toEqual(conversations)
        expect(conversations.map((one) => one.identifier)).toEqual(
          [...new Set(rows.map((row) => row.conversation))].sort(),
        )
        for (const conversation of conversations) checkAgainst(rows, conversation)
      }),
      { numRuns: 200 },
    )
  })

  /** What a plain reading of the rows says. */
  function checkAgainst(rows: readonly ExportedRow[], found: Conversation): void {
    const all = rows.filter(({ conversation }) => conversation === found.identifier)
    const inside = all.filter(({ serverAt }) => serverAt >= window.from && serverAt < window.to)
    expect(found.entries.map(({ entryId }) => entryId).sort()).toEqual(inside.map(({ entryId }) => entryId).sort())
    for (const entry of found.entries) {
      const row = inside.find(({ entryId }) => entryId === entry.entryId)
      expect(entry).toMatchObject({
        sentAt: row?.serverAt,
        clientAt: row?.clientAt || null,
        entryType: row?.entryType,
        kind: toEntryKind(row?.entryType ?? ''),
        payload: row?.payload,
        source: 'transcript-export',
        relatedRecords: row?.relatedRecords,
        sender: { role: toRole(row?.sender.role), appType: row?.sender.appType, subject: row?.sender.subject },
        extra: row?.colour ? { colour: row.colour } : null,
      })
      if (entry.kind === 'message') expect(entry.text).toBe(wordsOf(row?.payload ?? ''))
    }
    const messages = all.filter(({ entryType }) => toEntryKind(entryType) === 'message')
    expect(found.delivered).toEqual({
      entries: all.length,
      entriesInWindow: inside.length,
      agentMessages: messages.filter(({ sender }) => sender.role === 'Agent').length,
      endUserMessages: messages.filter(({ sender }) => sender.role === 'EndUser').length,
      requests: 0,
      source: 'transcript-export',
    })
    expect(found.continuedBefore).toBe(all.some(({ serverAt }) => serverAt < window.from))
    expect(found.continuesAfter).toBe(all.some(({ serverAt }) => serverAt >= window.to))
  }
})

/** What somebody said, by the payload of a message; a payload that is none stands as it is. */
function wordsOf(payload: string): string {
  const [, words] = /"text":("(?:[^"\\]|\\.)*")/.exec(payload) ?? []
  return words === undefined ? payload : JSON.parse(words)
}

describe('the contract of a source', () => {
  const rows: readonly ExportedRow[] = Array.from({ length: 120 }, (_, index) => ({
    conversation: `c-${String(index % 60).padStart(2, '0')}`,
    entryId: `e-${index}`,
    entryType: 'Message',
    payload: 'words',
    sender: { role: 'Agent', appType: 'agent', subject: 's' },
    serverAt: '2026-10-05T10:00:00.000Z',
    clientAt: '',
    relatedRecords: [],
    colour: '',
  }))
  const { name, bytes } = writeLayout('off-core-csv', rows)
  const broken = Buffer.from('\r\n"x","",,,,,,,\r\n')
  testSource<Conversation>({
    test,
    idOf: ({ identifier }) => identifier,
    expected: ['x.csv#121', ...new Set(rows.map(({ conversation }) => conversation))],
    source: (outside) => sourceOf([watched(chunkedFile('x.csv', Buffer.concat([bytes, broken]), 9000), outside)]),
  })
  test('has an example that is read', () => expect(name).toBe('entries.csv'))

  function watched({ name, read }: ExportFile, outside: Outside): ExportFile {
    return {
      name,
      async *read(signal) {
        const file = outside.open()
        try {
          await outside.call(signal)
          for await (const chunk of read(signal)) {
            yield chunk
            await outside.call(signal)
          }
        } finally {
          file.close()
        }
      },
    }
  }
})

describe('what a row is read as', () => {
  const one = async (header: string, row: string, mapping?: ExportMapping) => {
    const { conversations, rejects } = await collect(sourceOf([file(`${header}\n${row}\n`)], mapping))
    return { entry: conversations[0]?.entries[0], conversation: conversations[0], rejects }
  }

  test('plain text in a column of its own is a message', async () => {
    const { entry } = await one(
      'ConversationId,MessageIdentifier,ActorType,ActorName,Message,EntryTime',
      'c,e,Agent,Ada,a &amp; b,2026-10-05T10:00:00.000+0000',
    )
    expect(entry).toMatchObject({
      entryId: 'e',
      kind: 'message',
      entryType: 'Message',
      text: 'a &amp; b',
      payload: null,
      extra: null,
      sender: { role: 'agent', displayName: 'Ada' },
    })
  })

  test.each([
    ['ms', '1791194400000'],
    ['s', '1791194400'],
    ['ISO', '2026-10-05T10:00:00Z'],
    ['another offset', '2026-10-05T12:00:00.000+02:00'],
    ['as SOQL writes', '2026-10-05T10:00:00.000+0000'],
    ['UTC by word', '2026-10-05 10:00:00 UTC'],
  ])('a time in %s', async (_, time) => {
    const { entry } = await one('conversation_id,id,text,transcripted_timestamp', `c,e,x,${time}`)
    expect(entry?.sentAt).toBe('2026-10-05T10:00:00.000Z')
  })

  test('a time without an offset only with the one that a mapping names', async () => {
    const [header, row] = ['conversation_id,id,text,entry_time', 'c,e,x,2026-10-05 10:00:00']
    expect((await one(header, row)).rejects).toMatchObject([
      { code: 'ROW_WITHOUT_TIMESTAMP', subject: { type: 'Row', id: 'x.zip/e.csv#1' } },
    ])
    const { entry } = await one(header, row, { ...defaultMapping, offset: '+02:00' })
    expect(entry?.sentAt).toBe('2026-10-05T08:00:00.000Z')
  })

  test.each([
    [
      '{"role":"EndUser","subject":"s","appType":"iamessage"}',
      { role: 'end-user', subject: 's', appType: 'iamessage', displayName: null },
      null,
    ],
    [
      '{"role":"Robot","level":1}',
      { role: 'other', subject: null, appType: null, displayName: null },
      { sender: { role: 'Robot', level: 1 } },
    ],
    ['END_USER', { role: 'end-user', subject: null, appType: null, displayName: null }, null],
    ['Ada', { role: 'other', subject: null, appType: null, displayName: 'Ada' }, null],
    ['[1]', { role: 'other', subject: null, appType: null, displayName: null }, { sender: [1] }],
  ])('the sender %s', async (sender, expected, extra) => {
    const { entry } = await one(
      'conversation_id,id,text,entry_time,sender',
      `c,e,x,1791194400,"${sender.replaceAll('"', '""')}"`,
    )
    expect(entry?.sender).toEqual(expected)
    expect(entry?.extra).toEqual(extra)
  })

  test('roles by the words of a mapping', async () => {
    const mapping = loadMapping('version: 1\nfields: { role: Who }\nroles: { Rep: agent }\n')
    const rows = 'conversation_id,id,text,entry_time,Who'
    expect((await one(rows, 'c,e,x,1791194400,Rep', mapping)).entry?.sender.role).toBe('agent')
    const other = await one(rows, 'c,e,x,1791194400,constructor', mapping)
    expect(other.entry).toMatchObject({ sender: { role: 'other' }, extra: { Who: 'constructor' } })
  })

  test('nothing is lost: columns without a field, a column called __proto__, two of one name, fields of another kind', async () => {
    const { entry } = await one(
      'conversation_id,id,text,entry_time,__proto__,colour,colour,related_records',
      'c,e,x,1791194400,p,red,blue,"{""a"":1}"',
    )
    expect(Object.entries(entry?.extra as object)).toEqual([
      ['__proto__', 'p'],
      ['colour', 'red'],
      ['colour (2)', 'blue'],
      ['related_records', '{"a":1}'],
    ])
  })

  test('a row that names no conversation, or has no time', async () => {
    const text = 'conversation_id,id,text,entry_time\n,e1,x,1791194400\nc,e2,x,0\nc,e3,x,soon\nc,e4,x,1791194400\n'
    const { conversations, rejects } = await collect(sourceOf([file(text)]))
    expect(rejects.map(({ code, subject }) => [code, subject.id])).toEqual([
      ['ROW_WITHOUT_CONVERSATION', 'x.zip/e.csv#1'],
      ['ROW_WITHOUT_TIMESTAMP', 'x.zip/e.csv#2'],
      ['ROW_WITHOUT_TIMESTAMP', 'x.zip/e.csv#3'],
    ])
    expect(conversations.map(({ entries }) => entries.map(({ entryId }) => entryId))).toEqual([['e4']])
    expect(JSON.stringify(rejects)).not.toContain('soon')
  })

  test('an entry that only the sender’s clock places is told once for its conversation', async () => {
    const { conversations, rejects } = await collect(
      sourceOf([file('conversation_id,id,text,client_timestamp\nc,e1,x,1791194400\nc,e2,x,1791194401\n')]),
    )
    expect(conversations[0]?.entries).toHaveLength(2)
    expect(rejects).toMatchObject([{ code: 'ENTRY_TIME_BY_SENDER', within: { id: 'c' } }])
  })

  test('the same entry twice is one; another content is told, and the later one kept', async () => {
    const lines = [
      'c,e,first,1791194400',
      'c,e,first,1791194400',
      'c,e,second,1791194500',
      'c,f,x,1791194400',
      'c,f,y,1791194400',
    ]
    await fc.assert(
      fc.asyncProperty(shuffled(lines), async (rows) => {
        const { conversations, rejects } = await collect(
          sourceOf([file(`conversation_id,id,text,entry_time\n${rows.join('\n')}\n`)]),
        )
        expect(conversations[0]?.entries.map(({ text }) => text)).toEqual(['x', 'second'])
        expect(rejects.map(({ code, subject }) => [code, subject.id])).toEqual([
          ['ENTRY_CONFLICT', 'e'],
          ['ENTRY_CONFLICT', 'f'],
        ])
      }),
    )
  })

  test('rows without an identifier all stay, under the same ones whatever their order', async () => {
    const lines = ['c,hello,1791194400', 'c,hello,1791194400', 'c,bye,1791194400', 'c,bye,1791194401']
    const read = async (rows: readonly string[]) =>
      (await collect(sourceOf([file(`conversation_id,text,entry_time\n${rows.join('\n')}\n`)]))).conversations[0]
        ?.entries
    const first = await read(lines)
    expect(new Set(first?.map(({ entryId }) => entryId)).size).toBe(4)
    await fc.assert(
      fc.asyncProperty(shuffled(lines), async (rows) => {
        expect(await read(rows)).toEqual(first)
      }),
    )
  })

  test('conversations named by 15 and by 18 characters are one, and known by their id', async () => {
    const text =
      'ConversationId,Id,Text,EntryTime\n0dwAA0000000001,e1,x,1791194400\n0dwAA0000000001YAA,e2,x,1791194401\n'
    const { conversations } = await collect(sourceOf([file(text)]))
    expect(conversations).toMatchObject([{ recordId: '0dwAA0000000001YAA', delivered: { entries: 2 } }])
  })
})

describe('tables beside the entries', () => {
  const entries =
    'std__Id__c,std__ConversationId__c,std__ConversationEntryType__c,std__EngagementParticipantId__c,std__PayloadText__c,std__TranscriptedDateTime__c\ne1,0dwAA0000000001,Message,p1,hello,2026-10-05T10:00:00Z\ne2,0dwAA0000000001,Message,p9,who,2026-10-05T10:00:01Z\n'
  const participants =
    'std__Id__c,std__ConversationId__c,std__EngagementParticipantRole__c,std__ParticipantDisplayName__c\np1,0dwAA0000000001,Agent,Ada\np2,0dwAA0000000001,EndUser,Bob\n'
  const conversations =
    'std__Id__c,std__ExternalRecordId__c,std__StartDateTime__c\n0dwAA0000000001,uuid-1,2026-10-05T10:00:00Z\n0dwAA0000000002,uuid-2,2026-10-05T10:00:00Z\n'
  const related = 'conversation_entity_id,record_id,created_at,org_id\n0dwAA0000000001,0MwAA0000000001,1,00D\n'

  test('say who a sender is and which conversation an id stands for, in any order', async () => {
    const files = [
      file(entries, 'a.csv'),
      file(participants, 'b.csv'),
      file(conversations, 'c.csv'),
      file(related, 'd.csv'),
    ]
    await fc.assert(
      fc.asyncProperty(shuffled(files), async (order) => {
        const found = await collect(sourceOf(order))
        expect(found.rejects).toEqual([])
        expect(found.drops).toEqual([{ 'related-record': 1 }])
        expect(found.conversations).toMatchObject([
          {
            identifier: 'uuid-1',
            recordId: '0dwAA0000000001YAA',
            participants: [{ role: 'agent' }, { role: 'end-user' }],
            entries: [
              { entryId: 'e1', sender: { role: 'agent', displayName: 'Ada' } },
              { entryId: 'e2', sender: { role: 'other', displayName: null } },
            ],
            delivered: { agentMessages: 1, endUserMessages: 0 },
          },
        ])
      }),
    )
  })
})

describe('files', () => {
  const good = csv(
    [
      ['conversation_id', 'id', 'text', 'entry_time'],
      ['c', 'e', 'words', '1791194400'],
    ],
    ',',
  )

  test('that are no tables are counted, tables nobody knows are told without their content', async () => {
    const { conversations, rejects, drops } = await collect(
      sourceOf([
        file('x', 'a.png'),
        file('Name,Phone\nAda,123\n', 'b.csv'),
        file('[{"Name":"Ada"}]', 'c.json'),
        file('\0\0x', 'd'),
        file(good),
      ]),
    )
    expect(conversations).toHaveLength(1)
    expect(drops).toEqual([{ 'other-file': 1 }])
    expect(rejects.map(({ code, subject }) => [code, subject.id])).toEqual([
      ['EXPORT_TABLE_UNKNOWN', 'x.zip/b.csv'],
      ['EXPORT_TABLE_UNKNOWN', 'x.zip/c.json'],
      ['EXPORT_TABLE_UNKNOWN', 'x.zip/d'],
    ])
    expect(JSON.stringify(rejects)).not.toMatch(/Ada|Phone/)
  })

  test('none of them a table of entries', async () => {
    await expect(collect(sourceOf([file('a,b\n1,2\n')]))).rejects.toMatchObject({ code: 'EXPORT_LAYOUT_UNKNOWN' })
    await expect(collect(sourceOf([]))).rejects.toMatchObject({ code: 'EXPORT_LAYOUT_UNKNOWN' })
  })

  test('in ZIPs, folders, several parts; those that a mapping ignores are not read', async () => {
    const folder = await temporaryFolder()
    const row = (id: string): string => good.replace('"e"', `"${id}"`)
    await writeZip(join(folder, 'part-1.zip'), {
      'inner.zip': buildZip([{ name: 'a.csv', content: row('e1') }]),
      'b.csv': row('e2'),
    })
    await writeFile(join(folder, 'c.csv'), row('e3'))
    await writeFile(join(folder, 'bad.csv'), 'a,b\n"')
    const options = {
      window,
      directory: join(folder, 'scratch'),
      mapping: { ...defaultMapping, ignore: ['bad.csv', 'scratch'] },
    }
    const paths = [folder]
    const { conversations, rejects } = await collect(exportConversations({ paths, ...options }))
    expect(rejects).toEqual([])
    expect(conversations[0]?.entries.map(({ entryId }) => entryId)).toEqual(['e1', 'e2', 'e3'])
    const parts = [join(folder, 'part-1.zip'), join(folder, 'c.csv')]
    expect((await collect(exportConversations({ ...options, paths: parts }))).conversations).toEqual(conversations)
    expect(await leftIn(options.directory)).toEqual([])
  })

  test('damaged ones give nothing, and leave nothing', async () => {
    const folder = await temporaryFolder()
    const path = join(folder, 'x.zip')
    const pieces = [
      { name: 'a.csv', content: good },
      { name: 'b.csv', content: good.replace('"e"', '"e2"') },
    ]
    const damage: readonly (readonly [string, Buffer])[] = [
      [
        'EXPORT_ZIP_DAMAGED',
        buildZip([pieces[0] ?? { name: '' }, { name: 'b.csv', content: good, central: { crc: 1 }, local: { crc: 1 } }]),
      ],
      ['EXPORT_ZIP_DAMAGED', buildZip(pieces).subarray(0, -30)],
      ['EXPORT_ZIP_REFUSED', buildZip([...pieces, { name: '../up', content: 'x' }])],
      ['EXPORT_ZIP_REFUSED', buildZip([...pieces, { name: 'z.csv', content: '\n'.repeat(2 << 20) }])],
      ['EXPORT_FILE_MALFORMED', buildZip([...pieces, { name: 'c.csv', content: good.slice(0, -5) }])],
    ]
    for (const [code, bytes] of damage) {
      await writeFile(path, bytes)
      const given: Conversation[] = []
      const directory = join(folder, 'scratch')
      const run = async (): Promise<void> => {
        const source = exportConversations({ paths: [path], window, directory, spool: { memoryBytes: 0 } })
        for await (const { records } of source()) given.push(...records)
      }
      await expect(run()).rejects.toMatchObject({ code })
      expect(given).toEqual([])
      expect(await leftIn(directory)).toEqual([])
    }
  })

  test('that are not there', async () => {
    const source = exportConversations({ paths: ['/nowhere/at/all.zip'], window, directory: '/nowhere' })
    await expect(collect(source)).rejects.toMatchObject({ code: 'EXPORT_UNREADABLE', kind: 'not-found' })
  })
})

test.each([
  { paths: [] },
  { window: { from: window.to, to: window.from } },
  { window: { from: '2026-10-01', to: window.to } },
])('the options %j are refused before anything is read', (option) => {
  expect(() => exportConversations({ paths: ['x'], window, directory: 'd', ...option })).toThrow(
    expect.objectContaining({ code: 'EXPORT_OPTION', kind: 'usage' }),
  )
})
