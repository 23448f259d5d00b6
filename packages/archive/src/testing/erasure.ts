import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ErasureOptions } from '../erase-options.ts'
import { sampleConversation, sampleSource } from './sample-conversations.ts'
import { temporaryFolder } from './temporary-folder.ts'
import { clock, filesBelow, writeArchive } from './write-archive.ts'

/** The name of every sample. */
export const sampleName = 'acme-2026-10-01--2026-11-01'

export const sampleId = (index: number): string => sampleConversation(index).identifier

/** An erasure of the second conversation, unless told otherwise. */
export function erasureOf(archive: string, changes: Partial<ErasureOptions> = {}): ErasureOptions {
  return {
    archive,
    records: [1],
    basis: 'gdpr-17-1-b',
    reference: 'CASE-17',
    operator: 'privacy-1',
    clock,
    ...changes,
  }
}

/** Everything in a folder, hidden files too. */
export function snapshot(folder: string): Record<string, string> {
  const digest = (file: string): string =>
    createHash('sha256')
      .update(readFileSync(join(folder, file)))
      .digest('hex')
  return Object.fromEntries(filesBelow(folder).map((file) => [file, digest(file)]))
}

export interface SampleArchive {
  readonly folder: string
  readonly path: string
  readonly before: Record<string, string>
}

/** An archive of sample conversations in a folder of its own. */
export async function sampleArchive(
  changes: Parameters<typeof writeArchive>[2] = {},
  count = 4,
): Promise<SampleArchive> {
  const folder = temporaryFolder()
  const { path } = await writeArchive(folder, sampleSource(count), changes)
  return { folder, path, before: snapshot(folder) }
}
