import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { Journal } from '../journal.ts'
import { openJournal } from '../open-journal.ts'
import { temporaryFolder } from './temporary-folder.ts'

/** The key of all test journals, unless a test says otherwise. */
export const testKey: Uint8Array = new Uint8Array(32).fill(7)

export const CREATED_AT: number = Date.parse('2026-11-21T08:00:00.000Z')

/** The name of a journal that is not there yet. */
export function newFile(): string {
  return join(temporaryFolder(), 'answers.journal')
}

/** Opens a journal until the test has ended. */
export async function opened(file: string, key: Uint8Array = testKey): Promise<Journal> {
  const journal = await openJournal({ file, key, clock: { now: () => CREATED_AT } })
  onTestFinished(() => journal.close())
  return journal
}

/** A closed journal with these answers, one frame behind the other; gives its bytes, header first, cut into frames. */
export async function written(
  answers: readonly (readonly [id: string, answer: string])[],
  key: Uint8Array = testKey,
): Promise<{ file: string; header: Buffer; frames: Buffer[] }> {
  const file = newFile()
  const journal = await openJournal({ file, key })
  const ends = [journal.size.bytes]
  for (const [id, answer] of answers) {
    await journal.put(id, Buffer.from(answer))
    ends.push(journal.size.bytes)
  }
  await journal.close()
  const bytes = readFileSync(file)
  return {
    file,
    header: bytes.subarray(0, ends[0]),
    frames: answers.map((_, index) => bytes.subarray(ends[index], ends[index + 1])),
  }
}

/** Puts bytes in the place of a journal. */
export function rewrite(file: string, ...parts: readonly Uint8Array[]): void {
  writeFileSync(file, Buffer.concat(parts))
}

export async function textOf(journal: Journal, id: string): Promise<string | null> {
  const answer = await journal.get(id)
  return answer && Buffer.from(answer).toString('utf8')
}
