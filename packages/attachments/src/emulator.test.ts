import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { clientCredentials, createTokenProvider } from '@custody/auth'
import { type EmulatorOptions, startEmulator } from '@custody/emulator'
import { createOrgClient } from '@custody/http'
import { type Attachment, type Conversation, type Json, readPayload } from '@custody/model'
import type { Batch } from '@custody/pipeline'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type AttachmentsOptions, attachments } from './attachments.ts'
import { createFileStore } from './file-store.ts'
import { conversationOf, entryOf } from './testing/file-org.ts'

interface Page {
  readonly conversationEntries: readonly {
    readonly identifier: string
    readonly entryType: string
    readonly entryPayload: Json
  }[]
}

/** The files of a small org over HTTP, its entries read with as little as it takes. */
async function fetchAll(emulatorOptions: EmulatorOptions, options: Partial<AttachmentsOptions> = {}) {
  const emulator = await startEmulator({
    conversations: 60,
    longEntries: 100,
    limits: { entriesPerMinute: 1_000_000 },
    ...emulatorOptions,
  })
  const org = createOrgClient({
    tokens: createTokenProvider({
      user: 'test',
      loginUrl: emulator.url,
      grant: clientCredentials(emulator.credentials),
    }),
    limits: { 'conversation-entries': null },
    retry: { baseDelayMs: 1, maxDelayMs: 1, attempts: 3 },
  })
  const directory = mkdtempSync(join(tmpdir(), 'attachments-emulator-'))
  const store = createFileStore(directory)
  onTestFinished(async () => {
    await store.close()
    await org.close()
    await emulator.close()
    rmSync(directory, { recursive: true })
  })
  const records: Conversation[] = []
  for (const { conversationIdentifier } of emulator.truth.conversations(emulator.window)) {
    const page = await org.getJson({
      origin: 'api',
      path: '/platform/engagement/v1.0/conversation-entries',
      query: { conversationIdentifier, recordLimit: 1000 },
      endpoint: 'conversation-entries',
      parse: (document) => document as Page,
    })
    const entries = page.conversationEntries.map(({ identifier: entryId, entryType, entryPayload }) =>
      entryOf(null, { ...readPayload(entryType, entryPayload), entryId }),
    )
    records.push(conversationOf(conversationIdentifier, ...entries))
  }
  const clock = { now: Date.now, sleep: async () => undefined }
  const stage = attachments({ org, store, clock, ...options })
  const source = (async function* (): AsyncGenerator<Batch<Conversation>> {
    yield { records, rejects: [] }
  })()
  const { value: batch } = await stage(source).next()
  if (!batch) throw new Error('No batch')
  return {
    emulator,
    store,
    sent: records.flatMap(filesOf),
    found: batch.records.flatMap(filesOf),
    rejects: batch.rejects,
  }
}

function filesOf({ entries }: Conversation): readonly Attachment[] {
  return entries.flatMap(({ kind, content }) =>
    kind === 'message' && content?.type === 'attachments' ? content.attachments : [],
  )
}

describe('over HTTP', () => {
  test('every file comes, whole, each content once', async () => {
    const { emulator, store, sent, found, rejects } = await fetchAll({ conversations: 150 })
    expect(sent.length).toBeGreaterThan(5)
    expect(rejects).toEqual([])
    for (const { file, mimeType } of found) {
      if (!file) throw new Error('A file is missing')
      const bytes = await readFile(store.path(file.sha256))
      expect(createHash('sha256').update(bytes).digest('hex')).toBe(file.sha256)
      expect(bytes.length).toBe(file.size)
      expect(file.mimeType).toBe(mimeType)
    }
    // Some people send the same file.
    expect(new Set(found.map(({ file }) => file?.sha256)).size).toBeLessThan(found.length)
    expect(emulator.calls.attachment.count).toBe(sent.length)
  })

  test.each(['none', 'own-origin'] as const)(
    'other hosts are never asked, redirects: %s',
    async (attachmentRedirect) => {
      const { emulator, sent, rejects } = await fetchAll({ switches: { foreignAttachments: 2, attachmentRedirect } })
      const foreign = sent.filter(({ url }) => !url?.startsWith(emulator.url))
      expect(foreign.length).toBeGreaterThan(2)
      expect(rejects.map(({ code }) => code)).toEqual(foreign.map(() => 'ATTACHMENT_FOREIGN_ORIGIN'))
      expect(rejects.map(({ subject }) => subject.id)).toEqual(foreign.map(({ id }) => id))
      expect(emulator.foreignRequests).toEqual({ count: 0, withToken: 0 })
      // Addresses may carry secrets.
      for (const { url } of sent) expect(JSON.stringify(rejects)).not.toContain(url)
    },
  )

  test.each(['foreign', 'loop'] as const)('a redirect that leads nowhere good is not followed: %s', async (way) => {
    const { emulator, sent, rejects } = await fetchAll({ switches: { attachmentRedirect: way } })
    expect(rejects).toHaveLength(sent.length)
    expect(new Set(rejects.map(({ code }) => code))).toEqual(new Set(['ATTACHMENT_FOREIGN_ORIGIN']))
    expect(emulator.foreignRequests.count).toBe(0)
  })

  test('files that are gone are told', async () => {
    const { sent, rejects } = await fetchAll({ switches: { attachmentLifetimeMs: 1 } })
    expect(rejects.map(({ code }) => code)).toEqual(sent.map(() => 'ATTACHMENT_NOT_FOUND'))
  })

  test('files that are too large are told, and not read to their end', async () => {
    const { sent, rejects } = await fetchAll(
      { switches: { attachmentBytes: 1_000_000_000 } },
      { maxFileBytes: 1_000_000 },
    )
    expect(rejects.map(({ code }) => code)).toEqual(sent.map(() => 'ATTACHMENT_TOO_LARGE'))
  })

  test.each([
    { type: 'reset', when: 'in-body' },
    { type: 'truncate', how: 'cut' },
    { type: 'status', status: 503 },
    { type: 'login-page' },
    { type: 'revoke-tokens' },
  ] as const)('all come although it happens twice: %j', async (action) => {
    const { found, rejects } = await fetchAll({
      scenario: { rules: [{ match: { endpoint: 'attachment' }, times: 2, action }] },
    })
    expect(rejects).toEqual([])
    expect(found.every(({ file }) => file !== undefined)).toBe(true)
  })

  test('a large file flows through: memory does not grow with it', async () => {
    const before = process.memoryUsage().rss
    const { found } = await fetchAll(
      { conversations: 4, switches: { attachmentBytes: 64 * 1024 * 1024 } },
      { maxTotalBytes: 1024 * 1024 * 1024 },
    )
    expect(found.length).toBeGreaterThan(0)
    expect(found.every(({ file }) => file?.size === 64 * 1024 * 1024)).toBe(true)
    expect(process.memoryUsage().rss - before).toBeLessThan(150 * 1024 * 1024)
  })
})
