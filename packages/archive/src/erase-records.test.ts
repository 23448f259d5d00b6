import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { neutraliseFormula } from '@custody/sinks'
import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { eraseRecords } from './erase-records.ts'
import type { ArchiveOptions } from './options.ts'
import {
  type Erasable,
  type ErasableShape,
  erasable,
  fileSha256,
  placeFiles,
  sourceOfErasables,
} from './testing/erasable.ts'
import { checkBag, contentOf, folderOf } from './testing/erased-bag.ts'
import { temporaryFolder } from './testing/temporary-folder.ts'
import { clock, filesBelow, writeArchive } from './testing/write-archive.ts'
import { verify } from './verify.ts'

const FILES = 4

const base = { basis: 'gdpr-17-1-b', reference: 'CASE-17', operator: 'privacy-1', clock } as const

interface Written {
  readonly path: string
  readonly records: readonly Erasable[]
}

async function write(
  records: readonly Erasable[],
  changes: Partial<ArchiveOptions> = {},
  folder: string = temporaryFolder(),
): Promise<Written> {
  const files = join(folder, 'files')
  mkdirSync(files)
  const attachmentPlace = placeFiles(files, FILES)
  const { path } = await writeArchive(join(folder, 'archives'), sourceOfErasables(records), {
    attachmentPlace,
    ...changes,
  })
  return { path, records }
}

const uuid = (index: number): string => `${String(index).padStart(8, '0')}-aaaa-4bbb-8ccc-dddddddddddd`
const plainShape = (index: number, changes: Partial<ErasableShape> = {}): ErasableShape => ({
  identifier: uuid(index),
  texts: ['Hello', 'a "quoted", text\r\nof two lines'],
  files: [],
  isRedacted: false,
  isDoubtful: false,
  ...changes,
})
const many = (count: number, changes: (index: number) => Partial<ErasableShape> = () => ({})): Erasable[] =>
  Array.from({ length: count }, (_, index) => erasable(index, plainShape(index, changes(index))))

