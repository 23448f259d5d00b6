import type { Conversation } from '@custody/model'
import { expect, test } from 'vitest'
import { eraseRecords } from './erase-records.ts'
import { readConversations } from './read-conversations.ts'
import { batchOf, sampleConversation, sourceOf } from './testing/sample-conversations.ts'
import { temporaryFolder } from './testing/temporary-folder.ts'
import { clock, writeArchive } from './testing/write-archive.ts'

const sample: readonly Conversation[] = [0, 1, 2].map((index) => sampleConversation(index))

async function read(path: string): Promise<readonly string[]> {
  const found: string[] = []
  for await (const { identifier, entries } of readConversations(path)) {
    for (const { entryId, text } of entries) found.push(`${identifier} ${entryId} ${text}`)
  }
  return found
}

const told = (conversations: readonly Conversation[]): readonly string[] =>
  conversations.flatMap(({ identifier, entries }) =>
    entries.map(({ entryId, text }) => `${identifier} ${entryId} ${text}`),
  )

test.each(['zip', 'folder'] as const)(
  'gives what was archived, part by part, and nothing of what was erased: %s',
  async (container) => {
    const directory = temporaryFolder()
    // Each line in a part of its own.
    const { path } = await writeArchive(directory, sourceOf(batchOf(sample)), { container, partBytes: 1 })
    expect(await read(path)).toEqual(told(sample))
    const [first, second, third] = sample as [Conversation, Conversation, Conversation]
    await eraseRecords({
      archive: path,
      conversations: [second.identifier],
      basis: 'gdpr-17-1-b',
      operator: 'tester',
      reference: null,
      seal: null,
      clock,
    })
    expect(await read(path)).toEqual(told([first, third]))
  },
)

test('is for archives', async () => {
  await expect(read(temporaryFolder())).rejects.toMatchObject({ code: 'NOT_AN_ARCHIVE' })
})
