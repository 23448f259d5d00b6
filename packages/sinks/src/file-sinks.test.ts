import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Batch } from '@custody/pipeline'
import { testSink } from '@custody/testkit'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { csv } from './csv.ts'
import type { CsvColumn } from './csv-table.ts'
import { jsonl } from './jsonl.ts'
import { parseCsv } from './testing/parse-csv.ts'
import { temporaryFolder } from './testing/temporary-folder.ts'

interface Row {
  readonly id: string
  readonly text: string
}

const records = fc.record<Row>({ id: fc.uuid(), text: fc.string({ unit: 'binary' }) })
const columns: readonly CsvColumn<Row>[] = [
  { name: 'id', description: 'Id', cell: (row) => row.id },
  { name: 'text', description: 'Text', cell: (row) => row.text },
]

async function* batches<T>(...all: readonly (readonly T[])[]): AsyncGenerator<Batch<T>> {
  for (const records of all) yield { records, rejects: [] }
}

/** What stands in a folder of its own; temporary files are no part of it. */
function inFolder(read: (file: string) => string[]) {
  const folder = mkdtempSync(join(tmpdir(), 'custody-sinks-'))
  const file = join(folder, 'out')
  return {
    file,
    stored: () => (existsSync(file) ? read(file) : []),
    finished: () => readdirSync(folder).length > 0,
    tearDown: () => rmSync(folder, { recursive: true }),
  }
}

describe('jsonl', () => {
  testSink<Row>({
    test,
    records,
    idOf: (row) => row.id,
    runs: 20,
    setUp: () => {
      const under = inFolder((file) =>
        readFileSync(file, 'utf8')
          .split('\n')
          .slice(0, -1)
          .map((line) => JSON.parse(line).id),
      )
      return { ...under, sink: jsonl({ file: under.file }) }
    },
  })

  test('a record that is no line is refused, and nothing is left', async () => {
    const folder = temporaryFolder()
    const run = (encode: (record: string) => string): PromiseLike<unknown> =>
      jsonl({ file: join(folder, 'out'), encode })(batches(['a']))
    await expect(run(() => 'a\nb')).rejects.toMatchObject({ code: 'SINK_LINE' })
    await expect(run(() => undefined as never)).rejects.toMatchObject({ code: 'SINK_LINE' })
    expect(readdirSync(folder)).toEqual([])
  })

  test('a failure leaves the file of the last run as it was', async () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'out'), 'old')
    async function* failing(): AsyncGenerator<Batch<string>> {
      yield* batches(['a'])
      throw new Error('no more')
    }
    await expect(jsonl({ file: join(folder, 'out') })(failing())).rejects.toThrow('no more')
    expect(readdirSync(folder)).toEqual(['out'])
    expect(readFileSync(join(folder, 'out'), 'utf8')).toBe('old')
    await jsonl({ file: join(folder, 'out') })(batches([1], [], [2]))
    expect(readFileSync(join(folder, 'out'), 'utf8')).toBe('1\n2\n')
  })

  test('what was written before a failure or an abort is removed', async () => {
    const folder = temporaryFolder()
    const file = join(folder, 'out')
    const controller = new AbortController()
    const reason = new Error('enough')
    let partial: readonly string[] = []
    // Ends quietly, as a source may: the sink has to notice by itself.
    async function* source(stop: () => void): AsyncGenerator<Batch<string>> {
      yield* batches(['x'.repeat(1_000_000)])
      partial = readdirSync(folder)
      stop()
    }
    const fail = (): never => {
      throw reason
    }
    await expect(jsonl<string>({ file })(source(fail))).rejects.toBe(reason)
    expect(partial).toEqual([expect.stringMatching(/^\.out\.partial-/)])
    expect(readdirSync(folder)).toEqual([])
    const { signal } = controller
    await expect(
      jsonl<string>({ file })(
        source(() => controller.abort(reason)),
        { signal },
      ),
    ).rejects.toBe(reason)
    expect(readdirSync(folder)).toEqual([])
  })

  test('no batches make an empty file and no commit', async () => {
    const file = join(temporaryFolder(), 'out')
    expect(await jsonl({ file })(batches())).toEqual({ commits: 0, batches: 0, records: 0, rejects: 0 })
    expect(readFileSync(file, 'utf8')).toBe('')
  })

  test('a place that cannot be written to is refused at construction', () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'file'), '')
    const code = 'DIRECTORY_NOT_WRITABLE'
    expect(() => jsonl({ file: join(folder, 'file', 'out') })).toThrow(expect.objectContaining({ code, kind: 'usage' }))
    expect(() => jsonl({ file: `${folder}/` })).toThrow(expect.objectContaining({ code: 'SINK_FILE' }))
  })

  test('folders that are not there yet are made, but not before there is something to write', async () => {
    const file = join(temporaryFolder(), 'a', 'b', 'out')
    const sink = jsonl<number>({ file })
    expect(existsSync(join(file, '..'))).toBe(false)
    await sink(batches([1]))
    expect(readFileSync(file, 'utf8')).toBe('1\n')
  })
})

describe('csv', () => {
  testSink<Row>({
    test,
    records,
    idOf: (row) => row.id,
    runs: 20,
    setUp: () => {
      const under = inFolder((file) =>
        parseCsv(readFileSync(file, 'utf8'))
          .slice(1)
          .map(([id]) => id as string),
      )
      return { ...under, sink: csv({ file: under.file, columns }) }
    },
  })

  test('the header is there once, also without rows', async () => {
    const file = join(temporaryFolder(), 'out')
    await csv({ file, columns })(batches<Row>())
    expect(readFileSync(file, 'utf8')).toBe('id,text\r\n')
    await csv({ file, columns, bom: true })(batches([{ id: '1', text: '=1' }], [{ id: '2', text: '' }]))
    expect(readFileSync(file, 'utf8')).toBe("\uFEFFid,text\r\n1,'=1\r\n2,\r\n")
  })

  test('columns that cannot be told apart are refused', () => {
    const file = join(temporaryFolder(), 'out')
    mkdirSync(join(file, '..'), { recursive: true })
    for (const wrong of [[], [columns[0], columns[0]]] as CsvColumn<Row>[][]) {
      expect(() => csv({ file, columns: wrong })).toThrow(expect.objectContaining({ code: 'CSV_COLUMNS' }))
    }
  })
})
