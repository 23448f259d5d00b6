import { createHash } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readDer } from './der.ts'
import { integerOf } from './der-values.ts'
import { openssl } from './testing/local-authority.ts'
import { encodeTimestampQuery } from './timestamp-query.ts'

const digest = createHash('sha256').update('hello\n').digest()

test('is what openssl reads as a query for this digest', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'custody-query-'))
  try {
    const query = encodeTimestampQuery({ digest, nonce: 0x7560_6e57n, certReq: true, policy: '1.3.6.1.4.1.99999.2' })
    await writeFile(join(folder, 'query'), query)
    const { stdout } = openssl(['ts', '-query', '-in', 'query', '-text'], folder)
    expect(stdout).toContain('Hash Algorithm: sha256')
    expect(stdout).toContain('Policy OID: 1.3.6.1.4.1.99999.2')
    expect(stdout).toContain('Nonce: 0x75606E57')
    expect(stdout).toContain('Certificate required: yes')

    // Without policy, openssl writes the very same bytes.
    openssl(['ts', '-query', '-digest', digest.toString('hex'), '-sha256', '-cert', '-out', 'theirs'], folder)
    const theirs = openssl(['ts', '-query', '-in', 'theirs', '-text'], folder)
    const nonce = BigInt(/Nonce: (0x[0-9A-F]+)/.exec(theirs.stdout)?.[1] ?? 0)
    await writeFile(join(folder, 'ours'), encodeTimestampQuery({ digest, nonce, certReq: true }))
    expect(openssl(['asn1parse', '-inform', 'DER', '-in', 'ours'], folder).stdout).toBe(
      openssl(['asn1parse', '-inform', 'DER', '-in', 'theirs'], folder).stdout,
    )
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})

test('holds any nonce as it is', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 1n, max: 2n ** 128n - 1n }), (nonce) => {
      const value = readDer(encodeTimestampQuery({ digest, nonce, certReq: true })).children[2]
      expect(value && integerOf(value)).toBe(nonce)
    }),
  )
})

test.each([
  ['a digest of 31 bytes', { digest: digest.subarray(1), nonce: 1n }],
  ['a nonce of zero', { digest, nonce: 0n }],
  ['a nonce of 129 bits', { digest, nonce: 2n ** 128n }],
  ['a policy that is none', { digest, nonce: 1n, policy: 'eidas' }],
])('refuses %s', (_, query) => {
  expect(() => encodeTimestampQuery({ ...query, certReq: true })).toThrow(
    expect.objectContaining({ code: 'TIMESTAMP_OPTIONS', kind: 'usage' }),
  )
})
