import { join } from 'node:path'
import { expect, test } from 'vitest'
import { exportConversations } from './source.ts'
import { sampleWindow as window } from './testing/sample-rows.ts'
import { leftIn, temporaryFolder } from './testing/temporary-folder.ts'
import { writeZip } from './testing/write-zip.ts'

const MIB = 1024 * 1024
const names = 'identifier,conversation_identifer,entry_type,entry_payload,sender,transcripted_timestamp'

/** Rows in no order, some half of them outside of the window. */
function* rows(totalBytes: number, conversations: number): Generator<Buffer> {
  let written = 0
  let lines: string[] = [names]
  for (let index = 0; written < totalBytes; index += 1) {
    const conversation = Math.imul(index, 2_654_435_761) >>> 0
    const words = `Message ${index} `.repeat(12)
    const payload = `{""entryType"":""Message"",""id"":""${index}"",""abstractMessage"":{""messageType"":""StaticContentMessage"",""staticContent"":{""formatType"":""Text"",""text"":""${words}""}}}`
    const sender = `{""role"":""${index % 2 ? 'Agent' : 'EndUser'}"",""appType"":""agent"",""subject"":""s-${index % 97}""}`
    const time = Date.parse(window.from) + (index % 2000) * 2_500_000
    lines.push(`e-${index},c-${conversation % conversations},MESSAGE,"${payload}","${sender}",${time}`)
    if (lines.length < 2000) continue
    const bytes = Buffer.from(`${lines.join('\n')}\n`)
    written += bytes.length
    lines = []
    yield bytes
  }
  yield Buffer.from(lines.map((line) => `${line}\n`).join(''))
}

async function readLarge(totalBytes: number) {
  const folder = await temporaryFolder()
  const conversations = Math.ceil(totalBytes / 10_000)
  const path = await writeZip(join(folder, 'export.zip'), { 'entries.csv': rows(totalBytes, conversations) })
  const directory = join(folder, 'scratch')
  globalThis.gc?.()
  const before = process.memoryUsage().rss
  let peak = before
  const timer = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage().rss)
  }, 50)
  const started = performance.now()
  const counts = { conversations: 0, entries: 0, delivered: 0, rejects: 0 }
  try {
    for await (const { records, rejects } of exportConversations({ paths: [path], window, directory })()) {
      counts.conversations += records.length
      counts.rejects += rejects.length
      for (const { entries, delivered } of records) {
        counts.entries += entries.length
        counts.delivered += delivered?.entries ?? 0
      }
    }
  } finally {
    clearInterval(timer)
  }
  expect(await leftIn(directory)).toEqual([])
  return { counts, conversations, peakBytes: peak - before, seconds: (performance.now() - started) / 1000 }
}

test('tens of megabytes, every row counted', async () => {
  const { counts, conversations } = await readLarge(24 * MIB)
  const expected = [...rows(24 * MIB, conversations)].reduce(
    (sum, bytes) => sum + bytes.toString().split('\n').length - 1,
    -1,
  )
  expect(counts).toMatchObject({ rejects: 0, conversations, delivered: expected })
  expect(counts.entries).toBeLessThan(expected)
})

test.runIf(process.env['SLOW'])('a gigabyte in flat memory', { timeout: 600_000 }, async () => {
  const { counts, peakBytes, seconds } = await readLarge(1024 * MIB)
  expect(counts.rejects).toBe(0)
  expect(counts.delivered).toBeGreaterThan(2_000_000)
  expect(peakBytes).toBeLessThan(450 * MIB)
  expect(seconds).toBeLessThan(500)
})
