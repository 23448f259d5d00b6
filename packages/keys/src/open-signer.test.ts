import { execFileSync } from 'node:child_process'
import { chmod, copyFile, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { inspect } from 'node:util'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { initKey } from './init-key.ts'
import { openSigner } from './open-signer.ts'
import { openPrivateKey } from './private-key.ts'
import { rotateKey } from './rotate-key.ts'
import { freshDirectory } from './testing/key-directory.ts'

async function withKey(passphrase?: string): Promise<{ directory: string; path: string; text: string }> {
  const directory = await freshDirectory()
  await initKey({ directory, ...(passphrase !== undefined && { passphrase }) })
  const path = join(directory, 'signing-key.pem')
  return { directory, path, text: await readFile(path, 'utf8') }
}

test('no key at all', async () => {
  const directory = await freshDirectory()
  await expect(openSigner({ directory })).rejects.toMatchObject({ code: 'KEY_MISSING', kind: 'not-found' })
})

test.each([0o640, 0o604, 0o610, 0o620, 0o677])(
  'a private key that others may use is refused: mode %i',
  async (mode) => {
    const { directory, path } = await withKey()
    await chmod(path, mode)
    const error = await openSigner({ directory }).catch((thrown) => thrown)
    expect(error).toMatchObject({ code: 'KEY_PERMISSIONS', kind: 'refused' })
    expect(error.message).toContain(`mode ${mode.toString(8)}`)
    expect(error.actions[0]).toContain(`chmod 600 ${path}`)
    await chmod(path, 0o400)
    await openSigner({ directory })
  },
)

test('a link in the place of the private key is refused', async () => {
  const { directory, path } = await withKey()
  await rename(path, `${path}.elsewhere`)
  await symlink(`${path}.elsewhere`, path)
  await expect(openSigner({ directory })).rejects.toMatchObject({ code: 'KEY_NOT_A_FILE', kind: 'refused' })
})

test('a pipe in its place does not hold up anybody', async () => {
  const { directory, path } = await withKey()
  await rm(path)
  execFileSync('mkfifo', [path])
  await expect(openSigner({ directory })).rejects.toMatchObject({ code: 'KEY_NOT_A_FILE' })
})

test('a file far too large is not read', async () => {
  const { directory, path, text } = await withKey()
  await writeFile(path, text + ' '.repeat(1_048_577 - text.length))
  await expect(openSigner({ directory })).rejects.toMatchObject({ code: 'KEY_NOT_A_FILE' })
  await writeFile(path, text + ' '.repeat(1_048_576 - text.length))
  await openSigner({ directory })
})

describe('a private key that is not the one of the directory', () => {
  test('a retired one that was put back', async () => {
    const { directory, path } = await withKey()
    await copyFile(path, `${path}.backup`)
    await rotateKey({ directory })
    await rename(`${path}.backup`, path)
    const error = await openSigner({ directory }).catch((thrown) => thrown)
    expect(error).toMatchObject({ code: 'KEY_MISMATCH', kind: 'refused' })
    await rm(join(directory, 'signing-key.pub'))
    await expect(openSigner({ directory })).rejects.toMatchObject({ code: 'KEY_MISMATCH' })
  })

  test('one of another directory', async () => {
    const { directory, path } = await withKey()
    await copyFile((await withKey()).path, path)
    await expect(openSigner({ directory })).rejects.toMatchObject({ code: 'KEY_MISMATCH' })
    await rm(join(directory, 'chain-starts.note'))
    await expect(openSigner({ directory })).rejects.toMatchObject({ code: 'KEY_MISMATCH' })
  })

  test('a private key alone, restored from a backup, signs', async () => {
    const { directory } = await withKey()
    for (const name of ['chain-starts.note', 'signing-key.pub']) await rm(join(directory, name))
    expect((await openSigner({ directory })).transitions).toBeUndefined()
  })
})

describe('what cannot be opened', () => {
  const openssl = (...args: readonly string[]): string => execFileSync('openssl', args, { stdio: 'pipe' }).toString()
  const other = openssl('genpkey', '-algorithm', 'ed25519')

  test.each([
    ['RSA', openssl('genpkey', '-algorithm', 'rsa', '-pkeyopt', 'rsa_keygen_bits:2048'), 'KEY_NOT_ED25519', /rsa/],
    ['Ed448', openssl('genpkey', '-algorithm', 'ed448'), 'KEY_NOT_ED25519', /ed448/],
    ['the key exchange with the same curve', openssl('genpkey', '-algorithm', 'x25519'), 'KEY_NOT_ED25519', /x25519/],
    ['an old form', openssl('ecparam', '-genkey', '-name', 'prime256v1', '-noout'), 'KEY_NOT_ED25519', /ec/],
    [
      'OpenSSH',
      '-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNz\n-----END OPENSSH PRIVATE KEY-----\n',
      'KEY_MALFORMED',
      /OpenSSH/,
    ],
    ['the public half', '-----BEGIN PUBLIC KEY-----\nMCowBQ==\n-----END PUBLIC KEY-----\n', 'KEY_MALFORMED', /public/],
    ['nothing', '', 'KEY_MALFORMED', /no PEM/],
    ['cut short', other.slice(0, 60), 'KEY_MALFORMED', /cannot be read/],
    ['no base64', other.replace(/\n.{10}/, '\n??????????'), 'KEY_MALFORMED', /cannot be read/],
  ])('%s', (_name, text, code, message) => {
    const open = (): unknown => openPrivateKey(text, undefined, 'key.pem')
    expect(open).toThrow(expect.objectContaining({ code, actions: [expect.any(String)] }))
    expect(open).toThrow(message)
  })

  test('encrypted: without a passphrase, with a wrong one, with an empty one, cut short', async () => {
    const { directory, path, text } = await withKey('SECRET-ONE')
    const failing = async (passphrase?: string): Promise<unknown> =>
      openSigner({ directory, ...(passphrase !== undefined && { passphrase }) }).catch((thrown) => thrown)
    expect(await failing()).toMatchObject({ code: 'KEY_PASSPHRASE_MISSING', kind: 'usage' })
    expect(await failing('SECRET-TWO')).toMatchObject({ code: 'KEY_PASSPHRASE_WRONG', kind: 'usage' })
    expect(await failing('')).toMatchObject({ code: 'KEY_PASSPHRASE_WRONG' })
    await writeFile(path, `${text.split('\n').slice(0, 3).join('\n')}\n-----END ENCRYPTED PRIVATE KEY-----\n`)
    expect(await failing('SECRET-ONE')).toMatchObject({ code: 'KEY_MALFORMED', kind: 'failure' })
  })

  test('reads what other tools encrypted', () => {
    const text = execFileSync('openssl', ['pkcs8', '-topk8', '-v2', 'aes-128-cbc', '-passout', 'pass:secret'], {
      input: other,
    }).toString()
    expect(openPrivateKey(text, 'secret', 'key.pem').asymmetricKeyType).toBe('ed25519')
  })
})

test('neither errors nor the signer show a passphrase or bytes of the key', async () => {
  const { directory, path, text } = await withKey('SECRET-ONE')
  const [first = ''] = text.split('\n').slice(1)
  const shown = [inspect(await openSigner({ directory, passphrase: 'SECRET-ONE' }), { depth: 9, showHidden: true })]
  await writeFile(path, text.replace(first, `A${first.slice(1)}`))
  for (const passphrase of ['SECRET-ONE', 'SECRET-TWO']) {
    shown.push(
      inspect(await openSigner({ directory, passphrase }).catch((error) => error), { depth: 9, showHidden: true }),
    )
  }
  for (const what of shown) expect(what).not.toMatch(/SECRET-|MIG|PRIVATE KEY/)
})

test('whatever stands in a file, the answer is a key or an error with a code', () => {
  const label = fc.constantFrom('PRIVATE KEY', 'ENCRYPTED PRIVATE KEY', 'PUBLIC KEY', 'EC PRIVATE KEY')
  const body = fc.oneof(
    fc.string(),
    fc.uint8Array().map((bytes) => Buffer.from(bytes).toString('base64')),
  )
  const texts = fc.oneof(
    fc.string(),
    fc.tuple(label, body).map(([name, text]) => `-----BEGIN ${name}-----\n${text}\n-----END ${name}-----\n`),
  )
  fc.assert(
    fc.property(texts, fc.option(fc.string(), { nil: undefined }), (text, passphrase) => {
      expect(() => openPrivateKey(text, passphrase, 'key.pem')).toThrow(
        expect.objectContaining({ code: expect.stringMatching(/^KEY_/) }),
      )
    }),
  )
})
