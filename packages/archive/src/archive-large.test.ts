import { createHash } from 'node:crypto'
import { closeSync, createReadStream, openSync, statSync, truncateSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { AttachedFile, Conversation } from '@custody/model'
import { defineSource, type Source } from '@custody/pipeline'
import { expect, test } from 'vitest'
import { sealBy, testSigner } from './testing/python-seals.ts'
import { batchOf, sampleConversation, sampleEntry } from './testing/sample-conversations.ts'
import { temporaryFolder } from './testing/temporary-folder.ts'
import { writeArchive } from './testing/write-archive.ts'
import { verify } from './verify.ts'

// Beyond what a ZIP of 1989 can say: more than 65,535 files, and more than 4 GiB. Takes minutes and gigabytes, and longer where
// the disk is slow to say that a file is on it.

const GIB = 2 ** 30
const trustedKeys = [testSigner(1).publicKey]

/** Conversations that each come with one of these files. */
function sourceOfFiles(files: readonly AttachedFile[], perConversation: number): Source<Conversation> {
  return defineSource('files', async function* () {
    for (let first = 0; first < files.length; first += perConversation) {
      const conversation = sampleConversation(first / perConversation)
      const attachments = files
        .slice(first, first + perConversation)
        .map((file) => ({ name: null, mimeType: file.mimeType, url: null, id: null, file }))
      const at = conversation.startTime ?? ''
      const content = { type: 'attachments', attachments } as const
      yield batchOf([{ ...conversation, entries: [sampleEntry(`${first}`, at, 'agent', { content })] }])
    }
  })
}

test.runIf(process.env['SLOW'])(
  'an archive of more than 65,535 files is sealed, and found whole',
  { timeout: 1_800_000 },
  async () => {
    const folder = temporaryFolder()
    const files = Array.from({ length: 66_000 }, (_, number): AttachedFile => {
      const bytes = Buffer.from(`file ${number}\n`)
      const sha256 = createHash('sha256').update(bytes).digest('hex')
      writeFileSync(join(folder, sha256), bytes)
      return { sha256, size: bytes.length, mimeType: 'text/plain' }
    })
    const { path, counts } = await writeArchive(temporaryFolder(), sourceOfFiles(files, 100), {
      container: 'zip',
      seal: sealBy(testSigner(1)),
      attachmentPlace: (sha256) => join(folder, sha256),
    })
    expect(counts.attachments).toBe(files.length)
    const report = await verify(path, { trustedKeys })
    expect(report).toMatchObject({ verdict: 'valid', findings: [], seal: { trust: 'trusted' } })
    expect(report.files).toBeGreaterThan(files.length)
  },
)

test.runIf(process.env['SLOW'])(
  'an archive with a file of more than 4 GiB, in a ZIP larger than that, is sealed, and found whole',
  { timeout: 1_800_000 },
  async () => {
    const folder = temporaryFolder()
    const large = sparseFile(join(folder, 'large'), 4 * GIB + 5)
    const hash = createHash('sha256')
    await pipeline(createReadStream(large), hash)
    const sha256 = hash.digest('hex')
    const file = { sha256, size: statSync(large).size, mimeType: 'video/mp4' }
    const { path, bytes } = await writeArchive(temporaryFolder(), sourceOfFiles([file], 1), {
      container: 'zip',
      seal: sealBy(testSigner(1)),
      attachmentPlace: () => large,
    })
    expect(bytes).toBeGreaterThan(4 * GIB)
    const report = await verify(path, { trustedKeys })
    expect(report).toMatchObject({ verdict: 'valid', findings: [], seal: { trust: 'trusted' } })
    expect(report.bytes).toBeGreaterThan(4 * GIB)
  },
)

/** A file that begins with a word and is zeros else: it takes no place on the disk, and shrinks so much that a ZIP stores it. */
function sparseFile(path: string, size: number): string {
  const file = openSync(path, 'w')
  writeSync(file, 'begins')
  closeSync(file)
  truncateSync(path, size)
  return path
}
