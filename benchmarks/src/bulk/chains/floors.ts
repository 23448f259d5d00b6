// floors.ts INPUT LEVEL OUTPUT…: what no chain over these bytes can do without, each alone, in CPU seconds. Prints JSON.
import { hash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { deflateRawSync } from 'node:zlib'
import { print } from '../../print.ts'
import { computedMs } from '../../timing.ts'

const [input = '', level = '6', ...outputs] = process.argv.slice(2)
const blockBytes = 1024 * 1024

/** The seconds that some work on each piece takes, reading left out. */
function seconds(paths: readonly string[], work: (bytes: Buffer) => void): number {
  let spent = 0
  for (const path of paths) {
    const bytes = readFileSync(path)
    const startedAt = computedMs()
    work(bytes)
    spent += computedMs() - startedAt
  }
  return spent / 1000
}

function parseLines(bytes: Buffer): void {
  for (let start = 0; start < bytes.length; ) {
    const end = bytes.indexOf(0x0a, start)
    JSON.parse(bytes.toString('utf8', start, end))
    start = end + 1
  }
}

function deflateBlocks(bytes: Buffer): void {
  for (let at = 0; at < bytes.length; at += blockBytes) {
    deflateRawSync(bytes.subarray(at, at + blockBytes), { level: Number(level), chunkSize: blockBytes / 4 })
  }
}

const parse = seconds([input], parseLines)
const sha256 = seconds(outputs, (bytes) => void hash('sha256', bytes))
const deflate = seconds(outputs, deflateBlocks)
print(JSON.stringify({ parse, sha256, deflate }))
