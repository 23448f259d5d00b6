import { createHash, X509Certificate } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { CustodyError } from '@custody/pipeline'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { encodeAlgorithm } from './algorithm.ts'
import { encodeDer, readDer, tag } from './der.ts'
import { encodeInteger, encodeObjectIdentifier } from './der-values.ts'
import { createTimestampAuthority, type Timestamp, type TimestampAuthorityOptions } from './index.ts'
import { sha256 } from './object-identifiers.ts'
import { type LocalAuthority, startLocalAuthority } from './testing/local-authority.ts'
import { maxResponseBytes } from './timestamp-response.ts'

const bytes = Buffer.from('format custody-seal/v1\n')
let local: LocalAuthority
let other: LocalAuthority
let rsa: LocalAuthority
let stranger: Uint8Array

beforeAll(async () => {
  local = await startLocalAuthority({ intermediate: true })
  other = await startLocalAuthority()
  rsa = await startLocalAuthority({ keys: 'rsa' })
  stranger = new X509Certificate(other.rootPem).raw
})
afterAll(async () => {
  await Promise.all([local.close(), other.close(), rsa.close()])
})

type Reply = Response | ((query: Uint8Array) => Response | Promise<Response>)
const queryOf = (init: RequestInit | undefined): Uint8Array => init?.body as Uint8Array

async function stampBy(reply: Reply, options: Partial<TimestampAuthorityOptions> = {}): Promise<Timestamp> {
  const fetch: typeof globalThis.fetch = async (_, init) =>
    typeof reply === 'function' ? await reply(queryOf(init)) : reply
  return await createTimestampAuthority({ url: 'https://tsa.example/', fetch, ...options }).stamp(bytes)
}

async function failureOf(promise: Promise<unknown>): Promise<CustodyError> {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  )
  if (!CustodyError.isInstance(error)) throw new Error('it did not fail as it should', { cause: error })
  expect(error.actions).not.toEqual([])
  return error
}

/** The local authority's reply, changed where nobody signed it. */
const changed =
  (change: (reply: Uint8Array) => Uint8Array): Reply =>
  async (query) =>
    new Response(new Uint8Array(change(await local.reply(query))))

const tokenOf = (reply: Uint8Array): Uint8Array => readDer(reply).children[1]?.raw ?? Uint8Array.of()
const statusText = encodeDer(tag.sequence, encodeDer(0x0c, Buffer.from('Operation Okay')))

describe('a stamp', () => {
  test('is asked for with the digest and nothing else', async () => {
    const before = local.queries.length
    const authority = createTimestampAuthority({ url: local.url, certificates: local.rootPem })
    const { time, chainVerified, chainPem, response } = await authority.stamp(bytes)
    expect(Math.abs(Date.parse(time) - Date.now())).toBeLessThan(60_000)
    expect(chainVerified).toBe(true)
    expect(chainPem).toBe(local.signerPem + local.issuersPem)
    expect(readDer(response).children).toHaveLength(2)

    const query = local.queries[before]
    expect(query?.length).toBeLessThan(80)
    expect(query?.includes(createHash('sha256').update(bytes).digest())).toBe(true)
  })

  test('without configured certificates says that nobody vouches for it', async () => {
    const { chainVerified, chainPem } = await createTimestampAuthority({ url: local.url }).stamp(bytes)
    expect(chainVerified).toBe(false)
    expect(chainPem).toBe(local.signerPem + local.issuersPem)
  })

  test('is stored as it came, byte for byte', async () => {
    let received: Uint8Array = Uint8Array.of()
    const { response } = await stampBy(changed((reply) => (received = reply)))
    expect(Buffer.compare(response, received)).toBe(0)
  })

  test.each<[string, (reply: Uint8Array) => Uint8Array]>([
    [
      'a status text, and granted with changes',
      (reply) => encodeDer(tag.sequence, encodeDer(tag.sequence, encodeInteger(1n), statusText), tokenOf(reply)),
    ],
    ['unsigned attributes', withUnsignedAttribute],
    ['the other name of its signature algorithm', withOtherName],
    [
      'a certificate that comes twice',
      (reply) => rebuilt(reply, 'certificates', (all) => [...all, ...all.slice(0, 1)]),
    ],
    ['a certificate that is not of the chain', (reply) => rebuilt(reply, 'certificates', (all) => [...all, stranger])],
  ])('is stored without %s', async (_, change) => {
    let received: Uint8Array = Uint8Array.of()
    const reply: Reply = async (query) => {
      received = await rsa.reply(query)
      const sent = change(received)
      expect(Buffer.compare(sent, received)).not.toBe(0)
      return new Response(new Uint8Array(sent))
    }
    const { response } = await stampBy(reply, { certificates: rsa.rootPem })
    expect(Buffer.compare(response, received)).toBe(0)
  })

  test('is asked for under a policy', async () => {
    const { response } = await createTimestampAuthority({ url: local.url, policy: '1.3.6.1.4.1.99999.2' }).stamp(bytes)
    const policy = encodeObjectIdentifier('1.3.6.1.4.1.99999.2') ?? Uint8Array.of()
    expect(Buffer.from(response).includes(policy)).toBe(true)
  })

  test('another nonce each time', async () => {
    const queries = local.queries.length
    const authority = createTimestampAuthority({ url: local.url })
    await authority.stamp(bytes)
    await authority.stamp(bytes)
    const [one, two] = local.queries.slice(queries)
    expect(one && two && one.equals(two)).toBe(false)
  })

  test.each([0x00, 0x80, 0xff])('a nonce of any bits (%i) is positive and of eight octets at most', async (octet) => {
    await expect(
      createTimestampAuthority({ url: local.url, random: (size) => new Uint8Array(size).fill(octet) }).stamp(bytes),
    ).resolves.toBeDefined()
  })
})

