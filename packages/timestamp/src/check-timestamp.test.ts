import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { canonicalResponse } from './canonical-response.ts'
import { parsePem } from './certificate-pem.ts'
import { readDer } from './der.ts'
import { type CheckTimestampOptions, checkTimestamp, createTimestampAuthority, type Timestamp } from './index.ts'
import { readSignedData, type SignedData } from './signed-data.ts'
import { encodeStatement, forgeResponse } from './testing/forged-stamp.ts'
import {
  type LocalAuthority,
  type LocalAuthorityOptions,
  openssl,
  startLocalAuthority,
} from './testing/local-authority.ts'

const bytes = Buffer.from('format custody-seal/v1\n\n— example.com/acme AAAA\n')
const authorities: LocalAuthority[] = []
let local: LocalAuthority
let stamp: Timestamp

async function authority(options: LocalAuthorityOptions): Promise<LocalAuthority> {
  const started = await startLocalAuthority(options)
  authorities.push(started)
  return started
}

beforeAll(async () => {
  local = await authority({})
  stamp = await createTimestampAuthority({ url: local.url, certificates: local.rootPem }).stamp(bytes)
})
afterAll(async () => {
  await Promise.all(authorities.map(async (one) => await one.close()))
})

const check = (change: Partial<CheckTimestampOptions> = {}): ReturnType<typeof checkTimestamp> =>
  checkTimestamp({ ...stamp, bytes, ...change })
const codes = (change: Partial<CheckTimestampOptions>): readonly string[] =>
  check(change).findings.map(({ code }) => code)

describe('a good stamp', () => {
  test.each<[LocalAuthorityOptions]>([
    [{ digest: 'sha256' }],
    [{ digest: 'sha384', certificateDigest: 'sha512', intermediate: true }],
    [{ digest: 'sha512', certificateDigest: 'sha1' }],
    [{ keys: 'rsa', digest: 'sha256', certificateDigest: 'sha1' }],
    [{ keys: 'rsa', digest: 'sha512' }],
  ])('of %j is believed here and by openssl', async (options) => {
    const started = await authority(options)
    const made = await createTimestampAuthority({ url: started.url, certificates: started.rootPem }).stamp(bytes)
    const result = checkTimestamp({ ...made, bytes, trusted: started.rootPem })
    expect(result).toMatchObject({
      chain: 'verified',
      findings: [],
      time: made.time,
      policy: '1.3.6.1.4.1.99999.1',
      authority: 'O=Example Time, CN=Example Authority',
    })
    const { folder } = started
    await writeFile(join(folder, 'seal.note'), bytes)
    await writeFile(join(folder, 'seal.tsr'), made.response)
    await writeFile(join(folder, 'tsa-chain.pem'), made.chainPem)
    const verify = ['ts', '-verify', '-data', 'seal.note', '-in', 'seal.tsr', '-CAfile', 'tsa-chain.pem']
    expect(openssl(verify, folder)).toMatchObject({ status: 0, stdout: 'Verification: OK\n' })

    const { stdout } = openssl(['ts', '-reply', '-in', 'seal.tsr', '-text'], folder)
    expect(stdout).toContain(`Serial number: 0x${result.serial?.toUpperCase()}`)

    // Years later openssl wants to be told that this is no reason; here it is none.
    const later = new Date('2045-01-01')
    const atThen = ['-attime', `${later.getTime() / 1000}`]
    expect(openssl([...verify, ...atThen], folder).status).not.toBe(0)
    expect(openssl([...verify, '-no_check_time'], folder).status).toBe(0)
    expect(checkTimestamp({ ...made, bytes, trusted: started.rootPem, at: later })).toMatchObject({
      chain: 'expired',
      findings: [],
    })
  })

  test('with RSASSA-PSS', async () => {
    const rsa = await authority({ keys: 'rsa' })
    for (const salt of ['32', '20', '-1']) {
      const padding = ['-keyopt', 'rsa_padding_mode:pss', '-keyopt', `rsa_pss_saltlen:${salt}`]
      const response = await forgeResponse(rsa, encodeStatement({ bytes }), { arguments: padding })
      const result = check({ response, chainPem: rsa.signerPem + rsa.rootPem, trusted: rsa.rootPem })
      expect(result).toMatchObject({ findings: [], chain: 'verified' })
    }
  })

  test('named by the key identifier of its certificate', async () => {
    const response = await forgeResponse(local, encodeStatement({ bytes }), { arguments: ['-keyid'] })
    expect(check({ response, trusted: local.rootPem })).toMatchObject({ findings: [], chain: 'verified' })
  })
})

