import { chmod, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { keysReachedFrom, parseTransitions, publicKeyFingerprint, verifySignature } from '@custody/seal'
import { describe, expect, test } from 'vitest'
import { initKey } from './init-key.ts'
import { listKeys } from './list-keys.ts'
import { openSigner } from './open-signer.ts'
import { rotateKey } from './rotate-key.ts'
import { filesIn, freshDirectory, seededBytes, standingClock } from './testing/key-directory.ts'

const starting = '2026-11-21T08:00:00.000Z'

test('the old key hands over to the new one, and is gone', async () => {
  const directory = await freshDirectory()
  const clock = standingClock(starting)
  const first = await initKey({ directory, clock })
  clock.set('2027-11-21T08:00:00.000Z')
  const second = await rotateKey({ directory, clock })
  expect(second).toMatchObject({
    replaced: first.fingerprint,
    createdAt: '2027-11-21T08:00:00.000Z',
    encrypted: false,
    resumed: false,
  })
  expect(second.fingerprint).not.toBe(first.fingerprint)

  const files = await filesIn(directory)
  const retired = `retired/${first.fingerprint.slice('sha256:'.length).slice(0, 16)}.pub`
  expect(Object.keys(files)).toEqual([
    'chain-starts.note',
    'key-transitions.note',
    retired,
    'signing-key.pem',
    'signing-key.pub',
  ])
  expect(Object.values(files).filter((text) => text.includes('PRIVATE KEY'))).toHaveLength(1)

  const signer = await openSigner({ directory })
  expect(signer.transitions).toBe(files['key-transitions.note'])
  const transitions = parseTransitions(signer.transitions ?? '') ?? []
  expect(transitions.map(({ created }) => created)).toEqual(['2027-11-21T08:00:00.000Z'])
  expect(keysReachedFrom([first.publicKey], transitions).map(publicKeyFingerprint)).toContain(signer.fingerprint)
  const message = Buffer.from('message')
  expect(verifySignature(second.publicKey, message, await signer.sign(message))).toBe(true)
})

test('a chain of rotations leads from the first key to the last; the notes are only ever appended to', async () => {
  const directory = await freshDirectory()
  const clock = standingClock(starting)
  const { publicKey } = await initKey({ directory, clock, randomBytes: seededBytes('start') })
  let before = ''
  for (let count = 1; count <= 5; count++) {
    const { fingerprint } = await rotateKey({ directory, clock, randomBytes: seededBytes(`rotation ${count}`) })
    const { transitions = '' } = await openSigner({ directory })
    expect(transitions.startsWith(before)).toBe(true)
    const reached = keysReachedFrom([publicKey], parseTransitions(transitions) ?? [])
    expect(reached).toHaveLength(count + 1)
    expect(reached.map(publicKeyFingerprint).at(-1)).toBe(fingerprint)
    before = transitions
  }
  const { keys, warnings } = await listKeys({ directory })
  expect(warnings).toEqual([])
  expect(keys).toHaveLength(6)
  expect(keys.at(-1)?.publicKey).toEqual(publicKey)
})

describe('passphrases', () => {
  test('the new key has that of the old one unless told otherwise', async () => {
    const directory = await freshDirectory()
    await initKey({ directory, passphrase: 'one' })
    expect(await rotateKey({ directory, passphrase: 'one' })).toMatchObject({ encrypted: true })
    expect(await rotateKey({ directory, passphrase: 'one', nextPassphrase: 'two' })).toMatchObject({ encrypted: true })
    await expect(openSigner({ directory, passphrase: 'one' })).rejects.toMatchObject({ code: 'KEY_PASSPHRASE_WRONG' })
    await openSigner({ directory, passphrase: 'two' })
    expect(await rotateKey({ directory, passphrase: 'two', nextPassphrase: null })).toMatchObject({ encrypted: false })
    await openSigner({ directory })
    expect(await rotateKey({ directory })).toMatchObject({ encrypted: false })
  })

  test('without the right one nothing is changed', async () => {
    const directory = await freshDirectory()
    await initKey({ directory, passphrase: 'one' })
    const before = await filesIn(directory)
    await expect(rotateKey({ directory })).rejects.toMatchObject({ code: 'KEY_PASSPHRASE_MISSING' })
    await expect(rotateKey({ directory, passphrase: 'two' })).rejects.toMatchObject({ code: 'KEY_PASSPHRASE_WRONG' })
    await expect(rotateKey({ directory, passphrase: 'one', nextPassphrase: '' })).rejects.toMatchObject({
      code: 'KEY_OPTIONS',
    })
    expect(await filesIn(directory)).toEqual(before)
  })
})

test('a clock that goes back is refused: the notes would contradict each other', async () => {
  const directory = await freshDirectory()
  const clock = standingClock(starting)
  await initKey({ directory, clock })
  await rotateKey({ directory, clock })
  const before = await filesIn(directory)
  clock.set('2026-11-21T07:59:59.999Z')
  await expect(rotateKey({ directory, clock })).rejects.toMatchObject({ code: 'KEY_CLOCK', kind: 'refused' })
  expect(await filesIn(directory)).toEqual(before)
})

test('there has to be a key, and nobody else may use the directory', async () => {
  const directory = await freshDirectory()
  await expect(rotateKey({ directory })).rejects.toMatchObject({ code: 'KEY_MISSING', kind: 'not-found' })
  await initKey({ directory })
  await chmod(directory, 0o770)
  await expect(rotateKey({ directory })).rejects.toMatchObject({ code: 'KEY_PERMISSIONS' })
  await chmod(directory, 0o700)
  await rm(join(directory, 'signing-key.pem'))
  await expect(rotateKey({ directory })).rejects.toMatchObject({ code: 'KEY_LOST' })
})

test('while another run is at work nothing is done', async () => {
  const directory = await freshDirectory()
  await initKey({ directory })
  const results = await Promise.allSettled(Array.from({ length: 6 }, () => rotateKey({ directory })))
  const done = results.filter(({ status }) => status === 'fulfilled').length
  expect(done).toBeGreaterThan(0)
  for (const result of results) {
    if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'KEY_UNFINISHED', kind: 'refused' })
  }
  const { keys, warnings } = await listKeys({ directory })
  expect(warnings).toEqual([])
  expect(keys.length).toBeLessThanOrEqual(1 + done)
})

