import { mkdtempSync, rmSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { HttpStatusError } from '@custody/http'
import type { Attachment, Content, Conversation, Entry } from '@custody/model'
import { type Batch, CustodyError } from '@custody/pipeline'
import { type FakeClock, fakeClock, testStage } from '@custody/testkit'
import fc from 'fast-check'
import { afterAll, describe, expect, onTestFinished, test } from 'vitest'
import { type AttachmentsOptions, attachments } from './attachments.ts'
import { createFileStore, type FileStore } from './file-store.ts'
import {
  attachment,
  conversationOf,
  entryOf,
  type FileOrg,
  fileOrg,
  type HeldFile,
  orgOrigin,
  withFiles,
} from './testing/file-org.ts'

const directory = mkdtempSync(join(tmpdir(), 'attachments-test-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

function newStore(): FileStore {
  const store = createFileStore(directory)
  onTestFinished(() => store.close())
  return store
}

async function run(
  records: readonly Conversation[],
  options: Partial<AttachmentsOptions> & Pick<AttachmentsOptions, 'org'>,
): Promise<Batch<Conversation>> {
  const stage = attachments({ store: newStore(), concurrency: 1, clock: fakeClock({ auto: true }), ...options })
  const source = (async function* () {
    yield { records, rejects: [] }
  })()
  for await (const batch of stage(source)) return batch
  throw new Error('No batch')
}

const url = (path: string): string => `${orgOrigin}/${path}`
const text = (bytes: string, more: Partial<HeldFile> = {}): HeldFile => ({ bytes: Buffer.from(bytes), ...more })
const same = (file: HeldFile | Error): FileOrg => fileOrg({ held: () => file })
const one = (...attachments: readonly Attachment[]): readonly Conversation[] => [
  conversationOf('c', withFiles(...attachments)),
]

/** The attachments of the first entry of the first conversation. */
function files({ records }: Batch<Conversation>): readonly Attachment[] {
  const content = records[0]?.entries[0]?.content
  return content?.type === 'attachments' ? content.attachments : []
}

function httpError(status: number, more: object = {}): HttpStatusError {
  const given = { status, endpoint: 'attachments', errorCode: null, retryAfterMs: null, retryable: false, attempt: 1 }
  return new HttpStatusError({ ...given, ...more })
}

const abcHash = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'

describe('a file', () => {
  test('is fetched, kept, and noted on a copy of its attachment', async () => {
    const org = same(text('abc', { type: 'Application/PDF; charset=x' }))
    const given = one(attachment(url('a?sig=1')))
    const before = structuredClone(given)
    const store = newStore()
    const batch = await run(given, { org, store })
    expect(files(batch)).toEqual([
      { ...attachment(url('a?sig=1')), file: { sha256: abcHash, size: 3, mimeType: 'application/pdf' } },
    ])
    expect(batch.rejects).toEqual([])
    expect(await readFile(store.path(abcHash), 'utf8')).toBe('abc')
    expect(given).toEqual(before)
    expect(org.requests).toMatchObject([
      { address: url('a?sig=1'), endpoint: 'attachments', affinity: 'c', maxBytes: 100 * 1024 * 1024 },
    ])
  })

  test('of any bytes is kept as it is', async () => {
    const store = newStore()
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
        const [found] = files(await run(one(attachment('/a')), { org: same({ bytes }), store }))
        expect(found?.file?.size).toBe(bytes.length)
        expect(Buffer.compare(await readFile(store.path(found?.file?.sha256 ?? '')), bytes)).toBe(0)
      }),
      { numRuns: 50 },
    )
  })

  test('is fetched once by one address, in whichever conversation it comes', async () => {
    const org = same(text('abc'))
    const records = Array.from({ length: 10 }, (_, index) =>
      conversationOf(`c${index}`, withFiles(attachment(url('a')), attachment(url('a')))),
    )
    const batch = await run(records, { org, concurrency: 4 })
    expect(org.requests).toHaveLength(1)
    expect(batch.records.flatMap(({ entries }) => entries.flatMap(filesOf))).toHaveLength(20)
  })

  test('that is not there is asked for once, and each conversation is told', async () => {
    const org = same(httpError(404))
    const records = ['a', 'b'].map((id) => conversationOf(id, withFiles(attachment(url('a')))))
    expect((await run(records, { org })).rejects.map(({ within }) => within?.id)).toEqual(['a', 'b'])
    expect(org.requests).toHaveLength(1)
  })

  test('that was unavailable is asked for again when it comes again', async () => {
    const answers = [httpError(500, { retryable: true }), text('abc')]
    const org = fileOrg({ held: () => answers.shift() ?? httpError(404) })
    const batch = await run(one(attachment(url('a')), attachment(url('a')), attachment(url('a'))), { org })
    expect(files(batch).map(({ file }) => file?.size)).toEqual([undefined, 3, 3])
    expect(batch.rejects).toHaveLength(1)
  })

  test('that breaks off is begun again', async () => {
    const org = same(text('abcdefghi', { breaks: { after: 6, times: 2 } }))
    const clock = fakeClock({ auto: true })
    const batch = await run(one(attachment(url('a'))), { org, clock })
    expect(files(batch)[0]?.file?.size).toBe(9)
    expect(org.requests).toHaveLength(3)
    expect(clock.sleeps()).toEqual([1_000, 2_000])
    expect(org.open()).toBe(0)
  })

  test('that was fetched before is left alone', async () => {
    const org = same(text('abc'))
    const fetched = attachment(url('a'), { file: { sha256: abcHash, size: 3, mimeType: null } })
    const given = one(fetched)
    expect((await run(given, { org })).records[0]).toBe(given[0])
    expect(org.requests).toEqual([])
  })

  test('claims a type that nothing bears out: the one that came is noted, none where none came', async () => {
    for (const [type, noted] of [
      ['image/png', 'image/png'],
      ['nonsense', null],
      [`x/${'y'.repeat(300)}`, null],
    ] as const) {
      expect(files(await run(one(attachment('/a')), { org: same(text('abc', { type })) }))[0]?.file?.mimeType).toBe(
        noted,
      )
    }
    expect(files(await run(one(attachment('/a')), { org: same(text('abc')) }))[0]?.file?.mimeType).toBeNull()
  })
})

