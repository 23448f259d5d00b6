import { execFileSync } from 'node:child_process'
import { createHash, createPublicKey, verify as nodeVerify } from 'node:crypto'
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import {
  encodeSeal,
  makeTransition,
  parseSeal,
  publicKeyFingerprint,
  publicKeyPem,
  sealDigest,
  signNote,
  sshPublicKey,
} from '@custody/seal'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { prove } from './prove.ts'
import { folderOf } from './testing/bag-files.ts'
import { buildZip } from './testing/build-zip.ts'
import { hostileZips } from './testing/hostile-zips.ts'
import { invalidBags, writeInvalidBag } from './testing/invalid-bags.ts'
import { sealBy, sealed, testSigner } from './testing/python-seals.ts'
import { startPythonVerifier, verifyFolder } from './testing/python-verifier.ts'
import { eraseFirst } from './testing/rebag.ts'
import { richBagFiles } from './testing/rich-bag.ts'
import { sampleSource } from './testing/sample-conversations.ts'
import { temporaryFolder } from './testing/temporary-folder.ts'
import { writeArchive } from './testing/write-archive.ts'
import { verify } from './verify.ts'
import { verifyProof } from './verify-proof.ts'

const python = startPythonVerifier()
afterAll(() => python.close())

const signer = testSigner(1)

const trusted = join(mkdtempSync(join(tmpdir(), 'custody-key-')), 'signer.pub')
writeFileSync(trusted, publicKeyPem(signer.publicKey))
afterAll(() => rmSync(dirname(trusted), { recursive: true }))

function keyFile(text: string = publicKeyPem(signer.publicKey)): string {
  const file = join(temporaryFolder(), 'key')
  writeFileSync(file, text)
  return file
}

const sha256 = (bytes: Buffer | string): string => createHash('sha256').update(bytes).digest('hex')

/** Both verifiers of one archive, with the signer's key from elsewhere. */
async function bothOf(
  path: string,
  key: string = trusted,
): Promise<{ readonly custody: string; readonly python: string }> {
  const custody = await verify(path, { trustedKeys: [signer.publicKey] }).then(
    ({ verdict }) => verdict,
    ({ code }) => code,
  )
  const { exit, output } = await python.check(path, '--key', key)
  expect(output, output).not.toMatch(/Traceback|Text of/)
  return { custody, python: { 0: 'valid', 4: 'findings', 10: 'NOT_AN_ARCHIVE' }[exit] ?? `exit ${exit}` }
}

const whole = { custody: 'valid', python: 'valid' }
const refused = { custody: 'findings', python: 'findings' }

type BagFiles = Map<string, Buffer | string>

function zipOf(files: BagFiles): string {
  const zip = join(temporaryFolder(), 'any name.zip')
  writeFileSync(zip, buildZip([...files].map(([path, content]) => ({ name: `any folder/${path}`, content }))))
  return zip
}

/** An archive that was handed on: erased in once, by a new key, second of its chain. It has every file a seal can have. */
async function oldArchive(): Promise<BagFiles> {
  const first = testSigner(7)
  const prevSeal = encodeSeal({
    ...(parseSeal(String((await sealed(await richBagFiles())).get('seal/seal.txt'))) as NonNullable<
      ReturnType<typeof parseSeal>
    >),
    archiveId: 'acme-2026-09',
    period: { from: '2026-09-01T00:00:00.000Z', to: '2026-10-01T00:00:00.000Z' },
  })
  const place = { prevSeal, seal: { seq: 2, prevSealSha256: sealDigest(prevSeal) } } as const
  const before = await sealed(await richBagFiles(), sealBy(first, place))
  const supersedes = sealDigest(String(before.get('seal/seal.txt')))
  const transitions = await makeTransition({ from: first, to: signer, created: '2026-11-20T00:00:00.000Z' })
  const erased = eraseFirst(new Map([...before].filter(([path]) => !path.startsWith('seal/'))))
  for (const [path, content] of before) if (path.startsWith('seal/')) erased.set(path, content)
  const timestamp = async (): Promise<{ response: Uint8Array; chainPem: string }> => ({
    response: Buffer.from('0'),
    chainPem: 'a chain\n',
  })
  return await sealed(
    erased,
    sealBy(signer, {
      ...place,
      transitions,
      timestamp,
      seal: { ...place.seal, supersedes, created: '2026-11-22T00:00:00.000Z' },
    }),
  )
}