describe('the chain', () => {
  test('is not verified when nobody is trusted', () => {
    expect(check()).toMatchObject({ chain: 'not-verified', findings: [] })
  })

  test('is verified by any certificate in it, or right above it', async () => {
    const one = await authority({ intermediate: true })
    const made = await createTimestampAuthority({ url: one.url }).stamp(bytes)
    const [leaf = '', issuer = '', root = ''] = made.chainPem.split(/(?<=-----END CERTIFICATE-----\n)/)
    for (const trusted of [leaf, issuer, root, one.issuersPem, `${local.rootPem}some text\r\n${root}`]) {
      expect(checkTimestamp({ ...made, bytes, trusted })).toMatchObject({ chain: 'verified', findings: [] })
    }
    // Without the root, as many authorities send it.
    const response = await forgeResponse(one, encodeStatement({ bytes }))
    expect(checkTimestamp({ response, chainPem: leaf + issuer, bytes, trusted: root }).chain).toBe('verified')
    expect(checkTimestamp({ response, chainPem: leaf, bytes, trusted: issuer }).chain).toBe('verified')
    expect(checkTimestamp({ response, chainPem: leaf, bytes, trusted: root }).findings).toEqual([
      expect.objectContaining({ code: 'TIMESTAMP_UNTRUSTED', part: 'chain' }),
    ])
  })

  test('is not verified by a stranger, nor by a namesake', async () => {
    const namesake = await authority({})
    expect(codes({ trusted: namesake.rootPem })).toEqual(['TIMESTAMP_UNTRUSTED'])
    expect(check({ trusted: namesake.rootPem }).chain).toBe('not-verified')
    expect(codes({ trusted: 'none' })).toEqual(['TIMESTAMP_CHAIN_MALFORMED'])
  })

  test('expires after the last second of its first certificate', () => {
    const { validUntil } = check()
    const end = Date.parse(validUntil ?? '')
    const at = (time: number): string => check({ trusted: local.rootPem, at: new Date(time) }).chain
    expect(at(end + 999)).toBe('verified')
    expect(at(end + 1000)).toBe('expired')
    expect(check({ trusted: local.rootPem }).chain).toBe('verified')
  })

  test.each([
    ['the wrong order', (leaf: string, root: string) => root + leaf, 'TIMESTAMP_CHAIN_BROKEN'],
    ['another root', (leaf: string) => leaf + authorities[1]?.rootPem, 'TIMESTAMP_CHAIN_BROKEN'],
    ['a certificate twice', (leaf: string, root: string) => leaf + root + root, 'TIMESTAMP_CHAIN_MALFORMED'],
    ['nothing', () => '', 'TIMESTAMP_CHAIN_MALFORMED'],
    ['a text before it', (leaf: string, root: string) => `text\n${leaf}${root}`, 'TIMESTAMP_CHAIN_MALFORMED'],
    ['no line end', (leaf: string, root: string) => (leaf + root).trimEnd(), 'TIMESTAMP_CHAIN_MALFORMED'],
    [
      'Windows line ends',
      (leaf: string, root: string) => (leaf + root).replaceAll('\n', '\r\n'),
      'TIMESTAMP_CHAIN_MALFORMED',
    ],
    ['a hundred certificates', (leaf: string) => leaf.repeat(100), 'TIMESTAMP_CHAIN_MALFORMED'],
    ['half a megabyte', () => 'x'.repeat(2 ** 19), 'TIMESTAMP_CHAIN_MALFORMED'],
    ['a mark of byte order', (leaf: string, root: string) => `\ufeff${leaf}${root}`, 'TIMESTAMP_CHAIN_MALFORMED'],
  ])('of %s is found', (_, change, code) => {
    const chainPem = change(local.signerPem, local.rootPem)
    expect(codes({ chainPem })).toContain(code)
    expect(codes({ chainPem: Buffer.from(chainPem) })).toContain(code)
  })

  test.each<[string, LocalAuthorityOptions, string]>([
    ['an issuer that is no authority', { issuerConstraints: 'critical,CA:FALSE' }, 'TIMESTAMP_CHAIN_BROKEN'],
    [
      'usage beside time stamping',
      { extendedKeyUsage: 'critical,timeStamping,codeSigning' },
      'TIMESTAMP_NOT_AN_AUTHORITY',
    ],
    ['usage that is not critical', { extendedKeyUsage: 'timeStamping' }, 'TIMESTAMP_NOT_AN_AUTHORITY'],
    ['another usage', { extendedKeyUsage: 'critical,serverAuth' }, 'TIMESTAMP_NOT_AN_AUTHORITY'],
    ['an extension to understand', { extensions: '1.2.3.4=critical,DER:0500' }, 'TIMESTAMP_CRITICAL_EXTENSION'],
    ['a certificate that had expired', { days: -1 }, 'TIMESTAMP_CERTIFICATE_NOT_VALID'],
    ['a weak key', { keys: 'rsa-1024' }, 'TIMESTAMP_UNSUPPORTED'],
  ])('with %s is found, and nothing else', async (_, options, code) => {
    const bad = await authority(options)
    const response = await forgeResponse(bad, encodeStatement({ bytes }))
    const result = check({ response, chainPem: bad.signerPem + bad.rootPem, trusted: bad.rootPem })
    expect(result.findings.map((finding) => finding.code)).toEqual([code])
    expect(result.chain).toBe('not-verified')
  })

  test.each<[LocalAuthorityOptions, readonly string[]]>([
    [{ rootConstraints: 'critical,CA:TRUE,pathlen:0' }, ['TIMESTAMP_CHAIN_BROKEN']],
    [{ rootConstraints: 'critical,CA:TRUE,pathlen:1', issuerConstraints: 'critical,CA:TRUE,pathlen:0' }, []],
  ])('with as many authorities between as one allows, or more: %j', async (options, expected) => {
    const deep = await authority({ ...options, intermediate: true })
    const response = await forgeResponse(deep, encodeStatement({ bytes }))
    expect(codes({ response, chainPem: deep.signerPem + deep.issuersPem })).toEqual(expected)
  })

  test('whose certificate was not valid yet', async () => {
    const response = await forgeResponse(local, encodeStatement({ bytes, time: '20200101000000Z' }))
    const result = check({ response })
    expect(result.time).toBe('2020-01-01T00:00:00.000Z')
    expect(new Set(result.findings.map(({ code }) => code))).toEqual(new Set(['TIMESTAMP_CERTIFICATE_NOT_VALID']))
  })
})

