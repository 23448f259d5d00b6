import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Org, startEmulator } from '../start-emulator.ts'
import { connect, type TestClient } from '../testing/client.ts'
import { manualClock } from '../testing/manual-clock.ts'
import { withOrg } from '../testing/with-org.ts'

interface Attachment {
  readonly name: string
  readonly mimeType: string
  readonly url: string
}

/** What the messages of an org carry. */
async function attachmentsOf(org: Org, client: TestClient): Promise<readonly Attachment[]> {
  const found: Attachment[] = []
  for (const { conversationIdentifier } of org.truth.conversations()) {
    for (const { entryPayload } of await client.allEntries(conversationIdentifier, { recordLimit: '1000' })) {
      const payload = entryPayload as { abstractMessage?: { staticContent?: { attachments?: Attachment[] } } } | null
      found.push(...(payload?.abstractMessage?.staticContent?.attachments ?? []))
    }
  }
  return found
}

async function download(url: string, client: TestClient | undefined, redirect: 'manual' | 'follow' = 'manual') {
  const response = await fetch(url, { redirect, headers: client ? { authorization: client.authorization } : {} })
  return { status: response.status, headers: response.headers, bytes: Buffer.from(await response.arrayBuffer()) }
}

const options = { conversations: 150, longEntries: 60, limits: { entriesPerMinute: 100_000 } } as const

let org: Org
let client: TestClient
let attachments: readonly Attachment[]
beforeAll(async () => {
  org = await startEmulator(options)
  client = await connect(org)
  attachments = await attachmentsOf(org, client)
})
afterAll(() => org.close())

test('are with the org, of the type they claim, and some equal to one another', async () => {
  expect(attachments.length).toBeGreaterThan(8)
  const heads: Record<string, string> = {
    'image/jpeg': 'ffd8ffe0',
    'image/png': '89504e47',
    'application/pdf': Buffer.from('%PDF').toString('hex'),
  }
  const hashes = new Set<string>()
  for (const { url, mimeType } of attachments) {
    expect(url.startsWith(`${org.url}/`)).toBe(true)
    const { status, headers, bytes } = await download(url, client)
    expect({ status, type: headers.get('content-type') }).toEqual({ status: 200, type: mimeType })
    expect(headers.get('content-length')).toBe(String(bytes.length))
    expect(bytes.length).toBeGreaterThan(1_000)
    if (heads[mimeType]) expect(bytes.subarray(0, 4).toString('hex')).toBe(heads[mimeType])
    expect((await download(url, client)).bytes.equals(bytes)).toBe(true)
    hashes.add(createHash('sha256').update(bytes).digest('hex'))
  }
  expect(hashes.size).toBeGreaterThan(3)
  expect(hashes.size).toBeLessThan(attachments.length)
  expect(org.foreignRequests).toEqual({ count: 0, withToken: 0 })
})

test('need a token, and a name the org knows', async () => {
  const url = attachments[0]?.url ?? ''
  expect((await download(url, undefined)).status).toBe(401)
  expect((await download(`${url.slice(0, -1)}x`, client)).status).toBe(404)
  const text = [...org.truth.entries()].find(({ isMessage }) => !isMessage)?.entryId ?? ''
  expect((await download(url.replace(/[^/]*$/, text), client)).status).toBe(404)
})

