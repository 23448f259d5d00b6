import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Conversation } from '@custody/model'
import { parseJson } from '@custody/model'
import type { Batch } from '@custody/pipeline'
import { describe, expect, test } from 'vitest'
import { eraseRecords } from './erase-records.ts'
import { readArchive } from './read-archive.ts'
import { erasureOf } from './testing/erasure.ts'
import {
  batchOf,
  rejectOf,
  sampleConversation,
  sampleEntry,
  sampleSource,
  sourceOf,
} from './testing/sample-conversations.ts'
import { temporaryFolder } from './testing/temporary-folder.ts'
import { writeArchive } from './testing/write-archive.ts'

const at = '2026-10-02T00:00:00.000Z'

/** One of each kind that reports tell of. */
const all: readonly Conversation[] = [
  sampleConversation(1, {
    identifier: '=1',
    entries: [
      sampleEntry('+1', at, 'end-user', { text: 'é \u2028 \ud800', payload: parseJson('{"n":12345678901234567890}') }),
    ],
    witnesses: [
      {
        source: 'data360',
        answer: 'given',
        entries: 1,
        agentMessages: 0,
        endUserMessages: 1,
        whole: true,
        differences: [
          { entryId: '+1', what: 'text' },
          { entryId: '-2', what: 'only-here' },
        ],
      },
      {
        source: 'connect',
        answer: 'absent',
        entries: 0,
        agentMessages: 0,
        endUserMessages: 0,
        whole: false,
        differences: [],
      },
    ],
  }),
  sampleConversation(2, { delivered: null, reconciliation: null }),
  sampleConversation(3, {
    reconciliation: { verdict: 'missing', reason: 'fewer', expectedAgentMessages: 9, expectedEndUserMessages: null },
  }),
  sampleConversation(4, {
    entries: [],
    sessions: [...sampleConversation(4).sessions, ...sampleConversation(5).sessions],
    reconciliation: { verdict: 'excluded', reason: 'outside', expectedAgentMessages: 1, expectedEndUserMessages: 1 },
  }),
  sampleConversation(5, { entries: [sampleEntry('5-1', at, 'agent', { source: 'records' })] }),
  sampleConversation(6, {
    delivered: { ...(sampleConversation(6).delivered as object), source: 'records' } as Conversation['delivered'],
  }),
]

async function allOf<T>(items: AsyncIterable<T>): Promise<readonly T[]> {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}

async function batchesOf(path: string): Promise<readonly Batch<Conversation>[]> {
  return await allOf((await readArchive(path)).conversations())
}

describe.each(['zip', 'folder'] as const)('a %s', (container) => {
  test('is read as what it was written from: written again, its payload is the same byte for byte', async () => {
    const source = sourceOf(
      batchOf(all.slice(0, 3), { drops: { limit: 7 } }),
      batchOf(all.slice(3), {
        rejects: [
          rejectOf(),
          rejectOf({ subject: { type: 'ConversationEntry', id: 'e' }, within: { type: 'Conversation', id: '=1' } }),
        ],
      }),
    )
    const written = await writeArchive(temporaryFolder(), source, { container })
    const { conversations, run } = await readArchive(written.path)
    expect(run.counts).toEqual(written.counts)
    const again = await writeArchive(temporaryFolder(), conversations, { container })
    expect(again).toMatchObject({
      verdict: written.verdict,
      counts: written.counts,
      recordsRoot: written.recordsRoot,
      payloadOxum: written.payloadOxum,
    })
  })
})

test('the manifests agree too', async () => {
  const written = await writeArchive(temporaryFolder(), sourceOf(batchOf(all)))
  const again = await writeArchive(temporaryFolder(), (await readArchive(written.path)).conversations)
  const manifest = (path: string): string => readFileSync(join(path, 'manifest-sha256.txt'), 'utf8')
  expect(manifest(again.path)).toBe(manifest(written.path))
})

test('an empty archive is one batch of nothing', async () => {
  const { path } = await writeArchive(temporaryFolder(), sourceOf(batchOf([])))
  expect(await batchesOf(path)).toEqual([{ records: [], rejects: [] }])
})

test('many conversations come in batches', async () => {
  const { path } = await writeArchive(temporaryFolder(), sampleSource(250))
  const batches = await batchesOf(path)
  expect(batches.map(({ records }) => records.length)).toEqual([100, 100, 50])
  expect(batches.flatMap(({ records }) => records)[249]).toMatchObject({
    identifier: sampleConversation(249).identifier,
  })
})

test('what was erased is a drop, and no conversation', async () => {
  const { path } = await writeArchive(temporaryFolder(), sampleSource(3))
  await eraseRecords(erasureOf(path))
  const batches = await batchesOf(path)
  expect(batches.flatMap(({ records }) => records)).toHaveLength(2)
  expect(batches.at(-1)?.drops).toEqual({ erased: 1 })
})

test('one that is not as it was made is refused', async () => {
  const { path } = await writeArchive(temporaryFolder(), sampleSource(3))
  appendFileSync(join(path, 'data/reports/gaps.csv'), 'x')
  await expect(readArchive(path)).rejects.toMatchObject({ code: 'ARCHIVE_NOT_VALID', kind: 'refused' })
})

test.each(['data/conversations/part-00001.jsonl', 'data/reports/witnesses.csv', 'data/reports/rejects.jsonl'])(
  'one whose %s changes between the check and the reading is found out',
  async (file) => {
    const { path } = await writeArchive(temporaryFolder(), sourceOf(batchOf(all, { rejects: [rejectOf()] })))
    const { conversations } = await readArchive(path)
    const before = readFileSync(join(path, file), 'utf8')
    // The same size, another letter.
    writeFileSync(join(path, file), before.replace(/[a-z](?=[^a-z]*$)/, 'z'))
    await expect(allOf(conversations())).rejects.toThrow()
  },
)
