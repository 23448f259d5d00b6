import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Loss } from '../faults/lossy.ts'
import { type Org, startEmulator } from '../start-emulator.ts'
import { manualClock } from '../testing/manual-clock.ts'
import { readCsv, readZip } from '../testing/read-zip.ts'
import type { TranscriptExportOptions } from './transcript-export.ts'

const options = { conversations: 90, longEntries: 120 } as const
const layouts = ['csv', 'ndjson', 'nested-zip'] as const

let directory: string
let org: Org
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'emulator-exports-'))
  org = await startEmulator({ ...options, clock: manualClock() })
})
afterAll(async () => {
  await org.close()
  rmSync(directory, { recursive: true })
})

let folders = 0
const folder = (): string => join(directory, String(++folders))

interface Exported {
  readonly conversation: string
  readonly entry: string
  readonly payload: string
}

/** Reads an export the way whoever knows its layout would. */
function read(layout: TranscriptExportOptions['layout'], paths: readonly string[]): readonly Exported[] {
  const members = paths.flatMap((path) => [...readZip(readFileSync(path))])
  if (layout === 'ndjson') {
    return members.flatMap(([, bytes]) =>
      bytes
        .toString()
        .split('\n')
        .slice(0, -1)
        .map((line) => {
          const { conversationIdentifier, identifier, entryPayload } = JSON.parse(line)
          return { conversation: conversationIdentifier, entry: identifier, payload: JSON.stringify(entryPayload) }
        }),
    )
  }
  if (layout === 'csv') {
    return members
      .filter(([name]) => name.startsWith('conversation_entry'))
      .flatMap(([, bytes]) => readCsv(bytes.toString()))
      .map((row) => ({
        conversation: row['conversation_identifer'] ?? '',
        entry: row['identifier'] ?? '',
        payload: row['entry_payload'] ?? '',
      }))
  }
  const tables = (object: string): Record<string, string>[] =>
    members
      .filter(([name]) => name.startsWith(object))
      .flatMap(([, inner]) => [...readZip(inner).values()])
      .flatMap((bytes) => {
        expect(bytes.subarray(0, 2).toString('hex')).toBe('fffe')
        return readCsv(bytes.toString('utf16le').slice(1))
      })
  const known = new Map(
    tables('std__ConversationDmo').map((row) => [row['std__Id__c'], row['std__ExternalRecordId__c']]),
  )
  return tables('std__ConversationEntryDmo').map((row) => ({
    conversation: known.get(row['std__ConversationId__c']) ?? '',
    entry: row['std__Id__c'] ?? '',
    payload: row['std__PayloadText__c'] ?? '',
  }))
}

const named = ({ conversation, entry }: Exported): string => `${conversation} ${entry}`

function held(of: Org): string[] {
  return Array.from(of.truth.entries(), (entry) => `${entry.conversationIdentifier} ${entry.entryId}`).toSorted()
}

