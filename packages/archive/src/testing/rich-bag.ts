import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Conversation, Redaction } from '@custody/model'
import { batchOf, rejectOf, sampleConversation, sampleEntry, sourceOf } from './sample-conversations.ts'
import { samplePages } from './sample-pages.ts'
import { temporaryFolder } from './temporary-folder.ts'
import { filesBelow, writeArchive } from './write-archive.ts'

const bill = Buffer.from('%PDF-1.4 a bill')
const billSha256 = createHash('sha256').update(bill).digest('hex')

const redaction: Redaction = {
  entryId: '1-1',
  field: 'text',
  type: 'EMAIL',
  detector: 'pattern',
  action: 'mask',
  start: 1,
  length: 2,
}

const audit = auditLines(3)

/** Lines of an audit log from its beginning. */
function auditLines(count: number): string {
  let prev = '0'.repeat(64)
  let text = ''
  for (let n = 0; n < count; n += 1) {
    const t = `2026-11-02T03:04:0${n}.000Z`
    const line = `${JSON.stringify({ n, t, actor: 'cli', act: 'archive.start', run: 'run-1', obj: null, detail: {}, prev })}\n`
    prev = createHash('sha256').update(line).digest('hex')
    text += line
  }
  return text
}

/** Two conversations that reconcile, one in doubt, one with a file, one excluded, one refused. */
function conversations(): readonly Conversation[] {
  const first = sampleConversation(1, { redactions: [redaction] })
  const at = first.startTime ?? ''
  const file = { sha256: billSha256, size: bill.length, mimeType: 'application/pdf' }
  const attachment = { name: 'bill.pdf', mimeType: 'application/pdf', url: null, id: null, file }
  const second = sampleConversation(2, {
    entries: [
      sampleEntry('2-1', at, 'end-user', { text: '=SUM(A1), "quoted"\nand broken' }),
      sampleEntry('2-2', at, 'agent', { content: { type: 'attachments', attachments: [attachment] } }),
    ],
    witnesses: [
      {
        source: 'connect',
        answer: 'given',
        entries: 1,
        agentMessages: 1,
        endUserMessages: 0,
        whole: false,
        differences: [{ entryId: '2-2', what: 'text' }],
      },
    ],
  })
  const doubtful = {
    verdict: 'missing',
    reason: 'fewer-than-census',
    expectedAgentMessages: 2,
    expectedEndUserMessages: 1,
  } as const
  const excluded = { ...doubtful, verdict: 'excluded', reason: 'no-entries-in-window' } as const
  return [
    first,
    second,
    sampleConversation(3, { reconciliation: doubtful }),
    sampleConversation(4, { reconciliation: excluded }),
  ]
}

let written: ReadonlyMap<string, Buffer> | undefined

/** The files of a small valid archive that has every kind of file, by path. Written once; every caller gets a Map of its own. */
export async function richBagFiles(): Promise<Map<string, Buffer | string>> {
  if (written === undefined) {
    const place = temporaryFolder()
    mkdirSync(join(place, 'fetched'))
    writeFileSync(join(place, 'fetched', billSha256), bill)
    const batch = batchOf(conversations(), { rejects: [rejectOf()], drops: { limit: 2 } })
    const { path } = await writeArchive(place, sourceOf(batch), {
      mode: 'redacted',
      formats: ['csv', 'html'],
      pages: samplePages,
      // A part for each line.
      partBytes: 1,
      attachmentPlace: (sha256) => join(place, 'fetched', sha256),
      audit: async () => audit,
    })
    written = new Map(filesBelow(path).map((file) => [file, readFileSync(join(path, file))]))
  }
  return new Map(written)
}
