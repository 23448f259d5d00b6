import { randomBytes } from 'node:crypto'
import type { Clock } from '@custody/pipeline'

/** Names a run for people and files: when it began, and four letters that tell two of one second apart. */
export function createRunId(clock: Clock, random: (bytes: number) => Uint8Array = randomBytes): string {
  const stamp = new Date(clock.now()).toISOString().replace(/[-:]|\.\d+/g, '')
  const letters = Array.from(random(4), (byte) => 'abcdefghijklmnopqrstuvwxyz'[byte % 26]).join('')
  return `${stamp}-${letters}`
}