describe.each(layouts)('a transcript export as %s', (layout) => {
  test('holds all of the history, every entry once, whatever the parts and the order', async () => {
    for (const parts of [1, 2, 7]) {
      for (const order of ['grouped', 'interleaved'] as const) {
        const paths = await org.transcriptExport({ layout, directory: folder(), parts, order })
        expect(paths).toHaveLength(parts)
        const rows = read(layout, paths)
        expect(rows.map(named).toSorted()).toEqual(held(org))
        const ordered = rows.map(({ conversation }) => conversation)
        const runs = ordered.filter((identifier, k) => identifier !== ordered[k - 1]).length
        if (order === 'grouped') expect(runs).toBeLessThan(90 + parts)
        else expect(runs).toBeGreaterThan(300)
      }
    }
  })

  test('says what the API says', async () => {
    const rows = read(layout, await org.transcriptExport({ layout, directory: folder() }))
    const [mention] = org.truth.mentions()
    const payload = rows.find(({ entry }) => entry === mention?.entryId)?.payload ?? ''
    expect(JSON.parse(payload)).toMatchObject({ entryType: 'Message', id: mention?.entryId })
    expect(JSON.stringify(JSON.parse(payload))).toContain(JSON.stringify(mention?.literal).slice(1, -1))
  })

  test('is the same bytes every time', async () => {
    const [first, second] = [await org.transcriptExport({ layout, directory: folder() }), folder()]
    const again = await org.transcriptExport({ layout, directory: second })
    for (const [k, path] of again.entries()) {
      expect(basename(path)).toBe(basename(first[k] ?? ''))
      expect(readFileSync(path).equals(readFileSync(first[k] ?? ''))).toBe(true)
    }
  })

  test('loses what it is told to lose, and nothing else', async () => {
    const all = held(org)
    const losses: fc.Arbitrary<Loss> = fc.oneof(
      fc.record({ every: fc.integer({ min: 2, max: 400 }) }),
      fc.record({ conversation: fc.nat({ max: 89 }) }),
      fc.constant({ lastPage: true } as const),
      fc.nat({ max: all.length - 1 }).map((k) => ({ entries: (id: string) => all[k]?.endsWith(id) ?? false })),
    )
    await fc.assert(
      fc.asyncProperty(losses, fc.integer({ min: 1, max: 3 }), async (loss, parts) => {
        const lossy = await startEmulator({ ...options, lossy: { 'transcript-export': loss } })
        try {
          const paths = await lossy.transcriptExport({ layout, directory: folder(), parts })
          const left = read(layout, paths).map(named).toSorted()
          if ('every' in loss) expect(left).toHaveLength(all.length - Math.floor(all.length / loss.every))
          if ('entries' in loss) expect(left).toHaveLength(all.length - 1)
          if ('lastPage' in loss) expect(left.length).toBeLessThan(all.length)
          if ('conversation' in loss) {
            const identifier = [...lossy.truth.conversations()][loss.conversation]?.conversationIdentifier ?? ''
            expect(left).toEqual(all.filter((entry) => !entry.startsWith(identifier)))
          }
          const known = new Set(all)
          expect(left.filter((entry) => !known.has(entry))).toEqual([])
        } finally {
          await lossy.close()
        }
      }),
      { numRuns: 8 },
    )
  })
})

describe('a data export', () => {
  test('holds a CSV for each object of the platform, and the files', async () => {
    const paths = await org.dataExport({ directory: folder() })
    expect(paths.map((path) => basename(path))).toEqual([expect.stringMatching(/^WE_00D\w{15}_1\.ZIP$/)])
    const members = readZip(readFileSync(paths[0] ?? ''))
    const sessions = readCsv(members.get('MessagingSession.csv')?.toString() ?? '')
    expect(sessions[0]).toMatchObject({
      Id: expect.stringMatching(/^0Mw/),
      StartTime: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/),
    })
    const conversations = readCsv(members.get('Conversation.csv')?.toString() ?? '')
    expect(conversations.map((row) => row['ConversationIdentifier'])).toEqual(
      Array.from(org.truth.conversations(), ({ conversationIdentifier }) => conversationIdentifier),
    )
    expect(readCsv(members.get('LiveChatTranscript.csv')?.toString() ?? '')[0]?.['Body']).toContain('Chat Started')
    expect(members.has('ConversationEntry.csv')).toBe(false)
    for (const version of readCsv(members.get('ContentVersion.csv')?.toString() ?? '')) {
      expect(members.get(`ContentVersion/${version['Id']}`)).toHaveLength(Number(version['ContentSize']))
    }
  })

  test('comes in parts that together hold every row once', async () => {
    const [whole = ''] = await org.dataExport({ directory: folder(), files: false })
    const paths = await org.dataExport({ directory: folder(), partBytes: 20_000, files: false })
    expect(paths.length).toBeGreaterThan(5)
    const rows = (path: string) =>
      [...readZip(readFileSync(path))].flatMap(([name, bytes]) =>
        readCsv(bytes.toString()).map((row) => `${name} ${JSON.stringify(row)}`),
      )
    expect(paths.flatMap(rows)).toEqual(rows(whole))
  })
})

test.each([[4_000, 40], ...(process.env['SLOW'] ? [[200_000, 1_000]] : [])])(
  'an export of %i conversations is written in flat memory',
  async (conversations = 0, megabytes = 0) => {
    const large = await startEmulator({ conversations, switches: { payload: 'string' } })
    try {
      let peak = 0
      const watch = setInterval(() => {
        peak = Math.max(peak, process.memoryUsage().arrayBuffers + process.memoryUsage().heapUsed)
      }, 20)
      const before = process.memoryUsage().arrayBuffers + process.memoryUsage().heapUsed
      const [path = ''] = await large.transcriptExport({ layout: 'csv', directory: folder() })
      clearInterval(watch)
      expect(statSync(path).size).toBeGreaterThan(megabytes * 40_000)
      expect(peak - before).toBeLessThan(150_000_000)
    } finally {
      await large.close()
    }
  },
  600_000,
)
