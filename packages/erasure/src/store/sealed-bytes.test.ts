import { createHash } from 'node:crypto'
import { copyFileSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ErasureStore } from '../erasure-store.ts'
import { bytesIn, openStore, request, temporaryFolder, waysItStandsIn } from '../testing/sample-store.ts'

const person = {
  endUserIds: ['0PAxx00000Person01'],
  contactIds: ['003xx00000Person02'],
  phones: ['+49 170 5550123', '0170/5550199'],
  emails: ['jane.doe@example.org'],
  platformKeys: ['whatsapp:4917055501'],
}
const note = 'Jane Doe rang up about her order'
const traces = '{"sessions":["0Mwxx00000Session1"]}'
const named = [...Object.values(person).flat(), '4917055501', '0Mwxx00000Session1', 'jane.doe', note, 'Jane Doe']

/** Everything the store takes that names the person. */
async function fill(store: ErasureStore): Promise<void> {
  await store.addRequest(request({ subject: person, note }))
  await store.setTargets('R-1', [{ kind: 'end-user', id: '0PAxx00000Person01' }])
  await store.keepTraces({ request: 'R-1', kind: 'end-user', id: '0PAxx00000Person01' }, Buffer.from(traces))
  const plan = Buffer.from(JSON.stringify({ targets: person.endUserIds }))
  await store.savePlan('R-1', createHash('sha256').update(plan).digest('hex'), plan)
  await store.addHold({
    id: 'H-1',
    matter: 'M-1',
    ground: 'legal-hold',
    scope: { type: 'contact', ids: person.contactIds },
    author: 'op-1',
    expiresOn: null,
  })
  await store.suppress(person.endUserIds)
}

test('what names the person stands in no file, at no time: open, closed, killed', async () => {
  const directory = temporaryFolder()
  const found = (): readonly string[] => named.filter((text) => waysItStandsIn(bytesIn(directory), text).length > 0)
  const store = await openStore(directory)
  await fill(store)
  expect(found()).toEqual([])
  // As a process that is killed leaves it.
  const killed = join(temporaryFolder(), 'killed')
  mkdirSync(killed)
  for (const file of readdirSync(directory)) copyFileSync(join(directory, file), join(killed, file))
  expect(bytesIn(killed).includes('R-1')).toBe(true)
  expect(named.filter((text) => waysItStandsIn(bytesIn(killed), text).length > 0)).toEqual([])
  await using again = await openStore(killed)
  expect((await again.request('R-1'))?.subject).toEqual(person)
  await store[Symbol.asyncDispose]()
  expect(found()).toEqual([])
})

test('the search itself finds what stands there', async () => {
  const directory = temporaryFolder()
  await using store = await openStore(directory)
  await store.addRequest(request({ reference: 'Needle-in-the-file' }))
  expect(waysItStandsIn(bytesIn(directory), 'Needle-in-the-file')).toContain('utf8')
  expect(
    waysItStandsIn(Buffer.from(Buffer.from('x jane.doe@example.org').toString('hex')), 'jane.doe@example.org'),
  ).toEqual(['hex'])
  expect(waysItStandsIn(Buffer.from('jane.doe', 'utf16le'), 'jane.doe')).toEqual(['utf16'])
})

test.each(['close', 'withdraw'] as const)('%s takes even the encrypted bytes out of database and log', async (how) => {
  const directory = temporaryFolder()
  await using store = await openStore(directory)
  // Neighbours, so that pages are shared, and split.
  const notes = [0, 200, 5_000].map((length) => note.padEnd(length, '.'))
  for (let index = 0; index < 30; index++) {
    const reference = `N-${index}`
    await store.addRequest(request({ reference, note: notes[index % 3] ?? null }))
    await store.setTargets(reference, [{ kind: 'end-user', id: `0PAxx000000Other${10 + index}` }])
  }
  await fill(store)
  const sealed = sealedOf(directory, 'R-1')
  expect(sealed).toHaveLength(4)
  expect(sealed.every((bytes) => bytesIn(directory).includes(bytes))).toBe(true)
  const target = { request: 'R-1', kind: 'end-user', id: '0PAxx00000Person01' } as const
  const told = { act: 'told', operator: null, detail: {} }
  if (how === 'close') {
    await store.moveTarget(target, { state: 'confirmed', outcome: 'erased' }, told)
    await store.close('R-1')
  } else {
    await store.setState('R-1', 'withdrawn', told)
  }
  const left = bytesIn(directory)
  expect(sealed.filter((bytes) => left.includes(bytes.subarray(0, 16)) || left.includes(bytes.subarray(-16)))).toEqual(
    [],
  )
  expect((await store.request('N-1'))?.note).toHaveLength(200)
  expect((await store.request('R-1'))?.subject).toBeNull()
  expect(await store.plan('R-1')).toMatchObject({ bytes: null })
  expect((await store.targets({ request: 'R-1' })).map(({ id }) => id)).toEqual([
    expect.stringMatching(/^hmac:[0-9a-f]{32}$/),
  ])
})

/** What is sealed of a request, as it stands in the file. */
function sealedOf(directory: string, reference: string): readonly Buffer[] {
  const database = new DatabaseSync(join(directory, 'erasure.sqlite'), { readOnly: true })
  const rows = database
    .prepare(`with mine as (select n from request where reference = ?1)
      select sealed as bytes from request where n in mine union all
      select sealed_id from target where request in mine union all
      select sealed from trace where target in (select n from target where request in mine) union all
      select sealed from plan where request in mine`)
    .all(reference)
  database.close()
  return rows.map((row) => Buffer.from(row['bytes'] as Uint8Array))
}

test('whatever the identifiers, they are given back, and stand nowhere', async () => {
  const directory = temporaryFolder()
  await using store = await openStore(directory)
  let number = 0
  const text = fc.string({ unit: 'binary', minLength: 8, maxLength: 60 }).filter((each) => each.trim().length >= 8)
  await fc.assert(
    fc.asyncProperty(text, text, async (platformKey, written) => {
      const reference = `P-${number++}`
      const subject = { endUserIds: [], contactIds: [], phones: [], emails: [], platformKeys: [platformKey] }
      await store.addRequest(request({ reference, subject, note: written }))
      expect(await store.request(reference)).toMatchObject({
        subject,
        note: written.isWellFormed() ? written : expect.any(String),
      })
      const bytes = bytesIn(directory)
      expect([...waysItStandsIn(bytes, platformKey), ...waysItStandsIn(bytes, written)]).toEqual([])
    }),
    { numRuns: 15 },
  )
})