describe('where a file is looked for', () => {
  const asked = async (entry: Entry, held: (address: string) => HeldFile | Error = () => text('abc')) => {
    const org = fileOrg({ held })
    const batch = await run([conversationOf('c', entry)], { org })
    return { requests: org.requests.map(({ address }) => address), batch }
  }
  const version = '068Kj000001abcdIAA'
  const versionPath = `/services/data/v66.0/sobjects/ContentVersion/${version}/VersionData`

  test('a path is one of the instance', async () => {
    expect((await asked(withFiles(attachment('/files/a')))).requests).toEqual(['/files/a'])
  })

  test('the id of a ContentVersion leads to its data', async () => {
    expect((await asked(withFiles(attachment(null, { id: '068Kj000001abcd' })))).requests).toEqual([versionPath])
  })

  test('so does the one related record of the one file', async () => {
    const related = { relatedRecords: ['0MwKj000007sdiMKAQ', version] }
    expect((await asked({ ...withFiles(attachment(null)), ...related })).requests).toEqual([versionPath])
    // Whose it is of two cannot be told.
    const two = await asked({ ...withFiles(attachment(null), attachment(null)), ...related })
    expect(two.requests).toEqual([])
    expect(two.batch.rejects).toHaveLength(2)
    const twice = { relatedRecords: [version, '068Kj000001abceIAA'] }
    expect((await asked({ ...withFiles(attachment(null)), ...twice })).requests).toEqual([])
  })

  test('it is the second choice where the first fails, and the first reason is told', async () => {
    const foreign = attachment('https://cdn.example/a', { id: version })
    const had = await asked(withFiles(foreign))
    expect(had.requests).toEqual([versionPath])
    expect(had.batch.rejects).toEqual([])
    const neither = await asked(withFiles(foreign), () => httpError(404))
    expect(neither.batch.rejects.map(({ code }) => code)).toEqual(['ATTACHMENT_FOREIGN_ORIGIN'])
  })

  test.each([null, '', 'a.pdf', 'ftp://x/a', 'file:///etc/passwd', 'blob:x', 'javascript:alert(1)', 'data:', 'data:x'])(
    '%j is no place, and that is told',
    async (place) => {
      const { requests, batch } = await asked(withFiles(attachment(place)))
      expect(requests).toEqual([])
      expect(batch.rejects).toMatchObject([
        {
          stage: 'attachments',
          code: 'ATTACHMENT_ADDRESS',
          subject: { type: 'Attachment', id: 'att-1' },
          within: { type: 'Conversation', id: 'c' },
        },
      ])
    },
  )

  test.each([
    'https://cdn.example/a',
    'http://169.254.169.254/latest',
    '//cdn.example/a',
    'https://acme.example.evil.example/a',
    'https://acme.example@evil.example/a',
    'HTTPS://cdn.example/a',
  ])('%s is not asked: it is no host of the org’s', async (address) => {
    const { requests, batch } = await asked(withFiles(attachment(address)))
    expect(requests).toEqual([])
    expect(batch.rejects.map(({ code }) => code)).toEqual(['ATTACHMENT_FOREIGN_ORIGIN'])
  })

  test.each([
    ['data:,a%20b', 'a b', 'text/plain'],
    ['data:;charset=utf-8,%C3%A4', 'ä', 'text/plain'],
    ['DATA:text/plain;base64,YWJj', 'abc', 'text/plain'],
    ['data:image/PNG;base64, YW Jj ', 'abc', 'image/png'],
    ['data:text/plain;base64,YWI%3D', 'ab', 'text/plain'],
    ['data:nonsense,abc', 'abc', null],
  ])('%s holds the file itself', async (address, content, mimeType) => {
    const store = newStore()
    const org = same(httpError(500))
    const [found] = files(await run(one(attachment(address)), { org, store }))
    expect(found?.file?.mimeType).toBe(mimeType)
    expect(await readFile(store.path(found?.file?.sha256 ?? ''), 'utf8')).toBe(content)
    expect(org.requests).toEqual([])
  })

  test.each(['data:;base64,YW=J', 'data:;base64,a', 'data:;base64,YWJj!', 'data:;base64'])(
    '%s holds none',
    async (address) => {
      expect((await asked(withFiles(attachment(address)))).batch.rejects[0]?.code).toBe('ATTACHMENT_ADDRESS')
    },
  )

  test('of any bytes, an address that holds them gives them back', async () => {
    const store = newStore()
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 100 }), async (bytes) => {
        const address = `data:image/png;base64,${Buffer.from(bytes).toString('base64')}`
        const [found] = files(await run(one(attachment(address)), { org: same(httpError(500)), store }))
        expect(Buffer.compare(await readFile(store.path(found?.file?.sha256 ?? '')), bytes)).toBe(0)
      }),
      { numRuns: 50 },
    )
  })
})

