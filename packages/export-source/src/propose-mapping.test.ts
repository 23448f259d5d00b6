import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { defaultMapping, loadMapping } from './mapping.ts'
import { proposeMapping } from './propose-mapping.ts'
import { exportConversations } from './source.ts'
import { sampleWindow as window } from './testing/sample-rows.ts'
import { leftIn, temporaryFolder } from './testing/temporary-folder.ts'
import { writeZip } from './testing/write-zip.ts'

async function inspect(files: Readonly<Record<string, string | Buffer>>) {
  const folder = await temporaryFolder()
  const path = await writeZip(join(folder, 'x.zip'), files)
  const options = { paths: [path], directory: join(folder, 'scratch') }
  const proposal = await proposeMapping(options)
  expect(await leftIn(options.directory)).toEqual([])
  return { ...proposal, options, columns: proposal.files[0]?.table?.columns.map(({ name, field }) => [name, field]) }
}

test('says what is there, and proposes what can be used as it is', async () => {
  const entries = '\ufeffId;ConversationId;EntryTime;Message;Colour\r\n1;c;2026-10-05 10:00:00;hello;red\r\n2;c\r\n'
  const { files, mapping, options } = await inspect({ 'e.csv': Buffer.from(entries, 'utf16le'), 'logo.png': 'PNG' })
  expect(files).toEqual([
    {
      name: 'x.zip/e.csv',
      table: {
        format: 'csv',
        encoding: 'utf-16le',
        delimiter: ';',
        rows: 2,
        malformedRows: 1,
        timesWithoutOffset: 1,
        columns: [
          { name: 'Id', field: 'entryId' },
          { name: 'ConversationId', field: 'conversation' },
          { name: 'EntryTime', field: 'serverAt' },
          { name: 'Message', field: 'text' },
          { name: 'Colour', field: null },
        ],
        holds: 'entries',
        missing: [],
      },
    },
    { name: 'x.zip/logo.png', table: null },
  ])
  expect(mapping).toContain('# offset: "Z"')
  const loaded = loadMapping(mapping.replace('# offset', 'offset'))
  expect(loaded.fields).toEqual({
    entryId: 'Id',
    conversation: 'ConversationId',
    serverAt: 'EntryTime',
    text: 'Message',
  })
  for await (const { records } of exportConversations({ ...options, window, mapping: loaded })()) {
    for (const { entries } of records) expect(entries).toMatchObject([{ entryId: '1', text: 'hello' }])
  }
})

test('a table nobody knows: the proposal is a mapping all the same', async () => {
  const { files, mapping, columns } = await inspect({ 'e.csv': 'Chat,When,Words\nc,2026-10-05T10:00:00Z,hello\n' })
  expect(columns).toEqual([
    ['Chat', null],
    ['When', null],
    ['Words', null],
  ])
  expect(files[0]?.table?.missing).toHaveLength(3)
  expect(loadMapping(mapping)).toMatchObject({ fields: {} })
  const mapped = mapping.replace('fields: {}', 'fields:').replace('# conversation:', 'conversation: Chat')
  expect(loadMapping(mapped).fields).toEqual({ conversation: 'Chat' })
})

test('tables beside the entries are named', async () => {
  const { files } = await inspect({ 'p.csv': 'Id,ConversationId,ParticipantRole\n1,c,Agent\n' })
  expect(files[0]?.table).toMatchObject({ holds: 'participants', rows: 1 })
})

describe('nothing of the content is shown', () => {
  test('where the first row is no header', async () => {
    const { mapping, files, columns } = await inspect({ 'e.csv': 'Ada Lovelace,+44 20 123456,hello\nBob,+1 555,bye\n' })
    expect(columns).toEqual([
      ['column 1', null],
      ['column 2', null],
      ['column 3', null],
    ])
    expect(JSON.stringify([mapping, files])).not.toMatch(/Ada|Bob|555|hello/)
  })

  test('where names of members are data', async () => {
    const { mapping, files } = await inspect({ 'e.json': '[{"id":1,"ada@example.com":"x","+44 20 123456":"y"}]' })
    expect(JSON.stringify([mapping, files])).not.toMatch(/ada@|123456/)
  })
})

test('what is known already is kept', async () => {
  const folder = await temporaryFolder()
  await writeFile(join(folder, 'e.csv'), Buffer.from('Chat|When\nGr\xfc\xdfe|1\n', 'latin1'))
  const mapping = {
    ...defaultMapping,
    encoding: 'windows-1252',
    delimiter: '|',
    offset: 'Z',
    fields: { conversation: 'Chat' },
  }
  const proposal = await proposeMapping({ paths: [folder], directory: folder, mapping })
  expect(loadMapping(proposal.mapping)).toMatchObject(mapping)
})
