import { createHash } from 'node:crypto'
import { parseJson } from '@custody/model'
import type { ErasureSettings } from './erase-options.ts'
import type { RunDocument } from './run-document.ts'
import type { Tombstone } from './tombstone.ts'

/** A line of `integrity/erasures.jsonl`, its LF included. The order of keys is part of the format. */
export function encodeErasure(
  { erasureId, basis, reference, operator, clock }: ErasureSettings,
  indexes: Iterable<number>,
  superseded: Uint8Array | null,
): string {
  return `${JSON.stringify({
    v: 1,
    id: erasureId,
    indexes: [...indexes].sort((a, b) => a - b),
    basis,
    reference,
    erasedAt: new Date(clock.now()).toISOString(),
    operator,
    supersedes: superseded && createHash('sha256').update(superseded).digest('hex'),
  })}\n`
}

/** The line of the master for a tombstone, its LF included. It holds no salt: nothing can be tried out on it. */
export function encodeMasterTombstone({ index, erasure }: Tombstone): Buffer {
  return Buffer.from(`${JSON.stringify({ v: 1, erased: { index, erasure } })}\n`)
}

/** `run.json` of now: `erased` stands after `counts`, which stay those of the run. */
export function erasedRun(text: string, erased: number, payloadOxum: string): RunDocument {
  const fields = Object.entries(parseJson(text) as Record<string, unknown>).flatMap(
    ([name, value]): [string, unknown][] => {
      if (name === 'erased') return []
      if (name === 'payloadOxum') return [[name, payloadOxum]]
      return name === 'counts'
        ? [
            [name, value],
            ['erased', erased],
          ]
        : [[name, value]]
    },
  )
  return Object.fromEntries(fields) as unknown as RunDocument
}

/** `README.txt` of now: behind the number of conversations it says how many of them were erased. */
export function erasedReadme(text: string, erased: number): string {
  const lines =
    erased > 0
      ? `Erased         ${erased} of these conversations, after the archive was made. When and
               why: integrity/erasures.jsonl. The numbers are those of before.
`
      : `Erased         None of these conversations; reports no longer name another one. When and
               why: integrity/erasures.jsonl.
`
  const before = text.replace(/^Erased {9}.*\n(?: {15}.*\n)*/m, '')
  const counted = /^Conversations .*\n/m.exec(before)
  if (counted === null) return before + lines
  const end = counted.index + counted[0].length
  return before.slice(0, end) + lines + before.slice(end)
}

/** `bag-info.txt` of now: the size of the payload. All else, the day too, is that of the run, as in run.json. */
export function erasedBagInfo(text: string, payloadOxum: string): string {
  return text.replace(/^Payload-Oxum: .*$/m, `Payload-Oxum: ${payloadOxum}`)
}
