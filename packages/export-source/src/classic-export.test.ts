import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Batch, Source } from '@custody/pipeline'
import { testSource } from '@custody/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { classicExport } from './classic-export.ts'
import { buildZip } from './testing/build-zip.ts'
import { csv } from './testing/layouts.ts'
import { temporaryFolder } from './testing/temporary-folder.ts'

const org = '00DAA0000000001AAA'
const window = { from: '2026-10-01T00:00:00.000Z', to: '2026-11-01T00:00:00.000Z' }
const part = (number: number): string => `WE_${org}_${number}.ZIP`

const chats = [
  ['Id', 'ChatKey', 'Body', 'StartTime', 'EndTime', 'ContactId', 'CaseId', '__proto__'],
  [
    '570AA0000000001',
    'key-1',
    '<p>Hello,\n"you"</p>',
    '2026-10-02 10:00:00',
    '2026-10-02 10:05:00',
    '003AA0000000001',
    '',
    'x',
  ],
  ['570AA0000000002', 'key-2', 'before', '2026-09-30 23:00:00', '2026-09-30 23:59:59', '', '', ''],
  ['570AA0000000003', 'key-3', 'no end', '2026-10-03T10:00:00.000Z', '', '', '', ''],
  ['570AA0000000004', 'key-4', 'no time', '', '', '', '', ''],
  ['', 'key-5', 'no id', '2026-10-03 10:00:00', '', '', '', ''],
]

async function folderOf(parts: Readonly<Record<string, Readonly<Record<string, string>>>>): Promise<string> {
  const folder = await temporaryFolder()
  for (const [name, files] of Object.entries(parts)) {
    await writeFile(
      join(folder, name),
      buildZip(Object.entries(files).map(([file, content]) => ({ name: file, content }))),
    )
  }
  return folder
}

const sample = () =>
  folderOf({
    [part(1)]: {
      'Account.csv': csv(
        [
          ['Id', 'Name'],
          ['001', 'A'],
        ],
        ',',
      ),
      'Attachments/00P1': 'file',
      'LiveChatTranscript.csv': csv(chats.slice(0, 3), ','),
    },
    [part(2)]: {
      'Account.csv': csv([['Id', 'Name'], ['002', 'B'], ['003']], ','),
      'LiveChatTranscript.csv': csv([chats[0] ?? [], ...chats.slice(3)], ','),
    },
    'readme.txt': {},
  })

async function collect<T>(source: Source<T>): Promise<Batch<T>[]> {
  const batches: Batch<T>[] = []
  for await (const batch of source()) batches.push(batch)
  return batches
}

test('its inventory counts over all parts', async () => {
  const folder = await sample()
  expect(await classicExport({ paths: [folder], directory: folder }).inventory()).toEqual({
    orgId: org,
    parts: [1, 2],
    missingParts: [],
    objects: [
      { object: 'Account', rows: 3, malformedRows: 1 },
      { object: 'LiveChatTranscript', rows: 5, malformedRows: 0 },
    ],
    otherFiles: 1,
  })
})

test('its records are read as they stand, those that cannot be are told', async () => {
  const folder = await sample()
  const classic = classicExport({ paths: [join(folder, part(2)), join(folder, part(1))], directory: folder })
  const batches = await collect(classic.rows(['Account']))
  expect(batches.flatMap(({ records }) => records)).toEqual([
    { object: 'Account', fields: { Id: '001', Name: 'A' } },
    { object: 'Account', fields: { Id: '002', Name: 'B' } },
  ])
  expect(batches.flatMap(({ rejects }) => rejects)).toMatchObject([
    { code: 'ROW_MALFORMED', subject: { type: 'Account', id: `${part(2)}/Account.csv#2` } },
  ])
  expect(
    new Set((await collect(classic.rows())).flatMap(({ records }) => records.map(({ object }) => object))),
  ).toEqual(new Set(['Account', 'LiveChatTranscript']))
})