describe('a stamp', () => {
  test('of other bytes is found', () => {
    expect(codes({ bytes: Buffer.concat([bytes, bytes]) })).toEqual(['TIMESTAMP_WRONG_IMPRINT'])
    expect(codes({ bytes: Buffer.of() })).toEqual(['TIMESTAMP_WRONG_IMPRINT'])
  })

  test.each([
    ['a critical extension', { extension: { oid: '1.2.3.4', critical: true } }, ['TIMESTAMP_CRITICAL_EXTENSION']],
    ['another extension', { extension: { oid: '1.2.3.4', critical: false } }, []],
    ['version 2', { version: 2n }, ['TIMESTAMP_MALFORMED']],
    ['the 30th of February', { time: '20260230000000Z' }, ['TIMESTAMP_MALFORMED']],
    ['local time', { time: '20261121173420' }, ['TIMESTAMP_MALFORMED']],
  ])('with %s', async (_, statement, expected) => {
    const response = await forgeResponse(local, encodeStatement({ bytes, ...statement }))
    expect(codes({ response })).toEqual(expected)
  })

  test('of something that is no statement of time', async () => {
    expect(codes({ response: await forgeResponse(local, Buffer.from('good morning')) })).toEqual(['TIMESTAMP_NOT_DER'])
  })

  test('signed with another key than that of its certificate is found', async () => {
    const other = await authority({})
    const response = await forgeResponse(other, encodeStatement({ bytes }))
    expect(codes({ response })).toEqual([
      'TIMESTAMP_NOT_CANONICAL',
      'TIMESTAMP_CERTIFICATE_BINDING',
      'TIMESTAMP_BAD_SIGNATURE',
    ])
  })

  test('with another certificate of the same key, name and number is found', async () => {
    const { folder } = local
    const [leaf] = parsePem(local.signerPem)
    const serial = ['-set_serial', `0x${leaf?.x509.serialNumber}`]
    const issuer = ['-CA', 'issuer.pem', '-CAkey', 'issuer.key', '-days', '3000', '-extfile', 'signer.ext']
    openssl(['x509', '-req', '-in', 'signer.csr', ...issuer, ...serial, '-out', 'twin.pem'], folder)
    const chainPem = (await readFile(join(folder, 'twin.pem'), 'utf8')) + local.rootPem
    const [twin] = parsePem(chainPem)
    const certificates = twin ? [twin.raw] : []
    // Made after the twin, which would otherwise not have been valid yet.
    const signed = signedDataOf(await forgeResponse(local, encodeStatement({ bytes })))
    const response = canonicalResponse({ ...signed, certificates }, parsePem(chainPem))
    expect(codes({ response, chainPem, trusted: local.rootPem })).toEqual(['TIMESTAMP_CERTIFICATE_BINDING'])
  })

  test('with a certificate that is not in the chain is found; with none it is good', () => {
    const bare = canonicalResponse({ ...signedDataOf(stamp.response), certificates: [] }, [])
    expect(codes({ response: bare })).toEqual([])
    expect(codes({ response: stamp.response, chainPem: local.signerPem })).toEqual(['TIMESTAMP_NOT_CANONICAL'])
  })

  test('that was not granted, is empty, too long, or goes on', () => {
    expect(codes({ response: Uint8Array.of(0x30, 5, 0x30, 3, 2, 1, 2) })).toEqual(['TIMESTAMP_NOT_GRANTED'])
    expect(codes({ response: Uint8Array.of() })).toEqual(['TIMESTAMP_NOT_DER'])
    expect(codes({ response: Buffer.concat([stamp.response, Uint8Array.of(0)]) })).toEqual(['TIMESTAMP_NOT_DER'])
    expect(codes({ response: new Uint8Array(65_537) })).toEqual(['TIMESTAMP_TOO_LARGE'])
    expect(codes({ response: new Uint8Array(65_536) })).toEqual(['TIMESTAMP_NOT_DER'])
  })
})

