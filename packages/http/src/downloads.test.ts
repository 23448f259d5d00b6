import { createHash, randomBytes } from 'node:crypto'
import type { RequestListener } from 'node:http'
import { gzipSync } from 'node:zlib'
import type { CustodyError } from '@custody/pipeline'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createOrgClient, type OrgClientOptions } from './create-org-client.ts'
import type { Download, DownloadRequest } from './org-client.ts'
import { clientUnderTest } from './testing/client-under-test.ts'
import { fakeTokens } from './testing/fake-tokens.ts'
import type { fakeTransport, Reply } from './testing/fake-transport.ts'
import { serve } from './testing/serve.ts'

function setUp(replies: Parameters<typeof fakeTransport>[0], options: Partial<OrgClientOptions> = {}) {
  const under = clientUnderTest(replies, options)
  const { client, clock } = under
  const download = (request: Partial<DownloadRequest> = {}): Promise<Download> =>
    clock.settle(client.download({ address: '/file', endpoint: 'files', maxBytes: 1_000, ...request }))
  const failure = (request?: Partial<DownloadRequest>): Promise<CustodyError> =>
    download(request)
      .then(({ body }) => all(body))
      .then(
        () => Promise.reject(new Error('no failure')),
        (error) => error,
      )
  return { ...under, download, failure }
}

async function all(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of body) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

test('hands over status, headers and the body as it comes', async () => {
  const reply: Reply = { headers: { 'content-type': 'image/png' }, body: [Buffer.from('one '), Buffer.from('two')] }
  const { download, transport, events } = setUp([reply])
  const { status, headers, body } = await download()
  expect({ status, headers }).toEqual({ status: 200, headers: { 'content-type': 'image/png' } })
  expect(events).toEqual([])
  expect(await all(body)).toBe('one two')
  expect(transport.requests[0]).toMatchObject({
    method: 'GET',
    headers: { accept: '*/*', 'accept-encoding': 'gzip', authorization: 'Bearer token-1' },
  })
  expect(transport.requests[0]?.url.href).toBe('https://acme.example/file')
  expect(events).toEqual([{ type: 'request-end', endpoint: 'files', status: 200, attempt: 1, ms: 0, bytes: 7 }])
})

test('inflates what comes gzipped, whatever it is and however it is cut', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 5_000 }), fc.integer({ min: 1, max: 500 }), async (plain, size) => {
      const zipped = gzipSync(plain)
      const chunks = Array.from({ length: Math.ceil(zipped.length / size) }, (_, index) =>
        zipped.subarray(index * size, (index + 1) * size),
      )
      const { download } = setUp([{ headers: { 'content-encoding': 'gzip' }, body: chunks }])
      const { body } = await download({ maxBytes: plain.length })
      const received: Uint8Array[] = []
      for await (const chunk of body) received.push(chunk)
      expect(Buffer.concat(received).equals(plain)).toBe(true)
    }),
    { numRuns: 60 },
  )
})

