import { createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Clock } from '@custody/pipeline'
import { onTestFinished } from 'vitest'
import type { RandomBytes } from '../pbes2.ts'

/** A path for a key directory that is not there yet; gone after the test. */
export async function freshDirectory(): Promise<string> {
  const parent = await mkdtemp(join(tmpdir(), 'custody-keys-'))
  onTestFinished(() => rm(parent, { recursive: true, force: true }))
  return join(parent, 'keys')
}

/** Random bytes that are the same in each run of the tests. */
export function seededBytes(seed: string): RandomBytes {
  let count = 0
  return (size) => {
    const blocks: Buffer[] = []
    for (let have = 0; have < size; have += 32) {
      blocks.push(createHash('sha256').update(`${seed} ${count++}`).digest())
    }
    return Buffer.concat(blocks).subarray(0, size)
  }
}

/** A clock that says one instant until it is set to another. */
export function standingClock(instant: string): Clock & { set(instant: string): void } {
  let now = Date.parse(instant)
  return {
    now: () => now,
    sleep: () => new Promise(() => undefined),
    set(next) {
      now = Date.parse(next)
    },
  }
}

/** All files below a directory, by their relative path. */
export async function filesIn(directory: string): Promise<Record<string, string>> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true })
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  const texts = await Promise.all(
    paths.map(async (path) => [path.slice(directory.length + 1), await readFile(path, 'utf8')] as const),
  )
  return Object.fromEntries(texts.sort(([one], [other]) => (one < other ? -1 : 1)))
}
