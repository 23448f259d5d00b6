import { createPublicKey } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parsePublicKey, publicKeyFingerprint, publicKeyPem, sshPublicKey, verifySignature } from './public-key.ts'
import { testSigner } from './testing/keys.ts'
import { encodeVerifierKey } from './verifier-key.ts'

const signer = testSigner(1)
const { publicKey } = signer

test('PEM and fingerprint are those of Node', () => {
  const key = createPublicKey(publicKeyPem(publicKey))
  expect(key.export({ type: 'spki', format: 'pem' })).toBe(publicKeyPem(publicKey))
  expect(key.asymmetricKeyType).toBe('ed25519')
  expect(publicKeyFingerprint(publicKey)).toMatch(/^sha256:[0-9a-f]{64}$/)
})

test('every form is read, with space around it', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (raw) => {
      const pem = publicKeyPem(raw)
      const vkey = encodeVerifierKey({ name: 'example.com/acme', publicKey: raw })
      const ssh = sshPublicKey(raw)
      for (const text of [
        pem,
        pem.trim(),
        pem.replaceAll('\n', '\r\n'),
        ssh,
        `${ssh} ada@example.org a\n`,
        vkey,
        ` ${vkey}\n`,
      ]) {
        expect(parsePublicKey(text)).toEqual(raw)
      }
    }),
  )
})

test('anything else is no key', () => {
  const pem = publicKeyPem(publicKey)
  const ssh = sshPublicKey(publicKey)
  const privatePem =
    '-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIAEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEB\n-----END PRIVATE KEY-----\n'
  const x25519 = pem.replace('K2Vw', 'K2Vu')
  const wrong = [
    '',
    ' ',
    'x',
    privatePem,
    x25519,
    pem + pem,
    pem.replace('MCow', 'MCo'),
    `${ssh}\n${ssh}`,
    ssh.replace('AAAA', 'AAA'),
  ]
  for (const text of [
    ...wrong,
    ssh.slice(0, -4),
    ssh.replace('ssh-ed25519', 'ssh-rsa'),
    'A'.repeat(20_000),
    `${ssh} ${'x'.repeat(20_000)}`,
  ]) {
    expect(parsePublicKey(text)).toBeNull()
  }
})

test('bytes of any length are a wrong signature, never an exception', async () => {
  const message = Buffer.from('message')
  const signature = await signer.sign(message)
  expect(verifySignature(publicKey, message, signature)).toBe(true)
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 70 }), fc.uint8Array({ maxLength: 70 }), (key, bytes) => {
      expect(verifySignature(key, message, bytes)).toBe(false)
      expect(verifySignature(publicKey, message, bytes)).toBe(false)
    }),
  )
})
