import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { encodeConversation } from '@custody/sinks'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { BlockCutter } from './block-cutter.ts'
import { BlockMemory } from './block-memory.ts'
import { BlockReaders, type BlockReadersOptions } from './block-readers.ts'
import { type BlockPlace, type BlockReading, hasManyRows } from './line-block.ts'
import { type BlockTask, readBlock } from './read-block.ts'
import { masterTables } from './table-rows.ts'
import { blockOf, linesOf } from './testing/blocks.ts'
import { invalidBags, writeInvalidBag } from './testing/invalid-bags.ts'
import { richBagFiles } from './testing/rich-bag.ts'
import { sampleConversation, sampleEntry, window } from './testing/sample-conversations.ts'
import { filesBelow } from './testing/write-archive.ts'

const task: BlockTask = { depth: 'content', window, tables: masterTables.map(({ path }) => path), amends: true }
const salt = 'A'.repeat(43)

interface Told {
  readonly place: BlockPlace
  readonly reading: object
}

/** Readers whose threads have started, and what they tell. */
async function startReaders(changes: Partial<BlockReadersOptions> = {}): Promise<[BlockReaders, Told[]]> {
  const told: Told[] = []
  const readers = new BlockReaders({
    task,
    threads: 2,
    signal: undefined,
    // What it was written to is used again.
    onReading: (place, reading) => void told.push({ place, reading: plain(reading) }),
    ...changes,
  })
  await readers.ready()
  return [readers, told]
}

function lineOf(index: number, text: string): Buffer {
  const conversation = sampleConversation(index)
  const at = conversation.startTime ?? ''
  const entries = [sampleEntry(`${index}-1`, at, 'agent', { text })]
  return Buffer.from(`${encodeConversation({ ...conversation, entries }, { salt })}\n`)
}

describe('readings by several threads are those of one, in the order of the blocks', () => {
  let lines: (Buffer | null)[]
  let readers: BlockReaders
  let told: Told[]

  beforeAll(async () => {
    ;[readers, told] = await startReaders()
  })
  afterAll(() => readers.close())

  test('whatever the lines of the invalid archives, and when which thread is done', async () => {
    lines = [null, Buffer.from('\n'), Buffer.from('x'), lineOf(1, 'é＝'), lineOf(2, '\ud800\u2028'), deep(20_000)]
    const seen = new Set<string>()
    for (const bag of invalidBags) {
      const folder = writeInvalidBag(bag, await richBagFiles())
      for (const file of filesBelow(folder).filter((path) => path.includes('conversations/part'))) {
        const bytes = readFileSync(join(folder, file))
        if (seen.has(bytes.toString('latin1'))) continue
        seen.add(bytes.toString('latin1'))
        const cutter = new BlockCutter(file, 0, new BlockMemory())
        cutter.push(bytes)
        cutter.end()
        lines.push(...cutter.rest().flatMap(linesOf))
      }
    }
    expect(lines.length).toBeGreaterThan(30)
    const block = fc.array(fc.constantFrom(...lines), { minLength: 1, maxLength: 6 })
    await fc.assert(
      fc.asyncProperty(fc.array(block, { minLength: 1, maxLength: 40 }), async (blocks) => {
        told.length = 0
        for (const [index, each] of blocks.entries()) await readers.add(blockOf(each, index * 10))
        await readers.drain()
        expect(told).toEqual(
          blocks.map((each, index) => {
            const { bytes, sizes, ...place } = blockOf(each, index * 10)
            return { place, reading: plain(readBlock({ ...place, bytes, sizes }, task)) }
          }),
        )
      }),
      { numRuns: 60 },
    )
  })

  test('also of lines nested deeper than the stack of a thread allows, and of those too long to be shared', async () => {
    told.length = 0
    const blocks = [deep(2_300), deep(20_000), lineOf(1, 'x'.repeat(5_000_000)), lineOf(2, 'y')]
    for (const [index, line] of blocks.entries()) await readers.add(blockOf([line], index))
    await readers.drain()
    expect(told.map(({ reading }) => reading)).toEqual(
      blocks.map((line, index) => plain(readBlock(blockOf([line], index), task))),
    )
  })

  test('also of one that makes many times its length in rows', async () => {
    told.length = 0
    const identifier = 'c'.repeat(200_000)
    const at = '2026-10-01T00:00:00.000Z'
    const entries = Array.from({ length: 200 }, (_, index) => sampleEntry(`${index + 100}`, at, 'agent'))
    const line = Buffer.from(`${encodeConversation(sampleConversation(1, { identifier, entries }), { salt })}\n`)
    await readers.add(blockOf([line]))
    await readers.drain()
    const reading = readBlock(blockOf([line]), task)
    expect(hasManyRows(reading)).toBe(true)
    expect(told.map((each) => each.reading)).toEqual([plain(reading)])
  })
})

/** Told by any thread, as values that can be compared: bytes come as another type from elsewhere. */
function plain({ tables, archived, amended, ...rest }: BlockReading): object {
  const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1')
  return { ...rest, tables: tables.map(text), archived: text(archived), amended: text(amended) }
}

/** JSON of a form that is parsed and written by recursion, so many levels deep. */
function deep(levels: number): Buffer {
  const nested = `${'{"9":1,"a":'.repeat(levels)}1${'}'.repeat(levels)}`
  return Buffer.from(
    String(lineOf(3, 'deep'))
      .replace('"payload":', `"payload":${nested},"was":`)
      .replace(/,"was":\{.*?\}/, ''),
  )
}

test('a thread that fails ends the check', async () => {
  const [readers] = await startReaders({ task: { ...task, tables: undefined as never }, threads: 1 })
  onTestFinished(() => readers.close())
  await readers.add(blockOf([lineOf(1, 'x')]))
  await expect(readers.drain()).rejects.toThrow('A thread that reads lines of the master failed.')
  await expect(readers.drain()).rejects.toThrow('A thread that reads lines of the master failed.')
})

test('an abort ends the wait for a thread, and so does nothing else', async () => {
  const controller = new AbortController()
  const [readers, told] = await startReaders({ threads: 1, signal: controller.signal })
  onTestFinished(() => readers.close())
  await readers.add(blockOf([lineOf(1, 'x'.repeat(3_000_000))]))
  const drained = readers.drain()
  controller.abort(new Error('enough'))
  await expect(drained).rejects.toThrow('enough')
  expect(told).toEqual([])
})
