import { expect, test } from 'vitest'
import { eraseRecords } from './erase-records.ts'
import { type FoundConversation, findInArchive, type SoughtPeople } from './find-in-archive.ts'
import { batchOf, sampleConversation, sourceOf } from './testing/sample-conversations.ts'
import { temporaryFolder } from './testing/temporary-folder.ts'
import { clock, writeArchive } from './testing/write-archive.ts'

const person = '0PA000000000001AAA'
const other = '0PA000000000002AAA'
const guest = '0PA000000000003AAA'

/** Three conversations: of the person, of another one with a guest, of another one whose text names the person. */
const sample = [0, 1, 2].map((index) => {
  const made = sampleConversation(index)
  const endUserId = index === 0 ? person : other
  const [session] = made.sessions
  const [participant] = made.participants
  if (!session || !participant) throw new Error('a sample has a session and a participant')
  return {
    ...made,
    sessions: [{ ...session, endUserId }],
    participants: [
      { ...participant, recordId: endUserId },
      ...(index === 1 ? [{ ...participant, recordId: guest }] : []),
    ],
    entries: made.entries.map((entry) => (index === 2 ? { ...entry, text: `see ${person}` } : entry)),
  }
})
const [first = '', second = '', third = ''] = sample.map(({ identifier }) => identifier)

async function find(path: string, sought: Partial<SoughtPeople>): Promise<readonly FoundConversation[]> {
  const found: FoundConversation[] = []
  const people = { conversations: new Set<string>(), endUserIds: new Set<string>(), ...sought }
  for await (const conversation of findInArchive(path, people)) found.push(conversation)
  return found
}

test.each(['zip', 'folder'] as const)(
  'finds conversations by identifier and by who takes part: %s',
  async (container) => {
    const { path } = await writeArchive(temporaryFolder(), sourceOf(batchOf(sample)), { container, partBytes: 1 })
    expect(await find(path, {})).toEqual([])
    expect(await find(path, { conversations: new Set([third, 'unknown']) })).toEqual([
      { identifier: third, endUserIds: [] },
    ])
    expect(await find(path, { endUserIds: new Set([person]) })).toEqual([{ identifier: first, endUserIds: [person] }])
    expect(await find(path, { endUserIds: new Set([guest]) })).toEqual([{ identifier: second, endUserIds: [guest] }])
    expect(await find(path, { endUserIds: new Set([person]), conversations: new Set([first, second]) })).toEqual([
      { identifier: first, endUserIds: [person] },
      { identifier: second, endUserIds: [] },
    ])
  },
)

test('what was erased is not found any more', async () => {
  const { path } = await writeArchive(temporaryFolder(), sourceOf(batchOf(sample)), {})
  await eraseRecords({
    archive: path,
    conversations: [first],
    basis: 'gdpr-17-1-b',
    operator: 'tester',
    reference: null,
    seal: null,
    clock,
  })
  expect(await find(path, { endUserIds: new Set([person]), conversations: new Set([first]) })).toEqual([])
})

test('is for archives', async () => {
  await expect(find(temporaryFolder(), {})).rejects.toMatchObject({ code: 'NOT_AN_ARCHIVE' })
})