test('are on the platform too: versions, links to sessions, the same bytes', async () => {
  const versions = await client.rows(
    'SELECT Id, Title, ContentSize, Checksum, ContentDocumentId, FirstPublishLocationId, VersionData FROM ContentVersion',
  )
  expect(versions.map((version) => version['Title'])).toEqual(attachments.map(({ name }) => name))
  for (const [k, version] of versions.entries()) {
    const path = `/services/data/v66.0/sobjects/ContentVersion/${version['Id']}/VersionData`
    const { status, bytes } = await download(org.url + path, client)
    expect(status).toBe(200)
    expect(bytes.length).toBe(version['ContentSize'])
    expect(createHash('md5').update(bytes).digest('hex')).toBe(version['Checksum'])
    expect(bytes.equals((await download(attachments[k]?.url ?? '', client)).bytes)).toBe(true)
  }
  const { FirstPublishLocationId: session, ContentDocumentId: document } = versions[0] ?? {}
  const links = await client.rows(
    `SELECT ContentDocumentId FROM ContentDocumentLink WHERE LinkedEntityId = '${session}'`,
  )
  expect(links.map((link) => link['ContentDocumentId'])).toContain(document)
  const gone = '/services/data/v66.0/sobjects/ContentVersion/068Kj0000000000AAA/VersionData'
  expect((await download(org.url + gone, client)).status).toBe(404)
})

describe('switches', () => {
  test('expire', async () => {
    const clock = manualClock(Date.parse(org.window.from))
    const day = 86_400_000
    const limits = { ...options.limits, tokenLifetimeMs: 90 * day }
    await withOrg({ ...options, clock, limits, switches: { attachmentLifetimeMs: day } }, async (short, own) => {
      const { url = '' } = (await attachmentsOf(short, own))[0] ?? {}
      expect((await download(url, own)).status).toBe(200)
      clock.advance(60 * day)
      expect((await download(url, own)).status).toBe(404)
    })
  })

  test('some lie with somebody else, who counts', async () => {
    await withOrg({ ...options, switches: { foreignAttachments: 2 } }, async (mixed, own) => {
      const all = await attachmentsOf(mixed, own)
      const foreign = all.filter(({ url }) => !url.startsWith(mixed.url))
      expect(foreign.length).toBeGreaterThan(0)
      expect(foreign.length).toBeLessThan(all.length)
      expect(mixed.foreignRequests).toEqual({ count: 0, withToken: 0 })
      await download(foreign[0]?.url ?? '', undefined)
      await download(foreign[0]?.url ?? '', own)
      expect(mixed.foreignRequests).toEqual({ count: 2, withToken: 1 })
    })
  })

  test('are as large as somebody wants', async () => {
    const size = 5_000_001
    await withOrg({ ...options, switches: { attachmentBytes: size } }, async (large, own) => {
      const { url = '' } = (await attachmentsOf(large, own))[0] ?? {}
      const { headers, bytes } = await download(url, own)
      expect({ announced: headers.get('content-length'), had: bytes.length }).toEqual({
        announced: '5000001',
        had: size,
      })
    })
  })

  test.each([
    ['own-origin', 200, 0],
    ['foreign', 200, 1],
  ] as const)('lead by way of a redirect: %s', async (attachmentRedirect, status, asked) => {
    await withOrg({ ...options, switches: { attachmentRedirect } }, async (turning, own) => {
      const { url = '' } = (await attachmentsOf(turning, own))[0] ?? {}
      const { status: first, headers } = await download(url, own)
      expect(first).toBe(302)
      expect(new URL(headers.get('location') ?? '').origin === turning.url).toBe(attachmentRedirect === 'own-origin')
      expect((await download(url, own, 'follow')).status).toBe(status)
      expect(turning.foreignRequests.count).toBe(asked)
    })
  })

  test('lead to themselves', async () => {
    await withOrg({ ...options, switches: { attachmentRedirect: 'loop' } }, async (turning, own) => {
      const { url = '' } = (await attachmentsOf(turning, own))[0] ?? {}
      expect((await download(url, own)).headers.get('location')).toBe(url)
    })
  })

  test('are cut short by a fault', async () => {
    const rules = [{ match: { endpoint: 'attachment' }, action: { type: 'truncate', how: 'short' } }] as const
    await withOrg({ ...options, scenario: { rules } }, async (faulty, own) => {
      const { url = '' } = (await attachmentsOf(faulty, own))[0] ?? {}
      const { bytes } = await download(url, own)
      expect(bytes.length).toBeLessThan((await download(url, own)).bytes.length)
      expect(faulty.calls.attachment.count).toBe(2)
    })
  })
})