describe('refuses', () => {
  test('a reply to another request', async () => {
    const { response } = await stampBy(changed((reply) => reply))
    expect(await failureOf(stampBy(new Response(new Uint8Array(response))))).toMatchObject({
      code: 'TIMESTAMP_NONCE',
      kind: 'refused',
    })
  })

  test('a stamp of other bytes', async () => {
    const digest = createHash('sha256').update(bytes).digest()
    const wrong: Reply = async (query) => {
      const asked = Buffer.from(query)
      asked.fill(7, asked.indexOf(digest), asked.indexOf(digest) + 32)
      return new Response(new Uint8Array(await local.reply(asked)))
    }
    expect((await failureOf(stampBy(wrong))).code).toBe('TIMESTAMP_WRONG_IMPRINT')
  })

  test('another policy than the one asked for', async () => {
    const wrong: Reply = async (query) => {
      const asked = Buffer.from(query)
      asked[asked.indexOf(encodeObjectIdentifier('1.3.6.1.4.1.99999.2') ?? '') + 10] = 1
      return new Response(new Uint8Array(await local.reply(asked)))
    }
    expect((await failureOf(stampBy(wrong, { policy: '1.3.6.1.4.1.99999.2' }))).code).toBe('TIMESTAMP_POLICY')
  })

  test('an authority that nobody configured', async () => {
    const authority = createTimestampAuthority({ url: local.url, certificates: other.rootPem })
    expect((await failureOf(authority.stamp(bytes))).code).toBe('TIMESTAMP_UNTRUSTED')
  })

  test('a policy that the authority does not have: its refusal is told', async () => {
    const authority = createTimestampAuthority({ url: local.url, policy: '1.2.3.4' })
    const error = await failureOf(authority.stamp(bytes))
    expect(error).toMatchObject({ code: 'TIMESTAMP_REFUSED', retryable: false })
    expect(error.message).toContain('unacceptedPolicy')
  })

  test.each([
    ['systemFailure', Uint8Array.of(6, 0, 0, 0, 0x40), true],
    ['badAlg', Uint8Array.of(7, 0x80), false],
    ['gave no reason', Uint8Array.of(0), false],
  ])('a refusal: %s; the text of the authority is not repeated', async (reason, failInfo, retryable) => {
    const status = encodeDer(tag.sequence, encodeInteger(2n), statusText, encodeDer(tag.bitString, failInfo))
    const error = await failureOf(stampBy(new Response(new Uint8Array(encodeDer(tag.sequence, status)))))
    expect(error).toMatchObject({ code: 'TIMESTAMP_REFUSED', retryable })
    expect(error.message).toContain(reason)
    expect(error.message).not.toContain('Okay')
  })

  test('a grant without a token', async () => {
    const empty = encodeDer(tag.sequence, encodeDer(tag.sequence, encodeInteger(0n)))
    expect((await failureOf(stampBy(new Response(new Uint8Array(empty))))).code).toBe('TIMESTAMP_REFUSED')
  })

  test('a reply without the certificate', async () => {
    const bare = changed((reply) => rebuilt(reply, 'certificates', () => null))
    expect((await failureOf(stampBy(bare, { certificates: local.rootPem }))).code).toBe('TIMESTAMP_NO_CERTIFICATE')
  })

  test('a reply with a byte after its end', async () => {
    const longer = changed((reply) => Buffer.concat([reply, Uint8Array.of(0)]))
    expect((await failureOf(stampBy(longer))).code).toBe('TIMESTAMP_NOT_DER')
  })

  test('an authority whose certificate has expired', async () => {
    const authority = await startLocalAuthority({ days: -1 })
    try {
      const error = await failureOf(createTimestampAuthority({ url: authority.url }).stamp(bytes))
      expect(error).toMatchObject({ code: 'TIMESTAMP_CERTIFICATE_NOT_VALID', kind: 'refused' })
    } finally {
      await authority.close()
    }
  })
})

