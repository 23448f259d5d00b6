import { execFileSync } from 'node:child_process'
import { createPrivateKey } from 'node:crypto'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { encodeSshSignature, parsePublicKey, parseVerifierKey, SEAL_NAMESPACE, sshSignedData } from '@custody/seal'
import { describe, expect, test } from 'vitest'
import { exportPrivateKey, exportPublicKey } from './export-key.ts'
import { initKey } from './init-key.ts'
import { openSigner } from './open-signer.ts'
import { rotateKey } from './rotate-key.ts'
import { freshDirectory } from './testing/key-directory.ts'

const origin = 'example.com/acme'

describe('the public half', () => {
  test('in every form is the same key', async () => {
    const directory = await freshDirectory()
    const { publicKey, fingerprint } = await initKey({ directory })
    const exported = await exportPublicKey({ directory, origin })
    expect(exported.fingerprint).toBe(fingerprint)
    for (const form of [exported.pem, exported.openSsh, exported.verifierKey ?? '']) {
      expect(parsePublicKey(form)).toEqual(publicKey)
    }
    expect(parseVerifierKey(exported.verifierKey ?? '')?.name).toBe(origin)
    expect(exported.pem).toBe(await readFile(join(directory, 'signing-key.pub'), 'utf8'))
    expect((await exportPublicKey({ directory })).verifierKey).toBeNull()
  })

  test('ssh-keygen and openssl take them', async () => {
    const directory = await freshDirectory()
    await initKey({ directory })
    const { openSsh, allowedSigners, pem, fingerprint } = await exportPublicKey({ directory })
    const write = async (name: string, content: string | Uint8Array): Promise<string> => {
      const path = join(directory, name)
      await writeFile(path, content)
      return path
    }
    const line = await write('line.pub', `${openSsh}\n`)
    expect(execFileSync('ssh-keygen', ['-l', '-f', line]).toString()).toMatch(/^256 SHA256:.*\(ED25519\)/)

    const der = execFileSync('openssl', ['pkey', '-pubin', '-outform', 'DER'], { input: pem })
    const digest = execFileSync('sha256sum', { input: der }).toString().slice(0, 64)
    expect(`sha256:${digest}`).toBe(fingerprint)

    const signer = await openSigner({ directory })
    const message = Buffer.from('message\n')
    const signature = await signer.sign(sshSignedData(message, SEAL_NAMESPACE))
    const signers = await write('allowed_signers', `${allowedSigners}\n`)
    const signed = await write('m.sig', encodeSshSignature(signer.publicKey, signature))
    const verify = ['-Y', 'verify', '-f', signers, '-I', 'custody', '-n', SEAL_NAMESPACE, '-s', signed]
    expect(execFileSync('ssh-keygen', verify, { input: message }).toString()).toMatch(/^Good/)
    expect(() => execFileSync('ssh-keygen', verify, { input: 'other', stdio: 'pipe' })).toThrow()
  })

  test('of a retired key, by its fingerprint', async () => {
    const directory = await freshDirectory()
    const first = await initKey({ directory })
    const second = await rotateKey({ directory })
    expect((await exportPublicKey({ directory })).fingerprint).toBe(second.fingerprint)
    const { fingerprint, pem } = await exportPublicKey({ directory, fingerprint: first.fingerprint })
    expect(fingerprint).toBe(first.fingerprint)
    expect(parsePublicKey(pem)).toEqual(first.publicKey)
    await expect(exportPublicKey({ directory, fingerprint: 'sha256:00' })).rejects.toMatchObject({
      code: 'KEY_MISSING',
      kind: 'not-found',
    })
  })

  test('outlives the private one', async () => {
    const directory = await freshDirectory()
    const { fingerprint } = await initKey({ directory })
    await rm(join(directory, 'signing-key.pem'))
    expect((await exportPublicKey({ directory })).fingerprint).toBe(fingerprint)
  })

  test.each(['', 'a b', 'a+b', 'é', 'a'.repeat(121)])(
    'an origin that cannot stand in a note is refused: %j',
    async (wrong) => {
      const directory = await freshDirectory()
      await initKey({ directory })
      await expect(exportPublicKey({ directory, origin: wrong })).rejects.toMatchObject({
        code: 'KEY_OPTIONS',
        kind: 'usage',
      })
    },
  )
})

describe('the private half', () => {
  test('leaves encrypted only', async () => {
    const directory = await freshDirectory()
    await initKey({ directory })
    await expect(exportPrivateKey({ directory })).rejects.toMatchObject({
      code: 'KEY_PASSPHRASE_MISSING',
      kind: 'usage',
    })
    await expect(exportPrivateKey({ directory, backupPassphrase: '' })).rejects.toMatchObject({ code: 'KEY_OPTIONS' })
    expect(await exportPrivateKey({ directory, backupPassphrase: 'backup' })).toMatch(
      /^-----BEGIN ENCRYPTED PRIVATE KEY-----\n/,
    )
  })

  test('under the passphrase of the backup, and put back it signs again', async () => {
    const directory = await freshDirectory()
    const { fingerprint } = await initKey({ directory, passphrase: 'one' })
    const backup = await exportPrivateKey({ directory, passphrase: 'one', backupPassphrase: 'two' })
    expect(() => createPrivateKey({ key: backup, passphrase: 'one' })).toThrow()
    await rm(join(directory, 'signing-key.pem'))
    await expect(openSigner({ directory })).rejects.toMatchObject({ code: 'KEY_LOST' })
    await writeFile(join(directory, 'signing-key.pem'), backup, { mode: 0o600 })
    expect((await openSigner({ directory, passphrase: 'two' })).fingerprint).toBe(fingerprint)
  })

  test('under that of the key where none is given for the backup', async () => {
    const directory = await freshDirectory()
    await initKey({ directory, passphrase: 'one' })
    const backup = await exportPrivateKey({ directory, passphrase: 'one' })
    expect(createPrivateKey({ key: backup, passphrase: 'one' }).asymmetricKeyType).toBe('ed25519')
    expect(backup).not.toBe(await readFile(join(directory, 'signing-key.pem'), 'utf8'))
    await expect(exportPrivateKey({ directory, passphrase: 'two' })).rejects.toMatchObject({
      code: 'KEY_PASSPHRASE_WRONG',
    })
  })
})