describe('hostile bytes', () => {
  const files = ['response', 'chainPem'] as const
  const stored = (file: (typeof files)[number]): Buffer => Buffer.from(stamp[file])

  test('one byte changed, removed or added anywhere is found', () => {
    const changes = fc.record({
      file: fc.constantFrom(...files),
      at: fc.nat(),
      bits: fc.integer({ min: 1, max: 255 }),
      how: fc.constantFrom('change', 'change', 'change', 'remove', 'add'),
    })
    fc.assert(
      fc.property(changes, ({ file, at, bits, how }) => {
        const before = stored(file)
        const position = at % before.length
        const octet = (before[position] ?? 0) ^ bits
        const middle = how === 'change' ? [octet] : how === 'add' ? [octet, before[position] ?? 0] : []
        const after = Buffer.concat([before.subarray(0, position), Buffer.from(middle), before.subarray(position + 1)])
        expect(codes({ [file]: after })).not.toEqual([])
      }),
      { numRuns: 300 },
    )
  })

  test.runIf(process.env['SLOW'])('every bit of both files', { timeout: 600_000 }, () => {
    const survivors: string[] = []
    for (const file of files) {
      for (const position of stored(file).keys()) {
        for (let bit = 0; bit < 8; bit++) {
          const after = stored(file)
          after[position] = (after[position] ?? 0) ^ (1 << bit)
          if (codes({ [file]: after }).length === 0) survivors.push(`${file} ${position}.${bit}`)
        }
      }
    }
    expect(survivors).toEqual([])
  })

  test('cut anywhere, it is found', () => {
    fc.assert(
      fc.property(fc.constantFrom(...files), fc.nat(), (file, at) => {
        expect(codes({ [file]: stored(file).subarray(0, at % stored(file).length) })).not.toEqual([])
      }),
    )
  })

  test('any bytes at all give findings, and never throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.uint8Array({ maxLength: 300 }), (response, chainPem) => {
        const at = new Date(Number.NaN)
        expect(checkTimestamp({ response, chainPem, bytes, at, trusted: local.rootPem }).findings).not.toEqual([])
      }),
    )
  })

  test('certificates of any bytes give findings, and never throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 100 }), fc.nat(), fc.boolean(), (noise, at, keep) => {
        const [leaf] = parsePem(local.signerPem)
        const raw = Buffer.from(leaf?.raw ?? [])
        raw.set(noise, Math.min(at % raw.length, raw.length - noise.length))
        const body = (keep ? raw : Buffer.from(noise)).toString('base64').replace(/.{64}(?=.)/g, '$&\n')
        const chainPem = `-----BEGIN CERTIFICATE-----\n${body}\n-----END CERTIFICATE-----\n`
        if (chainPem === local.signerPem) return
        expect(codes({ chainPem })).not.toEqual([])
      }),
    )
  })
})

function signedDataOf(response: Uint8Array): SignedData {
  const token = readDer(response).children[1]
  if (!token) throw new Error('no token')
  return readSignedData(token)
}