describe('a picture of a link or a card', () => {
  const link = (image: Attachment | null): Content => ({
    type: 'rich-link',
    title: 't',
    url: 'https://shop.example',
    image,
  })
  const carousel = (...images: readonly (Attachment | null)[]): Content => ({
    type: 'carousel',
    items: images.map((image) => ({ title: 't', subtitle: null, image, options: [] })),
  })
  const contentOf = ({ records }: Batch<Conversation>): Content | null | undefined => records[0]?.entries[0]?.content

  test('is fetched where it is the org’s own', async () => {
    const org = same(text('abc'))
    const file = { sha256: abcHash, size: 3, mimeType: null }
    const picture = attachment(url('p'))
    const given = (content: Content) => [conversationOf('c', entryOf(content))]
    expect(contentOf(await run(given(link(picture)), { org }))).toEqual(link({ ...picture, file }))
    const cards = carousel(null, picture, attachment('https://cdn.example/p'))
    expect(contentOf(await run(given(cards), { org }))).toEqual(
      carousel(null, { ...picture, file }, attachment('https://cdn.example/p')),
    )
  })

  test.each([null, 'https://cdn.example/p', 'p.png'])('at %j is a part of the link, and no gap', async (place) => {
    const given = [conversationOf('c', entryOf(link(attachment(place))))]
    const batch = await run(given, { org: same(httpError(404)) })
    expect(batch).toMatchObject({ records: given, rejects: [] })
    expect(batch.records[0]).toBe(given[0])
  })

  test('of the org’s own that is not there is a gap', async () => {
    const batch = await run([conversationOf('c', entryOf(link(attachment(url('p')))))], { org: same(httpError(404)) })
    expect(batch.rejects).toMatchObject([{ code: 'ATTACHMENT_NOT_FOUND' }])
  })

  test('an event that tells of an upload without saying where is no gap; one that says where has a file', async () => {
    const event = (place: string | null): Entry => ({ ...withFiles(attachment(place)), kind: 'other' })
    expect((await run([conversationOf('c', event(null))], { org: same(text('abc')) })).rejects).toEqual([])
    expect(files(await run([conversationOf('c', event(url('a')))], { org: same(text('abc')) }))[0]?.file?.size).toBe(3)
    const { rejects } = await run([conversationOf('c', event('https://cdn.example/a'))], { org: same(text('abc')) })
    expect(rejects).toMatchObject([{ code: 'ATTACHMENT_FOREIGN_ORIGIN' }])
  })

  test('nothing else carries files', async () => {
    const others: readonly (Content | null)[] = [
      null,
      { type: 'web-view', title: null, url: url('x') },
      { type: 'links', links: [{ title: null, url: url('x') }] },
      { type: 'template', name: 'x' },
    ]
    const org = same(text('abc'))
    const given = [conversationOf('c', ...others.map((content) => entryOf(content)))]
    expect((await run(given, { org })).records[0]).toBe(given[0])
    expect(org.requests).toEqual([])
  })
})

