import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { startEmulator } from '@custody/emulator'
import { type Conversation, emptyConversation } from '@custody/model'
import type { Reject } from '@custody/pipeline'
import { spooledReader } from '@custody/spool'
import { expect, onTestFinished, test } from 'vitest'
import { type ExportOptions, exportConversations, exportReader } from './source.ts'
import { temporaryFolder } from './testing/temporary-folder.ts'

const signal = new AbortController().signal

async function collect<T>(all: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = []
  for await (const one of all) collected.push(one)
  return collected
}

/** What is read of those that are asked for, what is left, and what is refused. */
async function readAll(reader: ReturnType<typeof exportReader>, asked: readonly Conversation[]) {
  const rejects: Omit<Reject, 'stage'>[] = []
  const onReject = (reject: Omit<Reject, 'stage'>): void => void rejects.push(reject)
  const found = await reader.read(asked, { signal, onReject })
  const rest = await collect(reader.rest({ signal, onReject }))
  await reader.close()
  // By the key that the rows give: of two names of a conversation, either.
  rest.sort((a, b) => (a.identifier < b.identifier ? -1 : 1))
  return { found, rest, rejects: rejects.map((reject) => JSON.stringify(reject)).sort(), drops: reader.drops() }
}

test.each(['csv', 'ndjson', 'nested-zip'] as const)(
  '%s: finds what spooling it a second time finds',
  async (layout) => {
    const folder = await temporaryFolder()
    const emulator = await startEmulator({ conversations: 40, longEntries: 150 })
    onTestFinished(() => emulator.close())
    const { window } = emulator
    const paths = await emulator.transcriptExport({ layout, directory: join(folder, 'export') })
    const spool = { memoryBytes: 50_000 }
    const options: ExportOptions = { paths, window, directory: join(folder, 'scratch'), spool }
    const twice = (): ReturnType<typeof exportReader> =>
      spooledReader({ source: exportConversations(options), directory: options.directory, ...spool })
    const all = (await collect(exportConversations(options)())).flatMap(({ records }) => records)
    const asked = all.filter((_, index) => index % 3 > 0).map(({ identifier }) => emptyConversation(identifier))
    const read = await readAll(exportReader(options), [...asked, emptyConversation('nobody')])
    expect(read).toEqual(await readAll(twice(), [...asked, emptyConversation('nobody')]))
    expect(read.found.filter((one) => one !== null)).toHaveLength(asked.length)
    expect(read.rest.length).toBeGreaterThan(5)
  },
)

test('a conversation that two tables call by two names is one, whoever asks, and where nobody does', async () => {
  const folder = await temporaryFolder()
  const window = { from: '2026-10-01T00:00:00.000Z', to: '2026-11-01T00:00:00.000Z' }
  const [recordId, identifier] = ['0dwAA0000000001AAA', '7c1f0e1a-0000-4000-8000-000000000001']
  const header = 'conversation_identifer,identifier,transcripted_timestamp,text,role'
  const row = (name: string, id: string, text: string): string => `${name},${id},2026-10-05T10:00:00.000Z,${text},Agent`
  const files = {
    'one.csv': [header, row(recordId, 'e1', 'by its record'), row('other', 'e3', 'of another')],
    'two.csv': [header, row(identifier, 'e2', 'by its name')],
    'conversations.csv': ['Id,ConversationIdentifier', `${recordId},${identifier}`],
  }
  for (const [name, lines] of Object.entries(files)) await writeFile(join(folder, name), `${lines.join('\n')}\n`)
  const options = { paths: Object.keys(files).map((name) => join(folder, name)), window, directory: folder }
  const ids = (one: Conversation | null | undefined): unknown => one?.entries.map(({ entryId }) => entryId).sort()
  for (const asked of [emptyConversation(identifier), { ...emptyConversation('uuid'), recordId }]) {
    const { found, rest, rejects } = await readAll(exportReader(options), [asked])
    expect(rejects).toEqual([])
    expect(ids(found[0])).toEqual(['e1', 'e2'])
    expect(rest.map(ids)).toEqual([['e3']])
  }
  const { rest } = await readAll(exportReader(options), [])
  expect(rest.map((one) => [one.identifier, ids(one)])).toEqual([
    [identifier, ['e1', 'e2']],
    ['other', ['e3']],
  ])
})

test('an option that is wrong is refused before anything is read', () => {
  const window = { from: '2026-11-01T00:00:00.000Z', to: '2026-10-01T00:00:00.000Z' }
  expect(() => exportReader({ paths: ['a'], window, directory: 'd' })).toThrow(
    expect.objectContaining({ code: 'EXPORT_OPTION', kind: 'usage' }),
  )
})
