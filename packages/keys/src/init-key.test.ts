import { execFileSync } from 'node:child_process'
import { chmod, mkdir, readFile, rm, stat, symlink, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { publicKeyFingerprint, verifySignature } from '@custody/seal'
import { describe, expect, test } from 'vitest'
import { initKey } from './init-key.ts'
import { listKeys } from './list-keys.ts'
import { openSigner } from './open-signer.ts'
import { rotateKey } from './rotate-key.ts'
import { filesIn, freshDirectory, seededBytes, standingClock } from './testing/key-directory.ts'

const clock = standingClock('2026-11-21T08:00:00.000Z')
const passphrase = 'correct horse — battery'

test('makes a key, its public half, and the note of how the chain began', async () => {
  const directory = await freshDirectory()
  const key = await initKey({ directory, clock, randomBytes: seededBytes('one') })
  expect(key).toMatchObject({
    fingerprint: publicKeyFingerprint(key.publicKey),
    createdAt: '2026-11-21T08:00:00.000Z',
    replaced: null,
    encrypted: false,
    resumed: false,
  })
  expect(Object.keys(await filesIn(directory))).toEqual(['chain-starts.note', 'signing-key.pem', 'signing-key.pub'])
  expect((await stat(directory)).mode & 0o777).toBe(0o700)
  expect((await stat(join(directory, 'signing-key.pem'))).mode & 0o777).toBe(0o600)

  const signer = await openSigner({ directory })
  const message = Buffer.from('message')
  expect(verifySignature(key.publicKey, message, await signer.sign(message))).toBe(true)
  expect(signer).toMatchObject({ fingerprint: key.fingerprint, publicKey: key.publicKey, transitions: undefined })
})

test('the same randomness and clock make the same files, other randomness another key', async () => {
  const make = async (seed: string): Promise<Record<string, string>> => {
    const directory = await freshDirectory()
    await initKey({ directory, clock, passphrase, randomBytes: seededBytes(seed) })
    return filesIn(directory)
  }
  const one = await make('one')
  expect(await make('one')).toEqual(one)
  expect((await make('two'))['signing-key.pub']).not.toBe(one['signing-key.pub'])
})

test.each([
  ['in the clear', undefined],
  ['encrypted', passphrase],
])('openssl reads the key and signs with it: %s', async (_name, secret) => {
  const directory = await freshDirectory()
  const { encrypted } = await initKey({ directory, ...(secret !== undefined && { passphrase: secret }) })
  expect(encrypted).toBe(secret !== undefined)
  const openssl = (...args: readonly string[]): Buffer =>
    execFileSync('openssl', args, { cwd: directory, env: { ...process.env, SECRET: secret ?? '' }, stdio: 'pipe' })
  const passin = ['-passin', 'env:SECRET']
  const published = openssl('pkey', '-in', 'signing-key.pem', ...passin, '-pubout').toString()
  expect(published).toBe(await readFile(join(directory, 'signing-key.pub'), 'utf8'))
  await writeFile(join(directory, 'm'), 'message')
  openssl('pkeyutl', '-sign', '-inkey', 'signing-key.pem', ...passin, '-rawin', '-in', 'm', '-out', 's')
  const { publicKey } = await openSigner({ directory, ...(secret !== undefined && { passphrase: secret }) })
  expect(verifySignature(publicKey, Buffer.from('message'), await readFile(join(directory, 's')))).toBe(true)
})

test('an encrypted key is PBES2 with AES-256, and as slow to guess as it should be', async () => {
  const directory = await freshDirectory()
  await initKey({ directory, passphrase })
  const structure = execFileSync('openssl', ['asn1parse', '-in', join(directory, 'signing-key.pem')]).toString()
  for (const part of ['PBES2', 'PBKDF2', 'hmacWithSHA256', 'aes-256-cbc']) expect(structure).toContain(part)
  expect(structure).toMatch(new RegExp(`INTEGER +:0?${(600_000).toString(16)}`, 'i'))
})

test.each(['', 'a\nb', 'a\0b', '€'.repeat(342)])(
  'a passphrase that openssl could not be given is refused: %j',
  async (wrong) => {
    const directory = await freshDirectory()
    await expect(initKey({ directory, passphrase: wrong })).rejects.toMatchObject({
      code: 'KEY_OPTIONS',
      kind: 'usage',
    })
    await expect(stat(directory)).rejects.toThrow('ENOENT')
  },
)

test('a passphrase of 1024 bytes works', async () => {
  const directory = await freshDirectory()
  const longest = 'é'.repeat(512)
  await initKey({ directory, passphrase: longest })
  expect((await openSigner({ directory, passphrase: longest })).publicKey).toHaveLength(32)
})

describe('a directory with a trace of a key', () => {
  const traces = {
    'signing-key.pem': 'KEY_EXISTS',
    'signing-key.pub': 'KEY_LOST',
    'key-transitions.note': 'KEY_LOST',
    'chain-starts.note': 'KEY_LOST',
    retired: 'KEY_LOST',
  }

  test.each(Object.entries(traces))('is left alone: %s', async (trace, code) => {
    const directory = await freshDirectory()
    await initKey({ directory, clock })
    await rotateKey({ directory, clock })
    for (const name of Object.keys(traces)) {
      if (name !== trace) await rm(join(directory, name), { recursive: true })
    }
    const before = await filesIn(directory)
    const error = await initKey({ directory }).catch((thrown) => thrown)
    expect(error).toMatchObject({ code, kind: 'refused' })
    expect(error.actions.join()).toContain('--new-chain')
    expect(await filesIn(directory)).toEqual(before)
  })

  test('a lost key is explained', async () => {
    const directory = await freshDirectory()
    await initKey({ directory })
    await unlink(join(directory, 'signing-key.pem'))
    for (const attempt of [initKey, openSigner]) {
      const error = await attempt({ directory }).catch((thrown) => thrown)
      expect(error).toMatchObject({ code: 'KEY_LOST', kind: 'refused' })
      expect(error.message).toMatch(/stay valid/)
      expect(error.actions.join()).toMatch(/backup.*--new-chain/)
    }
  })
})

describe('replacing a lost key', () => {
  async function lostAfterRotation(): Promise<{ directory: string; first: string; second: string }> {
    const directory = await freshDirectory()
    const first = await initKey({ directory, clock })
    const second = await rotateKey({ directory, clock })
    await unlink(join(directory, 'signing-key.pem'))
    return { directory, first: first.fingerprint, second: second.fingerprint }
  }

  test('starts a new chain, keeps what is left of the old one, and says what it replaced', async () => {
    const { directory, first, second } = await lostAfterRotation()
    const before = await filesIn(directory)
    const third = await initKey({ directory, replaceLostKey: true, clock })
    expect(third).toMatchObject({ replaced: second, resumed: false })
    const after = await filesIn(directory)
    const short = second.slice('sha256:'.length).slice(0, 16)
    expect(after[`retired/${short}.pub`]).toBe(before['signing-key.pub'])
    expect(after[`retired/${short}.transitions.note`]).toBe(before['key-transitions.note'])
    expect(after['chain-starts.note']?.startsWith(before['chain-starts.note'] ?? '-')).toBe(true)
    expect((await openSigner({ directory })).transitions).toBeUndefined()

    const { keys, warnings } = await listKeys({ directory })
    expect(warnings).toEqual([])
    expect(keys.map(({ fingerprint, state }) => [fingerprint, state])).toEqual([
      [third.fingerprint, 'current'],
      [second, 'lost'],
      [first, 'retired'],
    ])
    const fourth = await rotateKey({ directory, clock })
    expect(fourth.replaced).toBe(third.fingerprint)
    expect((await listKeys({ directory })).warnings).toEqual([])
  })

  test.each([
    ['by the rotations', ['signing-key.pub'], 'second'],
    ['by the start', ['signing-key.pub', 'key-transitions.note'], 'first'],
  ] as const)('knows the lost key %s', async (_name, gone, expected) => {
    const lost = await lostAfterRotation()
    for (const name of gone) await unlink(join(lost.directory, name))
    expect((await initKey({ directory: lost.directory, replaceLostKey: true, clock })).replaced).toBe(lost[expected])
  })

  test('one that nothing tells of is unknown, and that is written down', async () => {
    const { directory } = await lostAfterRotation()
    for (const name of ['signing-key.pub', 'key-transitions.note', 'chain-starts.note'])
      await unlink(join(directory, name))
    expect((await initKey({ directory, replaceLostKey: true, clock })).replaced).toBe('unknown')
    expect((await filesIn(directory))['chain-starts.note']).toContain('\nreplaces unknown\n')
  })

  test('is refused while the key is there', async () => {
    const directory = await freshDirectory()
    await initKey({ directory })
    await expect(initKey({ directory, replaceLostKey: true })).rejects.toMatchObject({ code: 'KEY_EXISTS' })
  })

  test('is refused where no key was: it may be the wrong directory', async () => {
    const directory = await freshDirectory()
    const expected = { code: 'KEY_MISSING', kind: 'not-found' }
    await expect(initKey({ directory, replaceLostKey: true })).rejects.toMatchObject(expected)
    await mkdir(directory, { mode: 0o700 })
    await expect(initKey({ directory, replaceLostKey: true })).rejects.toMatchObject(expected)
    expect(await filesIn(directory)).toEqual({})
  })
})

test('a directory that others may use is refused', async () => {
  const directory = await freshDirectory()
  await mkdir(directory)
  await chmod(directory, 0o750)
  await expect(initKey({ directory })).rejects.toMatchObject({ code: 'KEY_PERMISSIONS', kind: 'refused' })
  expect(await filesIn(directory)).toEqual({})
})

test('a link in the place of a file is refused, even one that leads nowhere', async () => {
  const directory = await freshDirectory()
  await mkdir(directory, { mode: 0o700 })
  await symlink('/nowhere', join(directory, 'signing-key.pem'))
  await expect(initKey({ directory })).rejects.toMatchObject({ code: 'KEY_NOT_A_FILE', kind: 'refused' })
})

test('of several at the same moment one makes the key', async () => {
  const directory = await freshDirectory()
  const results = await Promise.allSettled(Array.from({ length: 8 }, () => initKey({ directory })))
  const made = results.filter(({ status }) => status === 'fulfilled')
  expect(made).toHaveLength(1)
  for (const result of results) {
    if (result.status === 'rejected') expect(['KEY_UNFINISHED', 'KEY_EXISTS', 'KEY_LOST']).toContain(result.reason.code)
  }
  expect((await listKeys({ directory })).keys).toHaveLength(1)
})

test('what the disk refuses has a code', async () => {
  const directory = await freshDirectory()
  await writeFile(directory, '')
  await chmod(directory, 0o700)
  await expect(initKey({ directory })).rejects.toMatchObject({ code: 'KEY_DISK', kind: 'failure' })
})

test('a directory has to be named', async () => {
  await expect(initKey({ directory: '' })).rejects.toMatchObject({ code: 'KEY_OPTIONS', kind: 'usage' })
})