test('a signer can be opened at any moment of a rotation', async () => {
  const directory = await freshDirectory()
  await initKey({ directory })
  let rotating = true
  let opened = 0
  const opening = Array.from({ length: 4 }, async () => {
    for (; rotating; opened++) await openSigner({ directory })
  })
  for (let count = 0; count < 10; count++) await rotateKey({ directory })
  rotating = false
  await Promise.all(opening)
  expect(opened).toBeGreaterThan(10)
})

describe('a history that is not what was written is refused', () => {
  test.each([
    ['cut', 'key-transitions.note', (text: string) => text.slice(0, -2)],
    ['with a flipped bit', 'key-transitions.note', (text: string) => text.replace('created 2026', 'created 2027')],
    ['without its first note', 'key-transitions.note', (text: string) => text.split('\n').slice(8).join('\n')],
    ['twice the same', 'key-transitions.note', (text: string) => text + text],
    ['a start that is cut', 'chain-starts.note', (text: string) => text.slice(0, -2)],
    ['a start of another time', 'chain-starts.note', (text: string) => text.replace('created 2026', 'created 2027')],
    ['the start of another chain', 'chain-starts.note', () => 'other'],
  ])('%s', async (_name, file, damage) => {
    const directory = await freshDirectory()
    const clock = standingClock(starting)
    await initKey({ directory, clock })
    await rotateKey({ directory, clock })
    await rotateKey({ directory, clock })
    let damaged = damage(await readFile(join(directory, file), 'utf8'))
    if (damaged === 'other') {
      const other = await freshDirectory()
      await initKey({ directory: other, clock })
      damaged = await readFile(join(other, file), 'utf8')
    }
    await writeFile(join(directory, file), damaged)
    for (const work of [openSigner, rotateKey, listKeys]) {
      await expect(work({ directory })).rejects.toMatchObject({ code: 'KEY_HISTORY', kind: 'failure' })
    }
  })
})
