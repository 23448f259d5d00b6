import { readdirSync } from 'node:fs'
import type { Conversation } from '@custody/model'
import { describe, expect, test } from 'vitest'
import { type Amends, amendmentName, type EntryAmendment } from './amendments-report.ts'
import { archive } from './archive.ts'
import { amended, amendmentOf, amends, digestOf, reread, vanishedEntry, writeAmendment } from './testing/amendment.ts'
import { batchOf, sampleConversation, sourceOf, window } from './testing/sample-conversations.ts'
import { temporaryFolder } from './testing/temporary-folder.ts'
import { archiveOptions } from './testing/write-archive.ts'

describe('not written, and nothing left behind', () => {
  test.each<[string, Partial<Amends>, (readonly Conversation[])?]>([
    ['an entry reached it that amends nothing', { amendmentOf: () => undefined }],
    ['nothing is amended', { vanished: () => [] }, []],
    ['entries are said to have vanished, and the reading was empty', {}, []],
    [
      'entries are said to have vanished, and the reading was incomplete',
      {},
      [...reread(), sampleConversation(7, { entries: [], reconciliation: null })],
    ],
    ['a digest of before is not as its kind needs it', { amendmentOf: bad({ before: digestOf('x') }, 'late') }],
    ['a digest of before is not as its kind needs it', { amendmentOf: bad({ before: null }, 'changed') }],
    ['a digest of now is not as its kind needs it', { amendmentOf: bad({ after: 'f00d' }, 'late') }],
    ['an entry is not named by a hash', { amendmentOf: bad({ entry: 'x' }, 'late') }],
    ['the archive that is amended is not named', { amendmentOf: bad({ amends: '../acme' }, 'changed') }],
    [
      'an entry is of a time outside of the window',
      { vanished: () => [{ ...vanishedEntry('c', 'e'), sentAt: window.to }] },
    ],
    ['the archive that is amended is not named', { vanished: () => [{ ...vanishedEntry('c', 'e'), amends: null }] }],
  ])('%s', async (why, changes, records = reread()) => {
    const directory = temporaryFolder()
    const written = writeAmendment(directory, { amends: amends(changes) }, sourceOf(batchOf(records)))
    const message = `${amended}-amendment-1 was not written: ${why}.`
    await expect(written).rejects.toMatchObject({ code: 'ARCHIVE_AMENDMENT', message })
    expect(readdirSync(directory)).toEqual([])
  })
})

describe('refused before anything is written', () => {
  test.each([
    ['ARCHIVE_AMENDS', { amends: amends({ number: 0 }) }],
    ['ARCHIVE_AMENDS', { amends: amends({ number: 1.5 }) }],
    ['ARCHIVE_AMENDS', { amends: amends({ number: 1_000_000 }) }],
    ['ARCHIVE_AMENDS', { amends: amends({ archive: amendmentName({ archive: amended, number: 1 }) }) }],
    ['ARCHIVE_NAME', { amends: amends({ archive: '../acme' }) }],
    ['ARCHIVE_NAME', { amends: amends(), name: 'mine' }],
    ['ARCHIVE_NAME', { name: 'acme-amendment-1' }],
  ])('%s', (code, changes) => {
    expect(() => archive(archiveOptions(temporaryFolder(), changes))).toThrow(expect.objectContaining({ code }))
  })
  test('not the longest name and number', () => {
    const options = { amends: amends({ archive: 'a'.repeat(120), number: 999_999 }) }
    expect(() => archive(archiveOptions(temporaryFolder(), options))).not.toThrow()
  })
})

/** Says something wrong of entries of one kind. */
function bad(changes: object, kind: EntryAmendment['kind']): typeof amendmentOf {
  return (conversation, entry) => {
    const amendment = amendmentOf(conversation, entry)
    return amendment.kind === kind ? { ...amendment, ...changes } : amendment
  }
}