describe('legacy chats', () => {
  test('each is a conversation with its transcript as it is', async () => {
    const folder = await sample()
    const batches = await collect(classicExport({ paths: [folder], directory: folder }).chats(window))
    const records = batches.flatMap((batch) => batch.records)
    expect(records.map(({ identifier }) => identifier)).toEqual(
      ['570AA0000000001AAA', '570AA0000000003AAA'].map((id) => expect.stringContaining(id.slice(0, 15))),
    )
    expect(records[0]).toMatchObject({
      recordId: null,
      startTime: '2026-10-02T10:00:00.000Z',
      endTime: '2026-10-02T10:05:00.000Z',
      delivered: { entries: 1, agentMessages: 0 },
      entries: [
        {
          sentAt: '2026-10-02T10:05:00.000Z',
          kind: 'other',
          entryType: 'LiveChatTranscript',
          text: '<p>Hello,\n"you"</p>',
          relatedRecords: [expect.stringContaining('003AA0000000001')],
          source: 'transcript-export',
        },
      ],
    })
    expect(Object.entries(records[0]?.entries[0]?.payload as object)).toContainEqual(['__proto__', 'x'])
    expect(records[1]?.entries[0]?.sentAt).toBe('2026-10-03T10:00:00.000Z')
    expect(batches.flatMap(({ drops }) => (drops ? [drops] : []))).toEqual([{ 'outside-window': 1 }])
    expect(
      batches.flatMap(({ rejects }) => rejects.map(({ code, subject }) => [code, subject.id?.slice(0, 15) ?? null])),
    ).toEqual([
      ['ROW_WITHOUT_TIMESTAMP', '570AA0000000004'],
      ['ROW_MALFORMED', null],
    ])
  })

  describe('the contract of a source', () => {
    let folder = ''
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'classic-'))
      await writeFile(join(folder, part(1)), buildZip([{ name: 'LiveChatTranscript.csv', content: csv(chats, ',') }]))
    })
    afterAll(() => rm(folder, { recursive: true }))
    testSource({
      test,
      idOf: ({ identifier }) => identifier,
      source: () => classicExport({ paths: [folder], directory: folder }).chats(window),
    })
  })
})

describe('parts', () => {
  const files = { 'Account.csv': csv([['Id'], ['001']], ',') }
  test('that are missing are an error, or recorded', async () => {
    const folder = await folderOf({ [part(2)]: files, [part(4)]: files })
    const options = { paths: [folder], directory: folder }
    await expect(classicExport(options).inventory()).rejects.toMatchObject({
      code: 'EXPORT_PARTS_MISSING',
      message: expect.stringContaining('1, 3'),
    })
    await expect(collect(classicExport(options).rows())).rejects.toMatchObject({ code: 'EXPORT_PARTS_MISSING' })
    const allowed = await classicExport({ ...options, allowMissingParts: true }).inventory()
    expect(allowed).toMatchObject({ parts: [2, 4], missingParts: [1, 3] })
  })

  test('of two orgs, or twice', async () => {
    const mixed = await folderOf({ [part(1)]: files, [part(2).replace('00DAA', '00DBB')]: files })
    await expect(classicExport({ paths: [mixed], directory: mixed }).inventory()).rejects.toMatchObject({
      code: 'EXPORT_PARTS_MIXED',
    })
    const folder = await folderOf({ [part(1)]: files })
    await expect(classicExport({ paths: [folder, folder], directory: folder }).inventory()).rejects.toMatchObject({
      code: 'EXPORT_PARTS_MIXED',
    })
  })

  test('none at all', async () => {
    const folder = await folderOf({ 'other.zip': files })
    await expect(classicExport({ paths: [folder], directory: folder }).inventory()).rejects.toMatchObject({
      code: 'EXPORT_NOT_CLASSIC',
      kind: 'not-found',
    })
    expect(() => classicExport({ paths: [], directory: folder })).toThrow(
      expect.objectContaining({ code: 'EXPORT_OPTION' }),
    )
  })
})

test('in another encoding only when it is named', async () => {
  const folder = await temporaryFolder()
  const content = Buffer.from('"Id","Name"\n"001","Gr\xfc\xdfe"\n', 'latin1')
  await writeFile(join(folder, part(1)), buildZip([{ name: 'Account.csv', content }]))
  const options = { paths: [folder], directory: folder }
  await expect(collect(classicExport(options).rows())).rejects.toMatchObject({ code: 'EXPORT_ENCODING' })
  const [batch] = await collect(classicExport({ ...options, encoding: 'iso-8859-1' }).rows())
  expect(batch?.records).toEqual([{ object: 'Account', fields: { Id: '001', Name: 'Grüße' } }])
})
