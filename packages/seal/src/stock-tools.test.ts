import { beforeAll, describe, expect, test } from 'vitest'
import { makeTransition } from './key-transition.ts'
import { publicKeyFingerprint } from './public-key.ts'
import { makeSealFiles } from './seal-files.ts'
import { encodeSeal } from './seal-text.ts'
import { parseSshSignature, sshSignedData, verifySshSignature } from './ssh-signature.ts'
import { testSigner } from './testing/keys.ts'
import { erasedSeal, type Files, nextSeal, sampleSeal, supersede } from './testing/seals.ts'
import { shell, temporaryFolder } from './testing/shell.ts'

// Nothing of ours checks anything here: openssl, ssh-keygen and coreutils do, on the files as they stand in an archive.

const openssl =
  'openssl pkeyutl -verify -pubin -inkey seal/signer.pub -rawin -in seal/seal.txt -sigfile seal/seal.txt.ed25519'
const sshKeygen =
  'ssh-keygen -Y verify -f seal/allowed_signers -I custody -n custody-seal -s seal/seal.txt.sig < seal/seal.txt'
/** A signed note by hand: split at the last empty line, decode the signature, drop the four bytes of the key's id. */
const note = (path: string): string => `
  last=$(grep -n '^$' ${path} | tail -n 1 | cut -d : -f 1)
  head -n $((last - 1)) ${path} > text
  tail -n +$((last + 1)) ${path} | head -n 1 | cut -d ' ' -f 3 | base64 -d | tail -c +5 > signature
  openssl pkeyutl -verify -pubin -inkey seal/signer.pub -rawin -in text -sigfile signature`
const manifest = "grep '  seal/' seal/seal-manifest.note | sha256sum -c --strict"

let files: Files

beforeAll(async () => {
  const [first, transitions] = await Promise.all([
    sampleSeal(),
    makeTransition({ from: testSigner(1), to: testSigner(2), created: '2026-11-01T00:00:00.000Z' }),
  ])
  const options = { signer: testSigner(2), prevSeal: encodeSeal(first), transitions }
  const seal = nextSeal(first)
  files = await supersede(await makeSealFiles({ seal, ...options }), erasedSeal(seal), options)
})

describe.each([
  ['openssl', openssl, 'seal/seal.txt', 'seal/seal.txt.ed25519'],
  ['ssh-keygen', sshKeygen, 'seal/seal.txt', 'seal/seal.txt.sig'],
  ['the note, with a shell', note('seal/seal.note'), 'seal/seal.note', 'seal/seal.note'],
  [
    'the checkpoint, with a shell',
    note('seal/records.checkpoint'),
    'seal/records.checkpoint',
    'seal/records.checkpoint',
  ],
  [
    'the seal manifest, with a shell',
    note('seal/seal-manifest.note'),
    'seal/seal-manifest.note',
    'seal/seal-manifest.note',
  ],
  ['sha256sum', manifest, 'seal/prev.seal.txt', 'seal/key-transitions.note'],
])('%s', (_, script, ...paths) => {
  test('accepts what was made', async () => {
    expect(await shell(await temporaryFolder(files), script)).toMatchObject({ ok: true })
  })
  test.each([...new Set(paths)].map((path) => [path]))('refuses a changed %s', async (path) => {
    const content = Buffer.from(files.get(path) ?? '')
    content[40] = (content[40] ?? 0) ^ 1
    expect(await shell(await temporaryFolder(new Map([...files, [path, content]])), script)).toMatchObject({
      ok: false,
    })
  })
})

test('the text of the note is seal.txt, byte for byte', async () => {
  const script = `${note('seal/seal.note')}\n cmp text seal/seal.txt`
  expect(await shell(await temporaryFolder(files), script)).toMatchObject({ ok: true })
})

test('the seal manifest names every other file', async () => {
  const script = `
    grep '  seal/' seal/seal-manifest.note | cut -c 67- > listed
    find seal -type f ! -path seal/seal-manifest.note | LC_ALL=C sort | cmp - listed`
  expect(await shell(await temporaryFolder(files), script)).toMatchObject({ ok: true })
})

test('ssh-keygen refuses the signature for another purpose, and by another name', async () => {
  const folder = await temporaryFolder(files)
  expect(await shell(folder, sshKeygen.replace('-n custody-seal', '-n file'))).toMatchObject({ ok: false })
  expect(await shell(folder, sshKeygen.replace('-I custody', '-I other'))).toMatchObject({ ok: false })
})

test('the fingerprint is the one a shell computes', async () => {
  const folder = await temporaryFolder(files)
  const { output } = await shell(folder, 'openssl pkey -pubin -in seal/signer.pub -outform DER | sha256sum')
  expect(`sha256:${output.slice(0, 64)}`).toBe(publicKeyFingerprint(testSigner(2).publicKey))
})

test('openssl writes the public key as it stands in the archive', async () => {
  const folder = await temporaryFolder(files)
  expect(await shell(folder, 'openssl pkey -pubin -in seal/signer.pub | cmp - seal/signer.pub')).toMatchObject({
    ok: true,
  })
})

test('a signature that ssh-keygen made is read, and verifies', async () => {
  const message = 'made elsewhere\n'
  const folder = await temporaryFolder(new Map([['message', message]]))
  const script = `
    ssh-keygen -q -t ed25519 -N '' -C '' -f key
    ssh-keygen -q -Y sign -f key -n custody-seal message
    cat message.sig`
  const { ok, output } = await shell(folder, script)
  expect(ok, output).toBe(true)
  const armour = output.slice(output.indexOf('-----BEGIN SSH'))
  const signature = parseSshSignature(armour)
  if (signature === null) throw new Error('not read')
  expect(verifySshSignature(armour, Buffer.from(message), signature.publicKey)).toBe(true)
  expect(verifySshSignature(armour, Buffer.from('another'), signature.publicKey)).toBe(false)
  expect(verifySshSignature(armour, Buffer.from(message), testSigner(1).publicKey)).toBe(false)
  expect(verifySshSignature(armour, Buffer.from(message), signature.publicKey, 'file')).toBe(false)
  expect(
    Buffer.from(sshSignedData(Buffer.from(message)))
      .subarray(0, 6)
      .toString(),
  ).toBe('SSHSIG')
})
