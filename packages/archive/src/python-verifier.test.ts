import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeTransition, publicKeyFingerprint, publicKeyPem, sealDigest, signNote, sshPublicKey } from '@custody/seal'
import { afterAll, describe, expect, test } from 'vitest'
import { eraseRecords } from './erase-records.ts'
import type { MakeSeal } from './make-seal.ts'
import { writeAmendment } from './testing/amendment.ts'
import { folderOf, remanifest } from './testing/bag-files.ts'
import { buildZip } from './testing/build-zip.ts'
import { erasureOf, sampleId } from './testing/erasure.ts'
import { invalidBags, writeInvalidBag } from './testing/invalid-bags.ts'
import { oldArchive, sealBy, sealed, testSigner } from './testing/python-seals.ts'
import { bothOf, keyFile, startPythonVerifier } from './testing/python-verifier.ts'
import { richBagFiles } from './testing/rich-bag.ts'
import { sampleSource } from './testing/sample-conversations.ts'
import { temporaryFolder } from './testing/temporary-folder.ts'
import { writeArchive } from './testing/write-archive.ts'

const python = startPythonVerifier()
afterAll(() => python.close())

const signer = testSigner(1)
const both = (path: string): ReturnType<typeof bothOf> => bothOf(python, path, signer.publicKey)

const whole = { custody: 'valid', python: 'valid' }
const refused = { custody: 'findings', python: 'findings' }

type BagFiles = Map<string, Buffer | string>

const sha256 = (bytes: Buffer | string): string => createHash('sha256').update(bytes).digest('hex')

function zipOf(files: BagFiles): string {
  const zip = join(temporaryFolder(), 'any name.zip')
  writeFileSync(zip, buildZip([...files].map(([path, content]) => ({ name: `any folder/${path}`, content }))))
  return zip
}

describe('what is whole is accepted, and the summary says what it is', () => {
  test.each([0, 1, 2, 7, 8])('%i conversations, in a folder and a ZIP', async (count) => {
    for (const container of ['folder', 'zip'] as const) {
      const { path } = await writeArchive(temporaryFolder(), sampleSource(count), { container, seal: sealBy(signer) })
      expect(await both(path)).toEqual(whole)
    }
  })

  test('by a key from elsewhere, in PEM or as a line of OpenSSH, with or without a comment', async () => {
    const folder = folderOf(await sealed(await richBagFiles()))
    const ssh = sshPublicKey(signer.publicKey)
    const said = `conversations 3, erased 0\nseal 1 of example.com/acme\nkey ${publicKeyFingerprint(signer.publicKey)}`
    for (const text of [publicKeyPem(signer.publicKey), ssh, `${ssh} custody@example.com\n`]) {
      expect(await python.check(folder, '--key', keyFile(text))).toEqual({
        exit: 0,
        output: `${said} trusted\n0 findings\n`,
      })
    }
    expect(await python.check(folder)).toEqual({ exit: 0, output: `${said} not compared\n0 findings\n` })
  })

  test('without a seal, unless a key was named', async () => {
    const folder = folderOf(await richBagFiles())
    expect(await python.check(folder)).toEqual({
      exit: 0,
      output: 'conversations 3, erased 0\nnot sealed\n0 findings\n',
    })
    expect((await python.check(folder, '--key', keyFile(signer.publicKey))).output).toContain('NOT_SEALED')
    expect(await both(folder)).toEqual(refused)
  })

  test('with a conversation erased, a key handed over, a seal superseded, a chain', async () => {
    const files = await oldArchive(signer)
    expect([...files.keys()].filter((path) => path.startsWith('seal/history/')).length).toBeGreaterThan(8)
    // The token is none: that is for openssl and for custody to find.
    for (const path of [folderOf(files), zipOf(files)]) {
      for (const key of [keyFile(signer.publicKey), keyFile(testSigner(7).publicKey)]) {
        const { exit, output } = await python.check(path, '--key', key)
        expect({ exit, output }).toMatchObject({ exit: 0, output: expect.stringContaining('erased 1\nseal 2 of') })
        expect(output).toMatch(/^key sha256:\w+ trusted$/m)
      }
    }
  })

  test('an amendment, and one whose reports no longer name a conversation', async () => {
    const folder = temporaryFolder()
    const { path } = await writeAmendment(folder, { seal: sealBy(signer) })
    expect(await both(path)).toEqual(whole)
    const seal: MakeSeal = (bag) => {
      const supersedes = sealDigest(Buffer.from(bag.superseded?.get('seal/seal.txt') ?? []).toString())
      return sealBy(signer, { seal: { supersedes } })(bag)
    }
    const { records: _, ...erasure } = erasureOf(path, { conversations: [sampleId(3)], seal })
    expect(await eraseRecords(erasure)).toMatchObject({ named: 1, erased: 0 })
    expect(await both(path)).toEqual(whole)
    expect(await eraseRecords(erasureOf(path, { records: [1], seal }))).toMatchObject({ erased: 1 })
    expect(await both(path)).toEqual(whole)
  })

  test('in a folder of any name, packed by another tool', async () => {
    const directory = temporaryFolder()
    const { path } = await writeArchive(directory, sampleSource(3), { seal: sealBy(signer) })
    renameSync(path, join(directory, 'Kopie (1)'))
    execFileSync('python3', ['-m', 'zipfile', '-c', 'again.zip', 'Kopie (1)'], { cwd: directory })
    expect(await both(join(directory, 'Kopie (1)'))).toEqual(whole)
    expect(await both(join(directory, 'again.zip'))).toEqual(whole)
  })
})