/** A text that means something to a CSV, to JSON or to a spreadsheet. */
const nastyText = fc.oneof(
  fc.constantFrom(
    '"',
    '""',
    ',',
    '\n',
    '\r\n',
    '\r',
    '","',
    '"\r\n"',
    '=1+1',
    "'=",
    '\u2028',
    '\\',
    '\\u0041',
    '\t',
    '',
  ),
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.stringMatching(/^[",\r\n' a-c]{0,12}$/),
)
const shapes = fc.array(
  fc.record({
    prefix: fc.oneof(fc.constant(''), fc.constantFrom('=', '"', ',', '\r\n', "'", '\ud800', 'ä€😀')),
    texts: fc.array(nastyText, { maxLength: 4 }),
    files: fc.uniqueArray(fc.nat({ max: FILES - 1 }), { maxLength: 2 }),
    isRedacted: fc.boolean(),
    isDoubtful: fc.boolean(),
  }),
  { minLength: 1, maxLength: 8 },
)

describe('what is erased is gone, and all else stays byte for byte', () => {
  test('over generated conversations, plain and redacted, in small parts, in folder and ZIP', {
    timeout: 600_000,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(
        shapes,
        fc.infiniteStream(fc.boolean()),
        fc.constantFrom('folder' as const, 'zip' as const),
        fc.boolean(),
        fc.constantFrom(1, 2_000, 1_000_000),
        async (generated, choose, container, isRedacted, partBytes) => {
          const all = generated.map(({ prefix, ...shape }, index) =>
            erasable(index, {
              ...shape,
              isRedacted: shape.isRedacted && isRedacted,
              identifier: prefix + uuid(index),
            }),
          )
          const asked = all.map(() => choose.next().value)
          if (!asked.includes(true)) asked[0] = true
          const folder = temporaryFolder()
          const options = { container, partBytes, mode: isRedacted ? 'redacted' : 'plain' } as const
          const { path } = await write(all, options, folder)
          expect((await verify(path)).findings).toEqual([])
          const before = contentOf(folderOf(path))
          const gone = all.filter((_, index) => asked[index])
          const kept = all.filter((_, index) => !asked[index])
          const result = await eraseRecords({
            ...base,
            archive: path,
            conversations: gone.map(({ conversation }) => conversation.identifier),
          })
          const after = contentOf(folderOf(path))
          checkBag(after, before, result.indexes)
          expect((await verify(path)).findings).toEqual([])
          for (const secret of gone.flatMap(({ secrets }) => secrets)) {
            for (const [file, bytes] of after) expect(bytes.includes(secret), `${secret} in ${file}`).toBe(false)
          }
          // What is left is what an archive of the others alone has.
          mkdirSync(join(folder, 'other'))
          const other = contentOf((await write(kept, { ...options, container: 'folder' }, join(folder, 'other'))).path)
          const same = /^data\/(?:csv|attachments)\/|^data\/reports\/redactions/
          const some = (files: Map<string, Buffer>): object =>
            Object.fromEntries(
              [...files].filter(([file]) => same.test(file)).map(([file, bytes]) => [file, String(bytes)]),
            )
          expect(some(after)).toEqual(some(other))
          const master = (files: Map<string, Buffer>): string[] =>
            [...files]
              .filter(([file]) => file.startsWith('data/conversations/'))
              .flatMap(([, bytes]) => String(bytes).split('\n'))
              .filter((line) => line !== '' && !line.startsWith('{"v":1,"erased"'))
          expect(master(after)).toEqual(master(other))
          for (const file of ['reconciliation.csv', 'witnesses.csv', 'differences.csv', 'gaps.csv', 'rejects.jsonl']) {
            rowsStay(file, before.get(`data/reports/${file}`), after.get(`data/reports/${file}`), gone)
          }
          for (const file of [
            'bagit.txt',
            'VERIFY.txt',
            ...[...before.keys()].filter((each) => /^schema/.test(each)),
          ]) {
            expect(after.get(file)).toEqual(before.get(file))
          }
          expect(readdirSync(join(folder, 'archives'))).toHaveLength(1)
        },
      ),
      { numRuns: process.env['SLOW'] ? 300 : 12 },
    )
  })

  /** Every row is still there; what it says of whom is gone where it said so of a conversation that went, nothing else. */
  function rowsStay(
    file: string,
    before: Buffer | undefined,
    after: Buffer | undefined,
    gone: readonly Erasable[],
  ): void {
    const rows = (bytes: Buffer | undefined): string[][] =>
      file.endsWith('.jsonl')
        ? String(bytes)
            .split('\n')
            .slice(0, -1)
            .map((line) => cellsOf(JSON.parse(line)))
        : parse(bytes ?? '', { bom: true, record_delimiter: '\r\n' })
    const [were, are] = [rows(before), rows(after)]
    expect(are).toHaveLength(were.length)
    const names = new Set(
      gone.flatMap(({ conversation }) => [
        neutraliseFormula(conversation.identifier).toWellFormed(),
        conversation.identifier,
      ]),
    )
    const secrets = gone.flatMap((each) => each.secrets)
    for (const [index, row] of were.entries()) {
      const isGone = row.some((cell) => names.has(cell) || secrets.some((secret) => cell.includes(secret)))
      if (!isGone) expect(are[index]).toEqual(row)
      for (const [column, cell] of row.entries()) {
        const now = are[index]?.[column]
        if (now !== cell) expect(now === 'erased' || now === 'null' || cell.includes(' ')).toBe(true)
      }
    }
  }

  const cellsOf = ({ subject, within, ...rest }: Record<string, Record<string, unknown>>): string[] =>
    [...Object.values(rest), subject?.['type'], subject?.['id'], within?.['id']].map(String)
})

test.each([
  ['first', [0]],
  ['last', [39]],
  ['both ends and the middle', [0, 20, 39]],
  ['all', Array.from({ length: 40 }, (_, index) => index)],
])('%s, by index', async (_, records) => {
  const { path } = await write(many(40), { partBytes: 5_000 })
  const before = contentOf(path)
  const result = await eraseRecords({ ...base, archive: path, records })
  expect(result).toMatchObject({ indexes: records, erased: records.length, removed: { lines: records.length } })
  checkBag(contentOf(path), before, records)
  for (const manifest of ['manifest-sha256.txt', 'tagmanifest-sha256.txt']) {
    execFileSync('sha256sum', ['--strict', '--quiet', '-c', manifest], { cwd: path })
  }
  expect(await verify(path)).toMatchObject({ findings: [], erased: records.length, conversations: 40 })
})

test('a file goes with the last conversation that names it', async () => {
  const files = [[0, 1], [1, 2], [], [3]]
  const { path } = await write(many(4, (index) => ({ files: files[index] ?? [] })))
  const names = (): string[] =>
    filesBelow(join(path, 'data/attachments'))
      .map((file) => file.slice(0, 64))
      .sort()
  const result = await eraseRecords({ ...base, archive: path, records: [0] })
  expect(result.removed.files).toBe(1)
  expect(names()).toEqual([1, 2, 3].map(fileSha256).sort())
  expect((await eraseRecords({ ...base, archive: path, records: [1] })).removed.files).toBe(2)
  expect(names()).toEqual([fileSha256(3)])
  expect((await verify(path)).findings).toEqual([])
})