describe('origins', () => {
  test.each([
    ['/file', 'https://acme.example/file'],
    ['https://acme.example/file?x=1', 'https://acme.example/file?x=1'],
    ['https://acme.example:443/file', 'https://acme.example/file'],
    ['https://api.example/file', 'https://api.example/file'],
    ['https://acme.file.force.com/file', 'https://acme.file.force.com/file'],
  ])('%s is asked', async (address, href) => {
    const { download, transport } = setUp([{}], { trustedOrigins: ['https://acme.file.force.com/'] })
    await download({ address })
    expect(transport.requests.map(({ url }) => url.href)).toEqual([href])
  })

  test.each([
    'https://evil.example/file',
    '//evil.example/file',
    '/\\evil.example/file',
    'http://acme.example/file',
    'https://acme.example.evil.example/file',
    'https://acme.example@evil.example/file',
    'https://user:secret@acme.example/file',
    'https://acme.example:8443/file',
    'https://sub.acme.example/file',
    'file:///etc/passwd',
    'data:text/plain,x',
    'file',
    '',
    'https://acme.file.force.com/file',
  ])('%s is asked for nothing', async (address) => {
    const { failure, transport, events } = setUp([{}])
    const error = await failure({ address })
    expect(error).toMatchObject({ code: 'HTTP_FOREIGN_ORIGIN', kind: 'refused' })
    expect(`${error.message}${error.actions.join()}`).not.toMatch(/evil|secret|passwd/)
    expect(transport.requests).toEqual([])
    expect(events).toEqual([])
  })

  test('a foreign address takes no place at the limit', async () => {
    const limits = { files: { limit: 1, windowMs: 60_000 } }
    const { failure, download, clock } = setUp([{}], { limits })
    const start = clock.now()
    for (let call = 0; call < 10; call++) await failure({ address: 'https://evil.example/' })
    await download()
    expect(clock.now()).toBe(start)
  })

  test.each([
    ['http://acme.file.force.com', 'HTTP_INSECURE_URL'],
    ['https://acme.file.force.com/path', 'HTTP_OPTIONS'],
    ['acme.file.force.com', 'HTTP_INSECURE_URL'],
  ])('%s cannot be trusted', (origin, code) => {
    expect(() => createOrgClient({ tokens: fakeTokens(), trustedOrigins: [origin] })).toThrow(
      expect.objectContaining({ code, kind: 'usage' }),
    )
  })
})

describe('redirects', () => {
  const to = (location: string, status = 302): Reply => ({ status, headers: { location } })

  test.each([301, 302, 303, 307, 308])('a %s within the org is followed, with the token', async (status) => {
    const { download, transport } = setUp((_request, index) =>
      index === 0 ? to('/other', status) : index === 1 ? to('https://api.example/third', status) : { body: 'here' },
    )
    expect(await all((await download()).body)).toBe('here')
    expect(transport.requests.map(({ url, headers }) => [url.href, headers['authorization']])).toEqual([
      ['https://acme.example/file', 'Bearer token-1'],
      ['https://acme.example/other', 'Bearer token-1'],
      ['https://api.example/third', 'Bearer token-1'],
    ])
  })

  test.each(['https://evil.example/?startURL', '//evil.example', 'http://acme.example/', 'https://evil.example/x'])(
    'one to %s never is',
    async (location) => {
      const { failure, transport } = setUp([to(location)])
      const error = await failure()
      expect(error.code).toMatch(/^HTTP_(REDIRECT|401)$/)
      expect(`${error.message}${error.actions.join()}`).not.toContain('evil')
      for (const { url } of transport.requests) expect(url.origin).toBe('https://acme.example')
    },
  )

  test('a third in a row is not followed, nor one to nowhere', async () => {
    const circle = setUp([to('/again')])
    expect(await circle.failure()).toMatchObject({ code: 'HTTP_REDIRECT', retryable: false })
    expect(circle.transport.requests.length).toBe(3)
    for (const headers of [{}, { location: 'https://' }]) {
      expect(await setUp([{ status: 302, headers }]).failure()).toMatchObject({ code: 'HTTP_REDIRECT' })
    }
  })

  // Followed, it would give a web page for a file.
  test.each([
    '/?ec=302&startURL=%2Ffile',
    '/login?x=1',
    '/secur/frontdoor.jsp',
    'https://login.salesforce.com/?ec=302',
  ])('one to the log-in page %s counts as a refused token', async (location) => {
    const passing = setUp((_request, index) => (index === 0 ? to(location) : { body: 'here' }))
    expect(await all((await passing.download()).body)).toBe('here')
    expect(passing.tokens.refusals).toEqual(['token-1'])
    const lasting = setUp([to(location)])
    expect(await lasting.failure()).toMatchObject({ code: 'HTTP_401', kind: 'sign-in' })
    expect(lasting.transport.requests.length).toBe(2)
  })
})

