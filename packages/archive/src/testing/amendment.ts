import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Conversation } from '@custody/model'
import type { Source } from '@custody/pipeline'
import type { Amends, EntryAmendment, VanishedEntry } from '../amendments-report.ts'
import type { ArchiveOptions, ArchiveResult } from '../options.ts'
import { batchOf, sampleConversation, sampleEntry, sourceOf, window } from './sample-conversations.ts'
import { temporaryFolder } from './temporary-folder.ts'
import { filesBelow, writeArchive } from './write-archive.ts'

/** The archive that is amended. */
export const amended = 'acme-2026-10-01--2026-11-01'

export const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex')

export const nameOf = (conversation: string, entryId: string): string =>
  digestOf(`${conversation} ${entryId}`).slice(0, 32)

/** An entry that says `late` of itself is late, every other one is changed. */
export function amendmentOf({ identifier }: Conversation, { entryId }: { readonly entryId: string }): EntryAmendment {
  const entry = nameOf(identifier, entryId)
  const after = digestOf(`after ${entryId}`)
  return entryId.includes('late')
    ? { kind: 'late', entry, before: null, after, amends: null }
    : { kind: 'changed', entry, before: digestOf(`before ${entryId}`), after, amends: amended }
}

export function vanishedEntry(conversation: string | null, entryId: string): VanishedEntry {
  return {
    entry: nameOf(conversation ?? '', entryId),
    conversation,
    entryId: conversation && entryId,
    sentAt: window.from,
    before: digestOf(`before ${entryId}`),
    amends: amended,
  }
}

/** Two conversations with something to amend, one with nothing, one of another time. */
export function reread(): readonly Conversation[] {
  const [one, two, three, four] = [1, 2, 3, 4].map((index) => sampleConversation(index))
  if (!(one && two && three && four)) throw new Error('there are four')
  const at = one.startTime ?? ''
  const excluded = {
    verdict: 'excluded',
    reason: 'no-entries-in-window',
    expectedAgentMessages: 1,
    expectedEndUserMessages: 1,
  } as const
  return [
    {
      ...one,
      entries: [sampleEntry('1-1', at, 'end-user', { text: 'as it is now' }), sampleEntry('1-late', at, 'agent')],
    },
    { ...three, entries: [] },
    { ...two, entries: [sampleEntry('=2-late, "é"', at, 'end-user')] },
    { ...four, entries: [], reconciliation: excluded },
  ]
}

/** What vanished: an entry of a conversation of which nothing else is amended, and one that nobody knows any more. */
export const vanished: readonly VanishedEntry[] = [
  vanishedEntry(sampleConversation(3).identifier, '3-1'),
  vanishedEntry(null, 'gone'),
]

export function amends(changes: Partial<Amends> = {}): Amends {
  return { archive: amended, number: 1, amendmentOf, vanished: () => vanished, ...changes }
}

/** Writes an amendment to its end. */
export function writeAmendment(
  directory: string,
  changes: Partial<ArchiveOptions> = {},
  source: Source<Conversation> = sourceOf(batchOf(reread())),
): Promise<ArchiveResult> {
  return writeArchive(directory, source, { amends: amends(), ...changes })
}

let written: ReadonlyMap<string, Buffer> | undefined

/** The files of a small valid amendment, by path. Written once; every caller gets a Map of its own. */
export async function amendmentFiles(): Promise<Map<string, Buffer | string>> {
  if (written === undefined) {
    const { path } = await writeAmendment(temporaryFolder())
    written = new Map(filesBelow(path).map((file) => [file, readFileSync(join(path, file))]))
  }
  return new Map(written)
}