describe('a file that cannot be had', () => {
  test.each([
    [httpError(404), 'ATTACHMENT_NOT_FOUND'],
    [httpError(410), 'ATTACHMENT_NOT_FOUND'],
    [httpError(403), 'ATTACHMENT_FORBIDDEN'],
    [httpError(400), 'ATTACHMENT_REFUSED'],
    [httpError(500, { retryable: true }), 'ATTACHMENT_UNAVAILABLE'],
    [httpError(501), 'ATTACHMENT_UNAVAILABLE'],
    [httpError(429, { retryable: true }), 'ATTACHMENT_UNAVAILABLE'],
    [new CustodyError('HTTP_UNREACHABLE', 'x', { retryable: true }), 'ATTACHMENT_UNAVAILABLE'],
    [new CustodyError('HTTP_BODY_ENCODING', 'x'), 'ATTACHMENT_UNAVAILABLE'],
    [new CustodyError('HTTP_BODY_TOO_LARGE', 'x'), 'ATTACHMENT_TOO_LARGE'],
    [new CustodyError('HTTP_REDIRECT', 'x'), 'ATTACHMENT_FOREIGN_ORIGIN'],
  ])('after %s is a gap of its conversation, which goes on', async (error, code) => {
    const org = fileOrg({ held: (address) => (address === url('bad') ? error : text('abc')) })
    const batch = await run(one(attachment(url('bad'), { id: 'b' }), attachment(url('good'))), { org })
    expect(files(batch).map(({ file }) => file?.size)).toEqual([undefined, 3])
    expect(batch.rejects).toMatchObject([
      { stage: 'attachments', code, subject: { type: 'Attachment', id: 'b' }, within: { id: 'c' } },
    ])
    expect(batch.rejects[0]?.message).toContain('e1')
  })

  test.each([
    httpError(401),
    httpError(403, { errorCode: 'REQUEST_LIMIT_EXCEEDED', retryable: true, allowance: 'day' }),
    httpError(429, { retryable: true, allowance: 'day' }),
    new CustodyError('AUTH_REFUSED', 'x', { kind: 'sign-in' }),
    new CustodyError('HTTP_CLOSED', 'x', { kind: 'usage' }),
    new TypeError('a bug'),
  ])('ends the run after %s', async (error) => {
    await expect(run(one(attachment(url('a'))), { org: same(error) })).rejects.toBe(error)
  })

  test('stays broken: it is begun three times, then told', async () => {
    const org = same(text('abcdefghi', { breaks: { after: 3, times: 99 } }))
    expect((await run(one(attachment(url('a'))), { org })).rejects).toMatchObject([{ code: 'ATTACHMENT_UNAVAILABLE' }])
    expect(org.requests).toHaveLength(3)
    expect((await run(one(attachment(url('a'))), { org, attempts: 1 })).rejects).toHaveLength(1)
    expect(org.requests).toHaveLength(4)
    expect(org.open()).toBe(0)
  })

  test('is a web page instead, unless it claims to be one', async () => {
    const page = text('<html>', { type: 'text/html; charset=utf-8' })
    for (const mimeType of ['application/pdf', null]) {
      const org = same(page)
      const batch = await run(one(attachment(url('a'), { mimeType })), { org })
      expect(batch.rejects).toMatchObject([{ code: 'ATTACHMENT_UNAVAILABLE' }])
      expect(org.requests).toHaveLength(3)
      expect(org.open()).toBe(0)
    }
    expect(
      files(await run(one(attachment(url('a'), { mimeType: 'text/html' })), { org: same(page) }))[0]?.file?.size,
    ).toBe(6)
  })

  test('never shows its address, its name, or an id that is none', async () => {
    const secret = 'S3CRET'
    for (const error of [httpError(404), httpError(500, { retryable: true }), new CustodyError('HTTP_REDIRECT', 'x')]) {
      const hostile = attachment(url(`a?sig=${secret}`), { name: secret, id: `https://x/?${secret}` })
      const { rejects } = await run(one(hostile, { ...hostile, url: `ftp://${secret}` }), { org: same(error) })
      expect(rejects).toHaveLength(2)
      expect(JSON.stringify(rejects)).not.toContain(secret)
    }
  })

  test('does not keep thousands of others waiting: after five in a row none is asked for in five minutes', async () => {
    let isDown = true
    const org = fileOrg({ held: () => (isDown ? httpError(500, { retryable: true }) : text('abc')) })
    const clock: FakeClock = fakeClock()
    const stage = attachments({ org, store: newStore(), concurrency: 1, clock })
    const lots = [50, 1, 1].map((count, lot) =>
      Array.from({ length: count }, (_, index) => conversationOf('c', withFiles(attachment(url(`${lot}-${index}`))))),
    )
    const codes: string[][] = []
    const asked: number[] = []
    const source = (async function* () {
      for (const records of lots) {
        yield { records, rejects: [] }
        await clock.advance(300_000)
        isDown = asked.length < 2
      }
    })()
    for await (const { rejects } of stage(source)) {
      codes.push(rejects.map(({ code }) => code))
      asked.push(org.requests.length)
    }
    expect(codes).toEqual([Array(50).fill('ATTACHMENT_UNAVAILABLE'), ['ATTACHMENT_UNAVAILABLE'], []])
    expect(asked).toEqual([5, 6, 7])
  })
})

