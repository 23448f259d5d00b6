import { createHash } from 'node:crypto'
import type { AuditCheckpoint } from '../audit-chain.ts'

/** Epoch milliseconds of the first event. */
export const START: number = Date.parse('2026-11-21T08:00:00.000Z')

/** A clock that goes on by a millisecond each time it is asked. */
export function tickingClock(): { now(): number } {
  let now = START
  return { now: () => now++ }
}

/** The lines of a log of so many events, each with its LF, written down without the package's own encoder. */
export function sampleLines(count: number, words = 'archive.start'): string[] {
  const lines: string[] = []
  let prev = '0'.repeat(64)
  for (let n = 0; n < count; n++) {
    const t = new Date(START + n).toISOString()
    const line = `{"n":${n},"t":"${t}","actor":"cli:uid-1000","act":"${words}","run":"run-${n}","obj":null,"detail":{"records":${n}},"prev":"${prev}"}\n`
    lines.push(line)
    prev = sha256(line)
  }
  return lines
}

export function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex')
}

/** Size and root, by the definition of RFC 9162 §2.1.1. */
export function checkpointOf(lines: readonly string[]): AuditCheckpoint {
  return { size: lines.length, root: rootOf(lines).toString('hex') }
}

function rootOf(lines: readonly string[]): Buffer {
  const hash = createHash('sha256')
  if (lines.length === 0) return hash.digest()
  if (lines.length === 1) return hash.update('\0').update(String(lines[0])).digest()
  let split = 1
  while (split * 2 < lines.length) split *= 2
  return hash
    .update('\x01')
    .update(rootOf(lines.slice(0, split)))
    .update(rootOf(lines.slice(split)))
    .digest()
}