describe('what is whole is accepted, and the summary says what it is', () => {
  test.each([0, 1, 2, 3, 7, 8, 9])('%i conversations, in a folder and a ZIP', async (count) => {
    for (const container of ['folder', 'zip'] as const) {
      const { path } = await writeArchive(temporaryFolder(), sampleSource(count), { container, seal: sealBy(signer) })
      expect(await bothOf(path)).toEqual(whole)
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
    expect((await python.check(folder, '--key', trusted)).output).toContain('NOT_SEALED')
    expect(await bothOf(folder)).toEqual(refused)
  })

  test('with a conversation erased, a key handed over, a seal superseded, a chain', async () => {
    const files = await oldArchive()
    expect([...files.keys()].filter((path) => path.startsWith('seal/history/')).length).toBeGreaterThan(8)
    // The token is none: that is for openssl and for custody to find.
    for (const path of [folderOf(files), zipOf(files)]) {
      for (const key of [trusted, keyFile(publicKeyPem(testSigner(7).publicKey))]) {
        const { exit, output } = await python.check(path, '--key', key)
        expect({ exit, output }).toMatchObject({ exit: 0, output: expect.stringContaining('erased 1\nseal 2 of') })
        expect(output).toContain('trusted')
      }
    }
  })

  test('in a folder of any name, packed by another tool', async () => {
    const directory = temporaryFolder()
    const { path } = await writeArchive(directory, sampleSource(3), { seal: sealBy(signer) })
    renameSync(path, join(directory, 'Kopie (1)'))
    execFileSync('python3', ['-m', 'zipfile', '-c', 'again.zip', 'Kopie (1)'], { cwd: directory })
    expect(await bothOf(join(directory, 'Kopie (1)'))).toEqual(whole)
    expect(await bothOf(join(directory, 'again.zip'))).toEqual(whole)
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
    expect(await bothOf(folder)).toEqual(refused)
  })

  test('not even by a seal of another key', async () => {
    const folder = folderOf(await sealed(await richBagFiles(), sealBy(testSigner(2))))
    expect(await bothOf(folder)).toEqual(refused)
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
      const files = await sealed(await richBagFiles(), sealBy(thief))
      files.set('seal/key-transitions.note', transitions)
      const listed = [...files.keys()].filter((path) => path.startsWith('seal/') && !path.includes('manifest')).sort()
      const sums = listed.map((path) => `${sha256(files.get(path) ?? '')}  ${path}\n`).join('')
      files.set('seal/seal-manifest.note', await signNote(`custody-seal-files/v1\n${sums}`, 'example.com/acme', thief))
      expect(await bothOf(folderOf(files))).toEqual(transitions === note ? whole : refused)
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
const tablesAndSchemas = /^a (?:table|schema) that is missing$/

test('without a seal, bag, records and erasures are checked all the same', async () => {
  for (const bag of invalidBags) {
    const { exit } = await python.check(writeInvalidBag(bag, await richBagFiles()))
    const isBeyond = beyondPython.has(bag.code) || tablesAndSchemas.test(bag.name)
    if (!isBeyond) expect(`${exit} ${bag.name}`).toBe(`4 ${bag.name}`)
  }
})

describe('every byte under seal/ is signed', () => {
  test('a byte flipped, in each file', async () => {
    const files = await oldArchive()
    const folder = folderOf(files)
    for (const [path, content] of files) {
      if (!path.startsWith('seal/')) continue
      const bytes = Buffer.from(content)
      for (const at of new Set([0, Math.floor(bytes.length / 2), bytes.length - 1])) {
        const changed = Buffer.from(bytes)
        changed[at] = (changed[at] as number) ^ 1
        writeFileSync(join(folder, path), changed)
        expect([path, await bothOf(folder)]).toEqual([path, refused])
      }
      writeFileSync(join(folder, path), bytes)
    }
    expect((await python.check(folder, '--key', trusted)).exit).toBe(0)
  })

  test('each file removed, one added, a line added to a note', async () => {
    const files = await sealed(await richBagFiles())
    for (const path of [...files.keys()].filter((path) => path.startsWith('seal/'))) {
      const fewer = new Map(files)
      fewer.delete(path)
      expect([path, await bothOf(folderOf(fewer))]).toEqual([path, refused])
      const extra = new Map(files).set(path, Buffer.concat([Buffer.from(files.get(path) ?? ''), Buffer.from('\n')]))
      expect([path, await bothOf(folderOf(extra))]).toEqual([path, refused])
    }
    expect(await bothOf(folderOf(new Map(files).set('seal/more.txt', 'x')))).toEqual(refused)
    const note = String(files.get('seal/seal-manifest.note'))
    const line = note.trimEnd().split('\n').at(-1)?.replace('example.com/acme', 'example.com/other')
    expect(await bothOf(folderOf(new Map(files).set('seal/seal-manifest.note', `${note}${line}\n`)))).toEqual(refused)
  })

  test('a seal of the same key for other facts', async () => {
    const files = await richBagFiles()
    const wrong = [
      { archiveId: 'other' },
      { mode: 'plain' },
      { verdict: 'complete' },
      { tagManifestSha256: '0'.repeat(64) },
      { payloadOxum: '1.1' },
      { records: 4 },
      { recordsRoot: '0'.repeat(64) },
      { erased: 1 },
      { period: { from: '2026-10-01T00:00:00.000Z', to: '2026-11-02T00:00:00.000Z' } },
    ]
    for (const seal of wrong) {
      expect([seal, await bothOf(folderOf(await sealed(files, sealBy(signer, { seal }))))]).toEqual([seal, refused])
    }
  })
})

/** Bytes that are in no file: what a reader gets is the same. */
test('hostile ZIPs are refused', async () => {
  const files = await sealed(await richBagFiles())
  for (const { name, pack } of hostileZips) {
    const zip = join(temporaryFolder(), 'a.zip')
    writeFileSync(zip, pack(files))
    const verdicts = await bothOf(zip)
    expect.soft([name, verdicts.python === 'valid' || verdicts.custody === 'valid']).toEqual([name, false])
  }
})

describe('one conversation with its proof', () => {
  async function proof(count: number, number: number, by = sealBy(signer)): Promise<Map<string, Uint8Array>> {
    const { path } = await writeArchive(temporaryFolder(), sampleSource(count), { seal: by })
    const identifier = `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`
    return new Map((await prove(path, identifier)).files)
  }

  async function bothProofs(
    files: ReadonlyMap<string, Uint8Array>,
    key: Uint8Array | null = signer.publicKey,
  ): Promise<{ readonly custody: string; readonly python: number }> {
    const folder = folderOf(new Map([...files].map(([path, bytes]) => [path, Buffer.from(bytes)])))
    const { exit, output } = await python.check(
      '--proof',
      folder,
      ...(key ? ['--key', keyFile(publicKeyPem(key))] : []),
    )
    expect(output).not.toMatch(/Traceback|Text of/)
    return { custody: verifyProof(files, key ? { trustedKeys: [key] } : {}).verdict, python: exit }
  }

  const good = { custody: 'valid', python: 0 }
  const bad = { custody: 'findings', python: 4 }

  test('holds for each of 1 to 9, with the key from elsewhere or the one that came along', async () => {
    for (const count of [1, 2, 3, 5, 8, 9]) {
      for (const number of new Set([0, 1, Math.floor(count / 2), count - 1].filter((each) => each < count))) {
        const files = await proof(count, number)
        expect(await bothProofs(files)).toEqual(good)
        expect(await bothProofs(files, null)).toEqual(good)
        expect(await bothProofs(files, testSigner(2).publicKey)).toEqual(bad)
      }
    }
  })

  test('needs no key that came along, but one', async () => {
    const files = await proof(4, 2)
    files.delete('signer.pub')
    expect(await bothProofs(files)).toEqual(good)
    expect(await bothProofs(files, null)).toEqual(bad)
  })

  test('follows a key that was handed over', async () => {
    const old = testSigner(5)
    const transitions = await makeTransition({ from: old, to: signer, created: '2026-11-20T00:00:00.000Z' })
    const files = await proof(3, 1, sealBy(signer, { transitions }))
    expect(await bothProofs(files, old.publicKey)).toEqual(good)
  })

  test('does not hold when any byte is flipped, removed or added', async () => {
    const files = await proof(9, 4)
    const parts = ['proof.tlog-proof', 'record.json', 'conversation.json']
    const change = fc.record({
      path: fc.constantFrom(...parts),
      place: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      byte: fc.integer({ min: 1, max: 255 }),
      how: fc.constantFrom('flip', 'remove', 'add'),
    })
    await fc.assert(
      fc.asyncProperty(change, async ({ path, place, byte, how }) => {
        const bytes = Buffer.from(files.get(path) ?? [])
        const at = Math.floor(place * bytes.length)
        const middle =
          how === 'flip' ? [(bytes[at] as number) ^ byte] : how === 'add' ? [byte, bytes[at] as number] : []
        const changed = Buffer.concat([bytes.subarray(0, at), Buffer.from(middle), bytes.subarray(at + 1)])
        fc.pre(!changed.equals(bytes))
        expect(await bothProofs(new Map(files).set(path, changed))).toEqual(bad)
      }),
      { numRuns: process.env['SLOW'] ? 2_000 : 100 },
    )
  })

  test('does not hold for the record, the place or the conversation of another', async () => {
    const [files, other] = [await proof(5, 1), await proof(5, 3)]
    for (const path of ['proof.tlog-proof', 'record.json', 'conversation.json']) {
      expect(await bothProofs(new Map(files).set(path, other.get(path) as Uint8Array))).toEqual(bad)
      const fewer = new Map(files)
      fewer.delete(path)
      expect(await bothProofs(fewer)).toEqual(bad)
    }
    const text = String(Buffer.from(files.get('proof.tlog-proof') as Uint8Array))
    for (const index of [0, 2, 5, 9, 2 ** 40]) {
      const moved = Buffer.from(text.replace('index 1\n', `index ${index}\n`))
      expect([index, await bothProofs(new Map(files).set('proof.tlog-proof', moved))]).toEqual([index, bad])
    }
  })
})

describe('its Ed25519', () => {
  const L = 2n ** 252n + 27742317777372353535851937790883648493n
  const little = (number: bigint): Buffer => Buffer.from(number.toString(16).padStart(64, '0'), 'hex').reverse()
  const number = (bytes: Uint8Array): bigint => BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`)

  test.each([
    // RFC 8032, section 7.1.
    [
      'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
      '',
      'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
    ],
    [
      '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
      '72',
      '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
    ],
    [
      'fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025',
      'af82',
      '6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a',
    ],
  ])('accepts the vectors of the RFC: %s', async (key, message, signature) => {
    const bytes = [key, message, signature].map((hex) => Buffer.from(hex, 'hex')) as [Buffer, Buffer, Buffer]
    expect(await python.verified(...bytes)).toBe(true)
  })

  test('agrees with OpenSSL about signatures, whole and damaged', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat({ max: 255 }),
        fc.uint8Array({ maxLength: 100 }),
        fc.option(fc.record({ at: fc.nat({ max: 95 }), mask: fc.integer({ min: 1, max: 255 }) })),
        async (seed, message, damage) => {
          const { publicKey, sign } = testSigner(seed)
          const both = Buffer.concat([await sign(message), publicKey])
          if (damage) both[damage.at] = (both[damage.at] as number) ^ damage.mask
          const [signature, key] = [both.subarray(0, 64), both.subarray(64)]
          const der = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), key])
          const node = nodeVerify(null, message, createPublicKey({ key: der, format: 'der', type: 'spki' }), signature)
          expect(await python.verified(key, message, signature)).toBe(node)
        },
      ),
      { numRuns: 60 },
    )
  })

  test('refuses a second spelling of a signature: S + L, a point beyond the field', async () => {
    const message = Buffer.from('m')
    const signature = Buffer.from(await signer.sign(message))
    const higher = Buffer.concat([signature.subarray(0, 32), little(number(signature.subarray(32)) + L)])
    expect(await python.verified(signer.publicKey, message, signature)).toBe(true)
    expect(await python.verified(signer.publicKey, message, higher)).toBe(false)
    for (const length of [0, 63, 65]) {
      const other = Buffer.concat([signature, Buffer.alloc(1)]).subarray(0, length)
      expect(await python.verified(signer.publicKey, message, other)).toBe(false)
    }
    // y = 1 + p, and the identity with a sign.
    for (const point of [little(2n ** 255n - 18n), little(1n + 2n ** 255n)]) {
      expect(await python.verified(point, message, signature)).toBe(false)
    }
  })

  test('refuses keys of small order, for which anybody can sign', async () => {
    const identity = little(1n)
    // For the identity as key, S = 0 and R = the identity hold for every message.
    expect(await python.verified(identity, Buffer.from('m'), Buffer.concat([identity, little(0n)]))).toBe(false)
  })
})

describe('the script', () => {
  const script = join(verifyFolder, 'custody_verify.py')

  test('is one file of less than 150 lines, of the standard library of Python 3.9', () => {
    const text = readFileSync(script, 'utf8')
    expect(text.split('\n').length - 1).toBeLessThan(150)
    const check = `
import ast, sys
tree = ast.parse(open(sys.argv[1]).read(), feature_version=(3, 9))
names = {name.name for node in ast.walk(tree) if isinstance(node, (ast.Import, ast.ImportFrom)) for name in node.names}
print(sorted(names - set(sys.stdlib_module_names)))`
    expect(execFileSync('python3', ['-c', check, script], { encoding: 'utf8' }).trim()).toBe('[]')
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(132)
  })

  test('exits with 0, 4, 10; and with 2 where it is asked wrongly', async () => {
    const exit = (...args: string[]): number => {
      try {
        execFileSync('python3', [script, ...args], { stdio: 'pipe' })
        return 0
      } catch (error) {
        return (error as { status: number }).status
      }
    }
    const folder = folderOf(await sealed(await richBagFiles()))
    expect(exit(folder, '--key', trusted)).toBe(0)
    writeFileSync(join(folder, 'README.txt'), 'other')
    expect(exit(folder)).toBe(4)
    expect(exit(join(folder, 'nothing'))).toBe(10)
    expect(exit(join(folder, 'README.txt'))).toBe(10)
    expect(exit(join(folder, 'data'))).toBe(10)
    expect(exit(folder, '--key', join(folder, 'README.txt'))).toBe(2)
    expect(exit()).toBe(2)
  })
})
