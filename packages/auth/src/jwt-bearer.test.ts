import { createPrivateKey, generateKeyPairSync, sign, verify } from 'node:crypto'
import { fakeClock } from '@custody/testkit'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type JwtBearerOptions, jwtBearer } from './jwt-bearer.ts'
import { type KeyPair, rsaKey } from './testing/keys.ts'

const pair: KeyPair = rsaKey()
const right = {
  clientId: 'KEY-3MVG9',
  username: 'archive@acme.example',
  audience: 'https://acme.my.salesforce.com',
  key: pair.privateKey,
}

/** The assertion that a grant posts, taken apart. */
async function assertionOf(options: JwtBearerOptions) {
  const { grant_type, assertion = '' } = await jwtBearer(options).form()
  const [header = '', claims = '', signature = ''] = assertion.split('.')
  const read = (part: string): unknown => JSON.parse(Buffer.from(part, 'base64url').toString())
  return {
    grant_type,
    header: read(header),
    claims: read(claims),
    isSigned: verify(
      'RSA-SHA256',
      Buffer.from(`${header}.${claims}`),
      pair.publicKey,
      Buffer.from(signature, 'base64url'),
    ),
  }
}

test('posts an assertion that names app, user, audience and a near end, signed by RS256', async () => {
  const clock = fakeClock()
  expect(await assertionOf({ ...right, clock })).toEqual({
    grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
    header: { alg: 'RS256', typ: 'JWT' },
    claims: {
      iss: 'KEY-3MVG9',
      sub: 'archive@acme.example',
      aud: 'https://acme.my.salesforce.com',
      exp: Math.floor(clock.now() / 1_000) + 180,
    },
    isSigned: true,
  })
})

test('each request has an assertion of its own, which ends as long after as configured', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1_000, max: 300_000 }), fc.nat({ max: 10_000 }), async (lifetimeMs, laterMs) => {
      const clock = fakeClock()
      const grant = jwtBearer({ ...right, clock, lifetimeMs })
      await grant.form()
      await clock.advance(laterMs)
      const [, claims = ''] = ((await grant.form())['assertion'] ?? '').split('.')
      const { exp } = JSON.parse(Buffer.from(claims, 'base64url').toString()) as { exp: number }
      expect(exp * 1_000).toBeLessThanOrEqual(clock.now() + lifetimeMs)
      expect(exp * 1_000).toBeGreaterThan(clock.now() + lifetimeMs - 1_000)
    }),
    { numRuns: 20 },
  )
})

test('claims hold whatever the configuration says', async () => {
  const username = 'jöhn"\\../\u2028@acme.example'
  const { claims, isSigned } = await assertionOf({ ...right, username })
  expect(claims).toMatchObject({ sub: username })
  expect(isSigned).toBe(true)
})

describe('keys', () => {
  const passphrase = 'correct horse'
  const encrypted = createPrivateKey(pair.privateKey)
    .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase })
    .toString()

  test.each<[string, Pick<JwtBearerOptions, 'key' | 'passphrase'>]>([
    ['PKCS#8', { key: pair.privateKey }],
    ['PKCS#1', { key: createPrivateKey(pair.privateKey).export({ type: 'pkcs1', format: 'pem' }).toString() }],
    ['bytes', { key: Buffer.from(pair.privateKey) }],
    ['with text around it', { key: `made in spring\n${pair.privateKey}\n\n` }],
    ['on one line of an environment file', { key: pair.privateKey.replaceAll('\n', '\\n') }],
    ['with Windows line ends', { key: pair.privateKey.replaceAll('\n', '\r\n') }],
    ['encrypted', { key: encrypted, passphrase }],
  ])('%s', async (_name, key) => {
    expect((await assertionOf({ ...right, ...key } as JwtBearerOptions)).isSigned).toBe(true)
  })

  const elliptic = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  }).privateKey
  const pss = generateKeyPairSync('rsa-pss', {
    modulusLength: 2_048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  }).privateKey

  test.each<[string, Record<string, unknown>, RegExp, RegExp]>([
    ['1024 bits', { key: rsaKey(1_024).privateKey }, /1024 bits; at least 2048/, /genrsa/],
    ['another kind', { key: elliptic }, /no RSA key \(ec\)/, /genrsa/],
    ['RSA for PSS alone', { key: pss }, /no RSA key \(rsa-pss\)/, /genrsa/],
    ['the public half', { key: pair.publicKey }, /public half/, /private key/],
    ['a path', { key: '/run/secrets/key.pem' }, /no PEM/, /text of the key file/],
    ['nothing', { key: '' }, /no PEM/, /BEGIN/],
    ['cut short', { key: pair.privateKey.slice(0, 800) }, /no PEM|cannot be read/, /./],
    ['damaged', { key: pair.privateKey.replace(/[A-Za-z0-9]{64}\n/, '') }, /cannot be read/, /openssl pkey/],
    ['encrypted, without its passphrase', { key: encrypted }, /encrypted/, /passphrase/],
    ['encrypted, with another one', { key: encrypted, passphrase: 'wrong' }, /cannot be decrypted/, /passphrase/],
  ])('%s is refused', (_name, key, message, action) => {
    const create = (): unknown => jwtBearer({ ...right, ...key } as JwtBearerOptions)
    expect(create).toThrow(expect.objectContaining({ code: 'AUTH_KEY', kind: 'usage' }))
    expect(create).toThrow(message)
    expect(create).toThrow(expect.objectContaining({ actions: [expect.stringMatching(action)] }))
  })
})

describe('a signer instead of a key', () => {
  const { key, ...rest } = right

  test('is given the bytes and gives the signature', async () => {
    const { isSigned } = await assertionOf({ ...rest, signer: async (data) => sign('RSA-SHA256', data, key) })
    expect(isSigned).toBe(true)
  })

  test.each<[string, () => Promise<unknown>]>([
    ['fails', () => Promise.reject(new Error('KMS-DETAIL'))],
    [
      'throws',
      () => {
        throw new Error('KMS-DETAIL')
      },
    ],
    ['gives nothing', async () => undefined],
    ['gives text', async () => 'KMS-DETAIL'.repeat(30)],
    ['gives too little', async () => new Uint8Array(255)],
  ])('one that %s ends the sign-in', async (_name, signer) => {
    const grant = jwtBearer({ ...rest, signer: signer as () => Promise<Uint8Array> })
    const error = await grant.form().catch((thrown) => thrown)
    expect(error).toMatchObject({ code: 'AUTH_SIGNER', kind: 'sign-in' })
    expect(error.cause).toBeUndefined()
    expect(error.message).not.toContain('KMS-DETAIL')
  })
})

test.each([
  { clientId: '' },
  { username: ' ' },
  { audience: '' },
  { audience: 'login.salesforce.com' },
  { lifetimeMs: 999 },
  { lifetimeMs: 300_001 },
  { lifetimeMs: Number.NaN },
  { key: undefined },
  { signer: async () => new Uint8Array(256) },
])('wrong options are refused at construction: %j', (wrong) => {
  expect(() => jwtBearer({ ...right, ...wrong } as JwtBearerOptions)).toThrow(
    expect.objectContaining({ code: 'AUTH_OPTIONS', kind: 'usage' }),
  )
})