describe('whoever has no key can change nothing', () => {
  test.each(invalidBags)('$name', async ({ damage, inFolder }) => {
    const files = await richBagFiles()
    const seal = [...(await sealed(files))].filter(([path]) => path.startsWith('seal/'))
    damage(files)
    for (const [path, content] of seal) files.set(path, content)
    const folder = folderOf(files)
    inFolder?.(folder)
    expect(await both(folder)).toEqual(refused)
  })

  test('not even by a seal of another key', async () => {
    const folder = folderOf(await sealed(await richBagFiles(), testSigner(2)))
    expect(await both(folder)).toEqual(refused)
    expect((await python.check(folder)).exit).toBe(0)
  })

  test('nor by a key that it said was handed over to', async () => {
    const [old, thief] = [signer, testSigner(3)]
    const note = await makeTransition({ from: old, to: thief, created: '2026-11-20T00:00:00.000Z' })
    const [text = '', lines = ''] = note.split('\n\n')
    const [, second = ''] = lines.split('\n')
    const other = (await makeTransition({ from: testSigner(4), to: thief, created: '2026-11-20T00:00:00.000Z' })).split(
      '\n\n',
    )
    for (const transitions of [
      note,
      `${text}\n\n${second}\n${second}\n`,
      `${text}\n\n${other[1]}`,
      other.join('\n\n'),
    ]) {
      const files = await sealed(await richBagFiles(), thief)
      files.set('seal/key-transitions.note', transitions)
      const listed = [...files.keys()].filter((path) => path.startsWith('seal/') && !path.includes('manifest')).sort()
      const sums = listed.map((path) => `${sha256(files.get(path) ?? '')}  ${path}\n`).join('')
      files.set('seal/seal-manifest.note', await signNote(`custody-seal-files/v1\n${sums}`, 'example.com/acme', thief))
      expect(await both(folderOf(files))).toEqual(transitions === note ? whole : refused)
    }
  })
})

/** What only the seal binds, where somebody made all checksums anew: contents, tables, reports. Here Custody sees more. */
const beyondPython: ReadonlySet<string> = new Set([
  ...['ATTACHMENT_NAME', 'ATTACHMENT_MISSING', 'ATTACHMENT_UNNAMED', 'AUDIT_CHAIN', 'BAG_INFO', 'BAG_INFO_DIFFERS'],
  ...['CONVERSATION_TWICE', 'CSV_DIFFERS', 'CSV_FORM', 'ENTRY_ORDER', 'ENTRY_OUTSIDE_WINDOW', 'ERASURE_TWICE'],
  ...['FILE_UNEXPECTED', 'FILE_UNKNOWN', 'FORMAT_UNKNOWN', 'GAPS_DIFFER', 'JSON_FORM', 'JSON_SHAPE', 'JSON_SYNTAX'],
  ...['LINE_END', 'LINE_UTF8', 'RECONCILIATION_DIFFERS', 'RUN_COUNTS', 'RUN_JSON', 'RUN_VERDICT', 'SCHEMA_DIFFERS'],
])
const oneOfMany = /^(?:a table|a schema|transcripts) that (?:is|are) missing$/

test('without a seal, bag, records and erasures are checked all the same', async () => {
  for (const bag of invalidBags) {
    const { exit } = await python.check(writeInvalidBag(bag, await richBagFiles()))
    const isBeyond = beyondPython.has(bag.code) || oneOfMany.test(bag.name)
    if (!isBeyond) expect(`${exit} ${bag.name}`).toBe(`4 ${bag.name}`)
  }
  const older = await richBagFiles()
  older.set('bagit.txt', String(older.get('bagit.txt')).replace('1.0', '0.97'))
  expect((await python.check(folderOf(remanifest(older)))).output).toContain('BAGIT bagit.txt')
})
