import { join } from 'node:path'
import { startEmulator } from '@custody/emulator'
import { type Conversation, toRole } from '@custody/model'
import type { Reject, Source } from '@custody/pipeline'
import { describe, expect, onTestFinished, test } from 'vitest'
import { classicExport } from './classic-export.ts'
import { exportConversations } from './source.ts'
import { temporaryFolder } from './testing/temporary-folder.ts'

async function org() {
  const emulator = await startEmulator({ conversations: 60, longEntries: 200 })
  onTestFinished(() => emulator.close())
  return { emulator, folder: await temporaryFolder() }
}

async function collect<T>(source: Source<T>): Promise<{ records: T[]; rejects: Reject[] }> {
  const records: T[] = []
  const rejects: Reject[] = []
  for await (const batch of source()) {
    records.push(...batch.records)
    rejects.push(...batch.rejects)
  }
  return { records, rejects }
}

describe('an org exports its transcripts', () => {
  const layouts = ['csv', 'ndjson', 'nested-zip'] as const
  const orders = ['grouped', 'interleaved'] as const
  test.each(layouts.flatMap((layout) => orders.map((order) => [layout, order] as const)))(
    '%s, %s: each entry comes once, with its conversation, time and role',
    async (layout, order) => {
      const { emulator, folder } = await org()
      const { window, truth } = emulator
      const paths = await emulator.transcriptExport({ layout, order, parts: 3, directory: join(folder, 'export') })
      const { records, rejects } = await collect(
        exportConversations({ paths, window, directory: join(folder, 'scratch'), spool: { memoryBytes: 100_000 } }),
      )
      expect(rejects).toEqual([])
      const read = records.flatMap(({ identifier, entries }) =>
        entries.map(({ entryId, sentAt, sender, kind }) =>
          [identifier, entryId, sentAt, sender.role, kind === 'message'].join(' '),
        ),
      )
      const held = Array.from(truth.entries(window), (entry) =>
        [entry.conversationIdentifier, entry.entryId, entry.sentAt, toRole(entry.role), entry.isMessage].join(' '),
      )
      expect(read.sort()).toEqual(held.sort())
    },
  )

  test('every layout says the same words', async () => {
    const { emulator, folder } = await org()
    const { window } = emulator
    const words = async (layout: (typeof layouts)[number]): Promise<unknown> => {
      const paths = await emulator.transcriptExport({ layout, directory: join(folder, layout) })
      const { records } = await collect<Conversation>(exportConversations({ paths, window, directory: folder }))
      return records
        .map(({ identifier, entries, delivered }) => ({
          identifier,
          delivered,
          entries: entries.map(({ entryId, text, content }) => ({ entryId, text, content })),
        }))
        .sort((a, b) => (a.identifier < b.identifier ? -1 : 1))
    }
    const csv = await words('csv')
    expect(await words('ndjson')).toEqual(csv)
    expect(await words('nested-zip')).toEqual(csv)
  })
})

test('an org exports its records, in several parts', async () => {
  const { emulator, folder } = await org()
  const paths = await emulator.dataExport({ directory: join(folder, 'export'), partBytes: 20_000 })
  expect(paths.length).toBeGreaterThan(2)
  const classic = classicExport({ paths: [join(folder, 'export')], directory: folder })
  const inventory = await classic.inventory()
  expect(inventory).toMatchObject({ parts: paths.map((_, index) => index + 1), missingParts: [] })
  expect(inventory.objects.find(({ object }) => object === 'Conversation')).toEqual({
    object: 'Conversation',
    rows: 60,
    malformedRows: 0,
  })
  const { records, rejects } = await collect(classic.rows(['Conversation', 'MessagingSession']))
  expect(rejects).toEqual([])
  const identifiers = records.flatMap(({ object, fields }) =>
    object === 'Conversation' ? [fields['ConversationIdentifier']] : [],
  )
  expect(new Set(identifiers)).toEqual(
    new Set(Array.from(emulator.truth.conversations(), (one) => one.conversationIdentifier)),
  )
  const sessions = inventory.objects.find(({ object }) => object === 'MessagingSession')
  expect(records.filter(({ object }) => object === 'MessagingSession')).toHaveLength(sessions?.rows ?? -1)

  const missing = classicExport({ paths: paths.filter((_, index) => index !== 1), directory: folder })
  await expect(missing.inventory()).rejects.toMatchObject({ code: 'EXPORT_PARTS_MISSING' })
})
