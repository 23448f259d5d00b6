import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { AttachedFile, Content } from '@custody/model'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { attachmentPath } from './attachment-path.ts'
import { batchOf, sampleConversation, sampleEntry, sourceOf } from './testing/sample-conversations.ts'
import { temporaryFolder } from './testing/temporary-folder.ts'
import { filesBelow, writeArchive } from './testing/write-archive.ts'
import { verify } from './verify.ts'

const bytesOf = (file: string): Buffer => Buffer.from(`the bytes of ${file}`)
const sha256Of = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')

function attached(file: string, mimeType: string | null): AttachedFile {
  const bytes = bytesOf(file)
  return { sha256: sha256Of(bytes), size: bytes.length, mimeType }
}

/** A conversation whose messages carry this content, and a folder with the files. */
function withContents(...contents: readonly Content[]) {
  const at = sampleConversation(1).startTime ?? ''
  const entries = contents.map((content, index) => sampleEntry(`a${index}`, at, 'agent', { content }))
  return sampleConversation(1, { entries: [...sampleConversation(1).entries, ...entries] })
}

function placeOf(...files: readonly string[]): (sha256: string) => string {
  const folder = temporaryFolder()
  for (const file of files) writeFileSync(join(folder, sha256Of(bytesOf(file))), bytesOf(file))
  return (sha256) => join(folder, sha256)
}

const plain = { name: '../../etc/passwd', mimeType: null, url: null, id: null }

describe('files that came with messages', () => {
  test('stand in the archive once each, named by their content; the master keeps the names they had', async () => {
    const pdf = attached('bill', 'application/pdf; charset=x')
    const program = attached('game', 'application/x-msdownload')
    const conversation = withContents(
      { type: 'attachments', attachments: [{ ...plain, file: pdf }, { ...plain, file: program }, plain] },
      { type: 'rich-link', title: null, url: null, image: { ...plain, file: { ...pdf, mimeType: 'image/png' } } },
      { type: 'carousel', items: [{ title: null, subtitle: null, image: { ...plain, file: pdf }, options: [] }] },
    )
    const result = await writeArchive(temporaryFolder(), sourceOf(batchOf([conversation])), {
      attachmentPlace: placeOf('bill', 'game'),
    })
    expect(filesBelow(result.path).filter((path) => path.startsWith('data/attachments/'))).toEqual(
      [`data/attachments/${pdf.sha256}.pdf`, `data/attachments/${program.sha256}`].sort(),
    )
    expect(result.counts.attachments).toBe(2)
    expect(readFileSync(join(result.path, attachmentPath(pdf)))).toEqual(bytesOf('bill'))
    expect(readFileSync(join(result.path, 'data/conversations/part-00001.jsonl'), 'utf8')).toContain('../../etc/passwd')
    expect((await verify(result.path)).findings).toEqual([])
  })

  test('that changed since, or are nowhere, end the run with nothing written', async () => {
    const conversation = withContents({
      type: 'attachments',
      attachments: [{ ...plain, file: attached('bill', null) }],
    })
    const folder = temporaryFolder()
    const changed = placeOf('bill')
    writeFileSync(changed(attached('bill', null).sha256), 'other bytes')
    const writing = writeArchive(folder, sourceOf(batchOf([conversation])), { attachmentPlace: changed })
    await expect(writing).rejects.toMatchObject({ code: 'ARCHIVE_ATTACHMENT' })
    await expect(writeArchive(folder, sourceOf(batchOf([conversation])))).rejects.toMatchObject({
      code: 'ARCHIVE_ATTACHMENT',
    })
    expect(filesBelow(folder)).toEqual([])
  })

  test('no name from outside decides a path', () => {
    const sha256 = 'a'.repeat(64)
    fc.assert(
      fc.property(fc.option(fc.string()), (mimeType) => {
        expect(attachmentPath({ sha256, size: 1, mimeType })).toMatch(/^data\/attachments\/a{64}(\.[a-z0-9]{3,4})?$/)
      }),
    )
    for (const hostile of ['__proto__', 'constructor', 'IMAGE/PNG', ' image/png ;x']) {
      const path = attachmentPath({ sha256, size: 1, mimeType: hostile })
      expect(path.slice(-4)).toBe(/png/i.test(hostile) ? '.png' : 'aaaa')
    }
  })
})