describe('sizes', () => {
  test.each([
    [8, 'ATTACHMENT_TOO_LARGE'],
    [9, undefined],
    [10, undefined],
  ])('of nine bytes at most %i are allowed', async (maxFileBytes, code) => {
    const batch = await run(one(attachment(url('a'))), { org: same(text('abcdefghi')), maxFileBytes })
    expect(batch.rejects[0]?.code).toBe(code)
    const inline = await run(one(attachment('data:,abcdefghi')), { org: same(text('')), maxFileBytes })
    expect(inline.rejects[0]?.code).toBe(code)
  })

  test('of all files together are never beyond the limit, however many come at once', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 12 }),
        fc.integer({ min: 1, max: 60 }),
        async (sizes, maxTotalBytes) => {
          // Each its own content.
          const org = fileOrg({
            held: (address) => {
              const index = Number(address.split('/').at(-1))
              return { bytes: new Uint8Array(sizes[index] ?? 0).fill(index + 1) }
            },
          })
          const records = sizes.map((_, index) => conversationOf(`c${index}`, withFiles(attachment(url(`${index}`)))))
          const batch = await run(records, { org, maxTotalBytes, concurrency: 3 })
          const kept = new Map(
            batch.records.flatMap(({ entries }) => entries.flatMap(filesOf)).map(({ sha256, size }) => [sha256, size]),
          )
          expect([...kept.values()].reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(maxTotalBytes)
          const fetched = batch.records.filter(({ entries }) => entries.some((entry) => filesOf(entry).length > 0))
          expect(fetched.length + batch.rejects.length).toBe(sizes.length)
          expect(new Set(batch.rejects.map(({ code }) => code)).size).toBeLessThanOrEqual(1)
          if (sizes.reduce((sum, size) => sum + size, 0) < maxTotalBytes) expect(batch.rejects).toEqual([])
        },
      ),
      { numRuns: 60 },
    )
  })

  test('of equal files count once', async () => {
    const org = same(text('abcdefghi'))
    const batch = await run(one(attachment(url('a')), attachment(url('b')), attachment(url('c'))), {
      org,
      maxTotalBytes: 18,
    })
    expect(batch.rejects).toEqual([])
  })
})

describe('options', () => {
  test.each([
    { maxFileBytes: 0 },
    { maxFileBytes: 1.5 },
    { maxTotalBytes: 0 },
    { maxTotalBytes: Number.NaN },
    { attempts: 0 },
    { apiVersion: '66' },
  ])('%j are refused before any request', (wrong) => {
    expect(() => attachments({ org: same(text('')), store: newStore(), ...wrong })).toThrow(
      expect.objectContaining({ code: 'ATTACHMENTS_OPTION', kind: 'usage' }),
    )
  })
})

describe('the contract of a stage', () => {
  testStage<Conversation, Conversation>({
    test,
    stage: (outside) =>
      attachments({
        org: fileOrg({
          held: (address) => (address < url('8') ? httpError(404) : text(address)),
          wait: (signal) => outside.call(signal),
        }),
        store: createFileStore(directory),
        concurrency: 3,
      }),
    records: fc
      .uuid()
      .map((id) => conversationOf(id, withFiles(attachment(url(id)), attachment('https://cdn.example/')))),
    idOf: ({ identifier }) => identifier,
    idsOf: ({ identifier }) => [identifier],
    runs: 20,
  })
})

function filesOf({ content }: Entry) {
  return content?.type === 'attachments' ? content.attachments.flatMap(({ file }) => file ?? []) : []
}