describe('on the wire', () => {
  test.each([
    [
      'a redirect',
      new Response(null, { status: 307, headers: { location: 'https://elsewhere.example' } }),
      'TIMESTAMP_REDIRECTED',
      false,
    ],
    ['401', new Response('secret', { status: 401 }), 'TIMESTAMP_SIGN_IN', false],
    ['403', new Response('secret', { status: 403 }), 'TIMESTAMP_SIGN_IN', false],
    ['404', new Response('secret', { status: 404 }), 'TIMESTAMP_HTTP_STATUS', false],
    ['429', new Response('secret', { status: 429 }), 'TIMESTAMP_HTTP_STATUS', true],
    ['503', new Response('secret', { status: 503 }), 'TIMESTAMP_HTTP_STATUS', true],
    ['204', new Response(null, { status: 204 }), 'TIMESTAMP_HTTP_STATUS', false],
    [
      'a page',
      new Response('<p>secret', { headers: { 'content-type': 'text/html; charset=utf-8' } }),
      'TIMESTAMP_CONTENT_TYPE',
      false,
    ],
    [
      'JSON',
      new Response('"secret"', { headers: { 'content-type': 'application/json' } }),
      'TIMESTAMP_CONTENT_TYPE',
      false,
    ],
    ['nothing', new Response(null), 'TIMESTAMP_NOT_DER', false],
    ['no DER', new Response(new Uint8Array(10)), 'TIMESTAMP_NOT_DER', false],
    ['the most there may be', new Response(new Uint8Array(maxResponseBytes)), 'TIMESTAMP_NOT_DER', false],
    ['a byte more', new Response(new Uint8Array(maxResponseBytes + 1)), 'TIMESTAMP_TOO_LARGE', false],
  ])('%s', async (_, reply, code, retryable) => {
    const error = await failureOf(stampBy(reply))
    expect(error).toMatchObject({ code, retryable })
    expect(`${error.message} ${error.actions.join(' ')}`).not.toMatch(/secret|elsewhere/)
  })

  test('a reply without end is cancelled', async () => {
    let cancelled = false
    const endless = new ReadableStream({
      pull: (controller) => controller.enqueue(new Uint8Array(10_000)),
      cancel: () => {
        cancelled = true
      },
    })
    expect((await failureOf(stampBy(new Response(endless)))).code).toBe('TIMESTAMP_TOO_LARGE')
    expect(cancelled).toBe(true)
  })

  test.each([['application/octet-stream'], ['application/timestamp-response'], ['']])(
    'the type %j will do',
    async (type) => {
      const reply: Reply = async (query) =>
        new Response(new Uint8Array(await local.reply(query)), { headers: type === '' ? {} : { 'content-type': type } })
      await expect(stampBy(reply)).resolves.toBeDefined()
    },
  )

  test('headers go along, and nowhere else', async () => {
    let sent: Headers | undefined
    let redirect: string | undefined
    const fetch: typeof globalThis.fetch = async (_, init) => {
      sent = new Headers(init?.headers)
      redirect = init?.redirect
      throw new TypeError('fetch failed: authorization was top-secret')
    }
    const headers = { authorization: 'top-secret', 'content-type': 'text/plain' }
    const error = await failureOf(
      createTimestampAuthority({ url: 'https://tsa.example/', headers, fetch }).stamp(bytes),
    )
    expect(error).toMatchObject({ code: 'TIMESTAMP_UNREACHABLE', retryable: true })
    expect(`${error.message}${error.actions.join()}`).not.toContain('top-secret')
    expect(redirect).toBe('manual')
    expect(sent?.get('authorization')).toBe('top-secret')
    expect(sent?.get('content-type')).toBe('application/timestamp-query')
  })

  test('a redirect is not followed, not even to the same address', async () => {
    let asked = 0
    const server = createServer((_, response) => {
      asked++
      response.writeHead(308, { location: '/elsewhere' }).end()
    }).listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    try {
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
      expect((await failureOf(createTimestampAuthority({ url }).stamp(bytes))).code).toBe('TIMESTAMP_REDIRECTED')
      expect(asked).toBe(1)
    } finally {
      server.closeAllConnections()
      server.close()
    }
  })

  const silent: typeof globalThis.fetch = async (_, init) =>
    await new Promise((_resolve, reject) => {
      init?.signal?.addEventListener('abort', () => reject(init.signal?.reason))
    })

  test('an authority that does not answer', async () => {
    const authority = createTimestampAuthority({ url: 'https://tsa.example/', fetch: silent, timeoutMs: 5 })
    expect(await failureOf(authority.stamp(bytes))).toMatchObject({ code: 'TIMESTAMP_TIMEOUT', retryable: true })
  })

  test('the signal ends it, before and meanwhile', async () => {
    const authority = createTimestampAuthority({ url: 'https://tsa.example/', fetch: silent })
    const reason = new Error('stop')
    await expect(authority.stamp(bytes, AbortSignal.abort(reason))).rejects.toBe(reason)
    const controller = new AbortController()
    const stamp = authority.stamp(bytes, controller.signal)
    controller.abort(reason)
    await expect(stamp).rejects.toBe(reason)
  })
})