describe('size', () => {
  test('exactly as much as allowed is fine, one byte more is not', async () => {
    for (const gzip of [false, true]) {
      const reply: Reply = { body: 'x'.repeat(1_000), gzip }
      expect((await all((await setUp([reply]).download({ maxBytes: 1_000 })).body)).length).toBe(1_000)
      expect(await setUp([reply]).failure({ maxBytes: 999 })).toMatchObject({ code: 'HTTP_BODY_TOO_LARGE' })
    }
  })

  test('a declared length beyond the bound ends the call before a byte is handed over', async () => {
    const { download, transport } = setUp([{ headers: { 'content-length': '1001' }, body: 'x'.repeat(1_001) }])
    await expect(download()).rejects.toMatchObject({ code: 'HTTP_BODY_TOO_LARGE', retryable: false })
    expect(transport.requests.length).toBe(1)
  })

  test('a small body that inflates a thousandfold is cut off in good time', async () => {
    const bomb = gzipSync(Buffer.alloc(50_000_000))
    const { download } = setUp([{ headers: { 'content-encoding': 'gzip' }, body: [bomb] }])
    let given = 0
    const reading = async (): Promise<void> => {
      for await (const chunk of (await download({ maxBytes: 100_000 })).body) given += chunk.length
    }
    await expect(reading()).rejects.toMatchObject({ code: 'HTTP_BODY_TOO_LARGE' })
    expect(given).toBeLessThanOrEqual(100_000)
  })

  test('a body that inflates to nothing for ever is cut off too', async () => {
    const empty = gzipSync('')
    const { failure } = setUp([
      { headers: { 'content-encoding': 'gzip' }, body: Array.from({ length: 10_000 }, () => empty) },
    ])
    expect(await failure({ maxBytes: 10 })).toMatchObject({ code: 'HTTP_BODY_TOO_LARGE' })
  })
})

describe('what goes wrong', () => {
  test.each<[string, Reply]>([
    ['503', { status: 503 }],
    ['429', { status: 429 }],
    ['a reset', { error: Object.assign(new Error('x'), { code: 'ECONNRESET' }) }],
  ])('before the body, it is tried again: %s', async (_name, reply) => {
    const { download, transport } = setUp((_request, index) => (index < 2 ? reply : { body: 'here' }))
    expect(await all((await download()).body)).toBe('here')
    expect(transport.requests.length).toBe(3)
  })

  test.each<[string, Reply, string, boolean]>([
    ['broken off', { body: 'x', cut: true }, 'HTTP_BODY_TRUNCATED', true],
    ['shorter than declared', { body: 'x', headers: { 'content-length': '2' } }, 'HTTP_BODY_TRUNCATED', true],
    [
      'gzip that ends early',
      { body: gzipSync('x'.repeat(500)).subarray(0, 15), headers: { 'content-encoding': 'gzip' } },
      'HTTP_BODY_TRUNCATED',
      true,
    ],
    ['broken off in gzip', { body: 'x'.repeat(500), gzip: true, cut: true }, 'HTTP_BODY_TRUNCATED', true],
    ['no gzip', { body: 'no gzip at all', headers: { 'content-encoding': 'gzip' } }, 'HTTP_BODY_ENCODING', false],
    ['another encoding', { body: 'x', headers: { 'content-encoding': 'br' } }, 'HTTP_BODY_ENCODING', false],
  ])('within the body, it is thrown, and asked once: %s', async (_name, reply, code, retryable) => {
    const { failure, transport, events } = setUp([reply])
    const error = await failure()
    expect(error).toMatchObject({ code, retryable })
    expect(error.cause).toBeUndefined()
    expect(transport.requests.length).toBe(1)
    expect(events.filter(({ type }) => type === 'request-end').length).toBe(1)
  })

  test('404 is final, 401 is replayed with a new token', async () => {
    expect(await setUp([{ status: 404, json: [{ errorCode: 'NOT_FOUND' }] }]).failure()).toMatchObject({
      code: 'HTTP_404',
      errorCode: 'NOT_FOUND',
    })
    const { download, tokens } = setUp((_request, index) => (index === 0 ? { status: 401 } : {}))
    expect((await download()).status).toBe(200)
    expect(tokens.refusals).toEqual(['token-1'])
  })

  test('an aborted call asks for nothing', async () => {
    const { failure, transport } = setUp([{}])
    expect(await failure({ signal: AbortSignal.abort('no') })).toBe('no')
    expect(transport.requests).toEqual([])
  })
})

