import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Conversation } from '@custody/model'
import type { Clock, Source } from '@custody/pipeline'
import { archive } from '../archive.ts'
import type { ArchiveOptions, ArchiveResult } from '../options.ts'
import { key, window } from './sample-conversations.ts'

/** Time stands still. */
export const clock: Clock = {
  now: () => Date.parse('2026-11-02T03:04:05.678Z'),
  sleep: () => Promise.reject(new Error('nothing here waits')),
}

export function archiveOptions(directory: string, changes: Partial<ArchiveOptions> = {}): ArchiveOptions {
  return {
    directory,
    org: 'acme',
    window,
    container: 'folder',
    formats: ['jsonl', 'csv'],
    mode: 'plain',
    key,
    clock,
    run: { runId: 'run-1', tool: 'test/1.0.0', startedAt: '2026-11-02T03:00:00.000Z' },
    ...changes,
  }
}

/** Writes an archive to its end. */
export async function writeArchive(
  directory: string,
  source: Source<Conversation>,
  changes: Partial<ArchiveOptions> = {},
): Promise<ArchiveResult> {
  let result: ArchiveResult | undefined
  const sink = archive({
    ...archiveOptions(directory, changes),
    onWritten: (written) => {
      result = written
    },
  })
  await sink(source())
  if (result === undefined) throw new Error('onWritten was not called')
  return result
}

/** All files below a folder, sorted. */
export function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort()
}

/** The lines of a file, each of which has to be ended. */
export function linesOf(file: string): string[] {
  const text = readFileSync(file, 'utf8')
  if (text !== '' && !text.endsWith('\n')) throw new Error('the last line is not ended')
  return text.split('\n').slice(0, -1)
}
