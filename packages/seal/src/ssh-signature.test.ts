import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  allowedSigners,
  encodeSshSignature,
  parseSshSignature,
  sshSignedData,
  verifySshSignature,
} from './ssh-signature.ts'
import { testSigner } from './testing/keys.ts'

const signer = testSigner(1)
const message = Buffer.from('sealed\n')
const armour = encodeSshSignature(signer.publicKey, await signer.sign(sshSignedData(message)))

/** The signature with another number where the length of the namespace stands, after magic, version and key. */
function withNamespaceLength(length: number): string {
  const blob = Buffer.from(armour.split('\n').slice(1, -2).join(''), 'base64')
  expect(blob.readUInt32BE(65)).toBe('custody-seal'.length)
  blob.writeUInt32BE(length, 65)
  const lines = blob.toString('base64').match(/.{1,70}/g) ?? []
  return ['-----BEGIN SSH SIGNATURE-----', ...lines, '-----END SSH SIGNATURE-----', ''].join('\n')
}

test('any signature comes back as it was', () => {
  const namespace = fc.stringMatching(/^[!-~]{1,200}$/)
  const bytes = (length: number): fc.Arbitrary<Uint8Array> => fc.uint8Array({ minLength: length, maxLength: length })
  fc.assert(
    fc.property(bytes(32), bytes(64), namespace, (publicKey, signature, name) => {
      const parsed = parseSshSignature(encodeSshSignature(publicKey, signature, name))
      expect(parsed?.namespace).toBe(name)
      expect(parsed && Buffer.from(parsed.publicKey).equals(publicKey)).toBe(true)
      expect(parsed && Buffer.from(parsed.signature).equals(signature)).toBe(true)
    }),
  )
})

test('no flipped, lost or added character leaves it verified', () => {
  expect(verifySshSignature(armour, message, signer.publicKey)).toBe(true)
  for (let at = 0; at <= armour.length; at++) {
    const [head, tail] = [armour.slice(0, at), armour.slice(at)]
    const changes = [...['\n', ' ', 'A', '-', '\r'].map((added) => head + added + tail), head + tail.slice(1)]
    for (const replacement of ['A', 'B', '=', '\n']) changes.push(head + replacement + tail.slice(1))
    for (const changed of changes) {
      if (changed !== armour) expect(verifySshSignature(changed, message, signer.publicKey)).toBe(false)
    }
  }
})

test('a signature that says it is for another purpose than it was made for is none', async () => {
  const signature = await signer.sign(sshSignedData(message))
  const relabelled = encodeSshSignature(signer.publicKey, signature, 'file')
  expect(parseSshSignature(relabelled)?.namespace).toBe('file')
  expect(verifySshSignature(relabelled, message, signer.publicKey)).toBe(false)
  expect(verifySshSignature(relabelled, message, signer.publicKey, 'file')).toBe(false)
})

test.each([
  ['nothing', ''],
  ['the frame alone', '-----BEGIN SSH SIGNATURE-----\n-----END SSH SIGNATURE-----\n'],
  ['an empty frame', '-----BEGIN SSH SIGNATURE-----\n\n-----END SSH SIGNATURE-----\n'],
  ['a few bytes', '-----BEGIN SSH SIGNATURE-----\nU1NIU0lH\n-----END SSH SIGNATURE-----\n'],
  ['a huge one', `-----BEGIN SSH SIGNATURE-----\n${'A'.repeat(1_000_000)}\n-----END SSH SIGNATURE-----\n`],
  ['a namespace longer than the file', withNamespaceLength(0xffffffff)],
  ['a namespace without characters', encodeSshSignature(signer.publicKey, Buffer.alloc(64), '')],
])('refused: %s', (_, text) => {
  expect(parseSshSignature(text)).toBeNull()
})

test('the list of signers lets the key sign seals only', () => {
  expect(allowedSigners(signer.publicKey)).toMatch(
    /^custody namespaces="custody-seal" ssh-ed25519 AAAAC3NzaC1lZDI1NTE5[A-Za-z0-9+/]{48}\n$/,
  )
})