/** A client over real sockets. */
async function real(listener: RequestListener) {
  const server = await serve(listener)
  const token = { ...(await fakeTokens().token()), instanceUrl: server.url, apiUrl: server.url }
  const client = createOrgClient({
    tokens: { token: async () => token, refused: () => {} },
    retry: { attempts: 2, baseDelayMs: 0 },
  })
  return {
    server,
    download: (request: Partial<DownloadRequest> = {}) =>
      client.download({ address: '/file', endpoint: 'files', maxBytes: 100_000_000, ...request }),
    async [Symbol.asyncDispose]() {
      await client.close()
      await server[Symbol.asyncDispose]()
    },
  }
}

describe('over sockets', () => {
  test('thirty megabytes, plain and gzipped, in flat memory', async () => {
    const block = randomBytes(1_000_000)
    const hash = createHash('sha256')
    for (let count = 0; count < 30; count++) hash.update(block)
    const expected = hash.digest('hex')
    await using it = await real(async (request, response) => {
      const zip = request.url === '/gzip'
      if (zip) response.setHeader('content-encoding', 'gzip')
      const piece = zip ? gzipSync(block, { level: 1 }) : block
      for (let count = 0; count < 30; count++) {
        if (!response.write(piece)) await new Promise((resolve) => response.once('drain', resolve))
      }
      response.end()
    })
    for (const address of ['/plain', '/gzip']) {
      const seen = createHash('sha256')
      let largest = 0
      for await (const chunk of (await it.download({ address })).body) {
        seen.update(chunk)
        largest = Math.max(largest, chunk.length)
      }
      expect(seen.digest('hex')).toBe(expected)
      expect(largest).toBeLessThanOrEqual(1_000_000)
    }
  })

  test('who leaves the loop early lets go of the connection, gzipped or not', async () => {
    const closed: string[] = []
    await using it = await real((request, response) => {
      response.on('close', () => closed.push(request.url ?? ''))
      const zip = request.url === '/gzip'
      if (zip) response.setHeader('content-encoding', 'gzip')
      // Never ends.
      response.write(zip ? gzipSync(randomBytes(100_000)) : randomBytes(100_000))
    })
    for (const address of ['/plain', '/gzip']) {
      for await (const _ of (await it.download({ address })).body) break
    }
    await expect.poll(() => closed).toEqual(['/plain', '/gzip'])
  })

  test('a body that the server breaks off is told from one that ended', async () => {
    await using it = await real((request, response) => {
      if (request.url === '/declared') response.setHeader('content-length', '1000')
      response.write('x'.repeat(500))
      setImmediate(() => response.destroy())
    })
    for (const address of ['/declared', '/chunked']) {
      const { body } = await it.download({ address })
      await expect(all(body)).rejects.toMatchObject({ code: 'HTTP_BODY_TRUNCATED', retryable: true })
    }
  })

  test('abort in mid-body rejects with its reason and closes the connection', async () => {
    const closed = Promise.withResolvers<void>()
    await using it = await real((_request, response) => {
      response.on('close', () => closed.resolve())
      response.write('x'.repeat(500))
    })
    const stop = new AbortController()
    const { body } = await it.download({ signal: stop.signal })
    const reading = (async () => {
      for await (const _ of body) stop.abort('enough')
    })()
    await expect(reading).rejects.toBe('enough')
    await closed.promise
  })
})
