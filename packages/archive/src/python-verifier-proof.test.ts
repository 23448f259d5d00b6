import { execFileSync } from 'node:child_process'
import { createHash, createPublicKey, verify as nodeVerify } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeTransition } from '@custody/seal'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { prove } from './prove.ts'
import { folderOf } from './testing/bag-files.ts'
import { sealBy, sealed, testSigner } from './testing/python-seals.ts'
import { keyFile, startPythonVerifier, verifyFolder } from './testing/python-verifier.ts'
import { richBagFiles } from './testing/rich-bag.ts'
import { sampleSource } from './testing/sample-conversations.ts'
import { temporaryFolder } from './testing/temporary-folder.ts'
import { writeArchive } from './testing/write-archive.ts'
import { verifyProof } from './verify-proof.ts'

const python = startPythonVerifier()
afterAll(() => python.close())

const signer = testSigner(1)

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
    const { exit, output } = await python.check('--proof', folder, ...(key ? ['--key', keyFile(key)] : []))
    expect(output).not.toMatch(/Traceback|Text of/)
    return { custody: verifyProof(files, key ? { trustedKeys: [key] } : {}).verdict, python: exit }
  }

  const good = { custody: 'valid', python: 0 }
  const bad = { custody: 'findings', python: 4 }

  test('holds for each of 1 to 9, with the key from elsewhere or the one that came along', async () => {
    for (const count of [1, 2, 5, 8]) {
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
      { numRuns: process.env['SLOW'] ? 2_000 : 60 },
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
  })

  test('takes a point in one spelling only', async () => {
    // With R = 0 whoever knows the secret number can sign; 0 has y = 1, which 1 + p spells as well.
    const secret = createHash('sha512').update(Buffer.alloc(32, 1)).digest().subarray(0, 32)
    secret[0] = (secret[0] as number) & 248
    secret[31] = ((secret[31] as number) & 127) | 64
    const message = Buffer.from('m')
    const signatureOf = (r: Buffer): Buffer => {
      const h = number(createHash('sha512').update(r).update(signer.publicKey).update(message).digest())
      return Buffer.concat([r, little((h * number(secret)) % L)])
    }
    expect(await python.verified(signer.publicKey, message, signatureOf(little(1n)))).toBe(true)
    for (const other of [little(2n ** 255n - 18n), little(1n + 2n ** 255n)]) {
      expect(await python.verified(signer.publicKey, message, signatureOf(other))).toBe(false)
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
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(160)
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
    expect(exit(folder, '--key', keyFile(signer.publicKey))).toBe(0)
    writeFileSync(join(folder, 'README.txt'), 'other')
    expect(exit(folder)).toBe(4)
    expect(exit(join(folder, 'nothing'))).toBe(10)
    expect(exit(join(folder, 'README.txt'))).toBe(10)
    expect(exit(join(folder, 'data'))).toBe(10)
    expect(exit(folder, '--key', join(folder, 'README.txt'))).toBe(2)
    expect(exit()).toBe(2)
  })
})
