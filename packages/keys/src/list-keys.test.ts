import { chmod, copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { initKey } from './init-key.ts'
import { listKeys } from './list-keys.ts'
import { rotateKey } from './rotate-key.ts'
import { freshDirectory, standingClock } from './testing/key-directory.ts'

const times = ['2026-01-01T00:00:00.000Z', '2027-01-01T00:00:00.000Z', '2028-01-01T00:00:00.000Z'] as const

async function rotatedTwice() {
  const directory = await freshDirectory()
  const clock = standingClock(times[0])
  const keys = [await initKey({ directory, clock })]
  for (const time of times.slice(1)) {
    clock.set(time)
    keys.push(await rotateKey({ directory, clock }))
  }
  const [first, second, third] = keys.map(({ fingerprint }) => fingerprint) as [string, string, string]
  return { directory, first, second, third, path: (name: string) => join(directory, name) }
}

test('tells each key, since when it signed, and until when', async () => {
  const { directory, first, second, third } = await rotatedTwice()
  const { keys, warnings } = await listKeys({ directory })
  expect(warnings).toEqual([])
  expect(keys.map(({ publicKey, ...rest }) => ({ ...rest, bytes: publicKey?.length }))).toEqual([
    { fingerprint: third, state: 'current', createdAt: times[2], endedAt: null, privateKey: 'unencrypted', bytes: 32 },
    { fingerprint: second, state: 'retired', createdAt: times[1], endedAt: times[2], privateKey: null, bytes: 32 },
    { fingerprint: first, state: 'retired', createdAt: times[0], endedAt: times[1], privateKey: null, bytes: 32 },
  ])
})

test('tells an encrypted key without its passphrase', async () => {
  const directory = await freshDirectory()
  await initKey({ directory, passphrase: 'secret' })
  expect((await listKeys({ directory })).keys).toMatchObject([{ state: 'current', privateKey: 'encrypted' }])
})

test('nothing to list is said, not shown as an empty list', async () => {
  const directory = await freshDirectory()
  await expect(listKeys({ directory })).rejects.toMatchObject({ code: 'KEY_MISSING', kind: 'not-found' })
  await mkdir(directory)
  await expect(listKeys({ directory })).rejects.toMatchObject({ code: 'KEY_MISSING' })
})

type Damage = (of: Awaited<ReturnType<typeof rotatedTwice>>) => Promise<unknown>

test.each<[string, Damage, readonly RegExp[]]>([
  ['an open directory', ({ directory }) => chmod(directory, 0o755), [/keys \(mode 755\).*chmod 700/]],
  ['an open private key', ({ path }) => chmod(path('signing-key.pem'), 0o644), [/pem \(mode 644\).*chmod 600/]],
  ['a lost private key', ({ path }) => rm(path('signing-key.pem')), [/private key .*signing-key\.pem is missing/]],
  ['no public key', ({ path }) => rm(path('signing-key.pub')), [/signing-key\.pub is missing.*openssl pkey/]],
  ['a private key that is none', ({ path }) => writeFile(path('signing-key.pem'), 'x'), [/holds no key/]],
  [
    'a private key of another directory',
    async ({ path }) => copyFile(join((await rotatedTwice()).directory, 'signing-key.pem'), path('signing-key.pem')),
    [/do not belong together/],
  ],
  [
    'a public key of another directory',
    async ({ path }) => copyFile(join((await rotatedTwice()).directory, 'signing-key.pub'), path('signing-key.pub')),
    [/By the notes/, /do not belong together/],
  ],
  [
    'no notes',
    async ({ path }) => {
      await rm(path('key-transitions.note'))
      await rm(path('chain-starts.note'))
    },
    [/No note tells/],
  ],
  ['no retired keys', ({ path }) => rm(path('retired'), { recursive: true }), [/retired.*missing/, /retired.*missing/]],
  ['a file of somebody', ({ path }) => writeFile(path('retired/x'), 'x'), [/retired\/x is no file of a retired key/]],
  ['a public key that is none', ({ path }) => writeFile(path('retired/x.pub'), 'x'), [/x\.pub is no Ed25519/]],
  [
    'a retired key under another name',
    async ({ path }) => copyFile(path('signing-key.pub'), path('retired/0123456789abcdef.pub')),
    [/another key than its name says/],
  ],
])('warns of %s, once', async (_name, damage, expected) => {
  const rotated = await rotatedTwice()
  await damage(rotated)
  const { keys, warnings } = await listKeys({ directory: rotated.directory })
  expect(warnings).toEqual(expected.map((text) => expect.stringMatching(text)))
  expect(keys.length).toBeGreaterThanOrEqual(3)
})

test('a public key that is none ends the listing: nothing would tell which key is the current one', async () => {
  const { directory, path } = await rotatedTwice()
  await writeFile(path('signing-key.pub'), await readFile(path('signing-key.pem')))
  await expect(listKeys({ directory })).rejects.toMatchObject({ code: 'KEY_MALFORMED' })
})

test('the list holds nothing private', async () => {
  const { directory, path } = await rotatedTwice()
  const [, secret = ''] = (await readFile(path('signing-key.pem'), 'utf8')).split('\n')
  expect(JSON.stringify(await listKeys({ directory }))).not.toContain(secret.slice(-44))
})