describe('options', () => {
  test.each([
    ['http://tsa.example/', 'TIMESTAMP_URL'],
    ['http://127.0.0.1.example/', 'TIMESTAMP_URL'],
    ['ftp://127.0.0.1/', 'TIMESTAMP_URL'],
    ['https://user:password@tsa.example/', 'TIMESTAMP_URL'],
    ['tsa.example', 'TIMESTAMP_URL'],
    ['', 'TIMESTAMP_URL'],
  ])('the address %j is refused', (url, code) => {
    expect(() => createTimestampAuthority({ url })).toThrow(expect.objectContaining({ code, kind: 'usage' }))
  })

  test.each(['https://tsa.example/tsr', 'http://127.0.0.1:3161/', 'http://[::1]/', 'http://localhost/'])(
    'the address %j is not',
    (url) => expect(createTimestampAuthority({ url })).toBeDefined(),
  )

  test('plain http is for authorities whose certificates are known', () => {
    expect(createTimestampAuthority({ url: 'http://tsa.example/tsr', certificates: other.rootPem })).toBeDefined()
  })

  test.each([
    [{ timeoutMs: 0 }],
    [{ timeoutMs: 2 ** 31 }],
    [{ timeoutMs: Number.NaN }],
    [{ policy: 'any' }],
    [{ certificates: '' }],
    [{ certificates: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n' }],
  ])('%j is refused', (options) => {
    expect(() => createTimestampAuthority({ url: 'https://tsa.example', ...options })).toThrow(
      expect.objectContaining({ code: 'TIMESTAMP_OPTIONS', kind: 'usage' }),
    )
  })
})

/** The reply with one field of its SignedData (certificates) or SignerInfo made anew. */
function rebuilt(
  reply: Uint8Array,
  field: 'certificates' | 'signer',
  change: (raw: readonly Uint8Array[]) => readonly Uint8Array[] | null,
): Uint8Array {
  const [status, token] = readDer(reply).children
  const [type, explicit] = token?.children ?? []
  const fields = (explicit?.children[0]?.children ?? []).flatMap((value) => {
    if (field === 'certificates' && value.tag === tag.context(0)) {
      const kept = change(value.children.map(({ raw }) => raw))
      return kept ? [encodeDer(value.tag, ...kept)] : []
    }
    const signer = value.children[0]
    if (field === 'signer' && value.tag === tag.set && signer && signer.children.length > 3) {
      return [encodeDer(tag.set, encodeDer(tag.sequence, ...(change(signer.children.map(({ raw }) => raw)) ?? [])))]
    }
    return [value.raw]
  })
  const inner = encodeDer(tag.context(0), encodeDer(tag.sequence, ...fields))
  const empty = Uint8Array.of()
  return encodeDer(tag.sequence, status?.raw ?? empty, encodeDer(tag.sequence, type?.raw ?? empty, inner))
}

function withOtherName(reply: Uint8Array): Uint8Array {
  return rebuilt(reply, 'signer', (fields) => fields.with(4, encodeAlgorithm(sha256.withRsa)))
}

function withUnsignedAttribute(reply: Uint8Array): Uint8Array {
  const attribute = encodeDer(
    tag.sequence,
    encodeObjectIdentifier('1.2.840.113549.1.9.16.2.14') ?? Uint8Array.of(),
    encodeDer(tag.set, encodeInteger(1n)),
  )
  return rebuilt(reply, 'signer', (fields) => [...fields, encodeDer(tag.context(1), attribute)])
}
