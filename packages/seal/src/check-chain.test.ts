import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type ChainLink, type ChainReport, checkChain } from './check-chain.ts'
import { encodeSeal, type Seal, sealDigest } from './seal-text.ts'
import { erasedSeal, nextSeal, sampleSeal } from './testing/seals.ts'

function link(seal: Seal, history: readonly string[] = []): ChainLink {
  const digest = sealDigest(encodeSeal(seal))
  return { path: `${seal.archiveId}-${digest.slice(0, 4)}.zip`, seal, digest, history }
}

function chainOf(length: number): readonly ChainLink[] {
  const seals = [sampleSeal()]
  while (seals.length < length) seals.push(nextSeal(seals.at(-1) as Seal))
  return seals.map((seal) => link(seal))
}

/** The third superseded by an erasure after the fourth was sealed. */
function erase(target: ChainLink): ChainLink {
  return link(erasedSeal(target.seal, { created: '2030-01-01T00:00:00.000Z' }), [...target.history, target.digest])
}

function codes({ findings }: ChainReport): readonly string[] {
  return findings.map(({ code }) => code)
}

const five = chainOf(5)
const [one, two, three, four, head] = five as unknown as [ChainLink, ChainLink, ChainLink, ChainLink, ChainLink]

describe('nothing is found in', () => {
  test('no archives', () => expect(checkChain([])).toEqual({ findings: [], notes: [], links: [] }))
  test('one', () => expect(checkChain([one])).toEqual({ findings: [], notes: [], links: [one] }))
  test('a chain in any order', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([...five], { minLength: 5 }), (links) => {
        expect(checkChain(links)).toEqual({ findings: [], notes: [], links: five })
      }),
    )
  })
  test('one of which archives were superseded, before or after the next was sealed', () => {
    const erased = erase(three)
    expect(checkChain([one, two, erased, four, head]).findings).toEqual([])
    const after = link(nextSeal(three.seal, { prevSealSha256: erased.digest }))
    expect(checkChain([one, two, erased, after]).findings).toEqual([])
    expect(checkChain([one, two, erase(erased), after]).findings).toEqual([])
  })
  test('one whose beginning was disposed of, if that is known', () => {
    expect(checkChain([three, four, head], { firstSeq: 3 }).findings).toEqual([])
    expect(checkChain([three, four, head]).findings).toMatchObject([
      { code: 'CHAIN_MISSING', path: three.path, message: 'Numbers 1 to 2 are missing before it.' },
    ])
  })
})

test('every archive that is taken out is missed, the last ones by whoever knows of them', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 12 }), fc.nat(), fc.boolean(), (length, at, byDigest) => {
      const links = chainOf(length)
      const gone = at % length
      const last = links.at(-1) as ChainLink
      const expectedHead = byDigest ? { digest: last.digest } : { seq: length }
      const report = checkChain(links.toSpliced(gone, 1), { expectedHead })
      expect(codes(report)).toEqual([gone < length - 1 ? 'CHAIN_MISSING' : byDigest ? 'CHAIN_HEAD' : 'CHAIN_TRUNCATED'])
    }),
  )
})

test('a missing one is named', () => {
  expect(checkChain([one, two, four, head]).findings).toEqual([
    { code: 'CHAIN_MISSING', path: four.path, message: 'Number 3 is missing before it.' },
  ])
  expect(checkChain([one, head]).findings[0]?.message).toBe('Numbers 2 to 4 are missing before it.')
})

test('an archive sealed anew by somebody who is not named by the next is found', () => {
  const replaced = link({ ...three.seal, payloadOxum: '1.1' })
  expect(checkChain([one, two, replaced, four, head]).findings).toMatchObject([
    { code: 'CHAIN_REPLACED', path: replaced.path },
  ])
})

test('the copy from before an erasure is found, when it is put back and when it was left', () => {
  const erased = erase(three)
  const after = link(nextSeal(three.seal, { prevSealSha256: erased.digest }))
  expect(codes(checkChain([one, two, three, after]))).toEqual(['CHAIN_REPLACED'])
  expect(checkChain([one, two, three, erased, four]).findings).toMatchObject([
    { code: 'CHAIN_SUPERSEDED', path: three.path },
  ])
})

test('two archives for one place are both named, also where both supersede the same', () => {
  const other = link({ ...three.seal, tool: 'other/1' })
  const { findings } = checkChain([one, two, three, other, four])
  expect(findings.map(({ code }) => code)).toEqual(['CHAIN_SEQ_TWICE', 'CHAIN_SEQ_TWICE'])
  expect(new Set(findings.map(({ path }) => path))).toEqual(new Set([three.path, other.path]))
  const fork = link({ ...erase(three).seal, tool: 'other/1' }, [three.digest])
  expect(codes(checkChain([one, two, erase(three), fork, four]))).toEqual(['CHAIN_SEQ_TWICE', 'CHAIN_SEQ_TWICE'])
})

test('one period sealed under two numbers, and periods that overlap', () => {
  const again = link(nextSeal(two.seal, { period: two.seal.period }))
  expect(checkChain([one, two, again]).findings).toMatchObject([{ code: 'CHAIN_PERIOD_TWICE', path: again.path }])
  const period = { from: two.seal.period.from, to: '2027-01-15T00:00:00.000Z' }
  const overlapping = link(nextSeal(two.seal, { period }))
  expect(checkChain([one, two, overlapping]).findings).toMatchObject([
    { code: 'CHAIN_PERIOD_OVERLAP', path: overlapping.path },
  ])
})

test('a long period hides none of those inside it', () => {
  const long = link({ ...one.seal, period: { from: '2026-01-01T00:00:00.000Z', to: '2027-12-01T00:00:00.000Z' } })
  const inside = [two, three].map(({ seal }) => seal)
  const [second, third] = inside as [Seal, Seal]
  const a = link({ ...second, prevSealSha256: long.digest })
  const b = link({ ...third, prevSealSha256: a.digest })
  expect(codes(checkChain([long, a, b]))).toEqual(['CHAIN_PERIOD_OVERLAP', 'CHAIN_PERIOD_OVERLAP'])
})

test('a gap between periods, and a second copy, are notes', () => {
  const later = link(
    nextSeal(one.seal, { period: { from: '2026-12-01T00:00:00.000Z', to: '2027-01-01T00:00:00.000Z' } }),
  )
  expect(checkChain([one, later])).toMatchObject({
    findings: [],
    notes: [
      { code: 'CHAIN_PERIOD_GAP', message: 'No archive covers 2026-11-01T00:00:00.000Z to 2026-12-01T00:00:00.000Z.' },
    ],
  })
  const copy = { ...one, path: 'zz-copy.zip' }
  expect(checkChain([copy, one, two])).toMatchObject({ findings: [], notes: [{ code: 'CHAIN_COPY', path: copy.path }] })
})

test('an archive of another organisation is found, and does not disturb the others', () => {
  const other = link(sampleSeal({ origin: 'example.com/other' }))
  expect(checkChain([one, other, two]).findings).toMatchObject([{ code: 'CHAIN_ORIGIN', path: other.path }])
})

test('seals whose times, or audit logs, run backwards', () => {
  const early = link(nextSeal(two.seal, { created: '2026-01-01T00:00:00.000Z' }))
  expect(codes(checkChain([one, two, early]))).toEqual(['CHAIN_ORDER'])
  const cut = link(nextSeal(two.seal, { audit: { size: two.seal.audit.size - 1, root: 'b3'.repeat(32) } }))
  expect(codes(checkChain([one, two, cut]))).toEqual(['CHAIN_AUDIT'])
  const edited = link(nextSeal(two.seal, { audit: { size: two.seal.audit.size, root: 'b4'.repeat(32) } }))
  expect(codes(checkChain([one, two, edited]))).toEqual(['CHAIN_AUDIT'])
})

test('an archive sealed by a key that had been given up', () => {
  const transitions = [{ from: 'sha256:old', created: three.seal.created }]
  const chain = five.map((each, index) => ({ ...each, key: index < 3 ? 'sha256:old' : 'sha256:new', transitions }))
  expect(checkChain(chain).findings).toEqual([])
  const stolen = chain.with(4, { ...head, key: 'sha256:old', transitions: [] })
  expect(checkChain(stolen).findings).toMatchObject([{ code: 'CHAIN_KEY_RETIRED', path: head.path }])
  expect(checkChain(five).findings).toEqual([])
})

test('the seal somebody knows of may have been superseded since, or followed by others', () => {
  const expectedHead = { seq: 3, digest: three.digest }
  expect(checkChain([one, two, three], { expectedHead }).findings).toEqual([])
  expect(checkChain([one, two, erase(three), four], { expectedHead }).findings).toEqual([])
  expect(codes(checkChain([one, two, three], { expectedHead: { seq: 3, digest: four.digest } }))).toEqual([
    'CHAIN_HEAD',
  ])
  expect(codes(checkChain([], { expectedHead }))).toEqual(['CHAIN_TRUNCATED'])
})

test('ten thousand archives for one place, and a place beyond counting, are no more work than they are many', () => {
  const crowd = Array.from({ length: 10_000 }, (_, i) => link({ ...two.seal, payloadOxum: `${i}.1` }))
  const far = link(nextSeal(two.seal, { seq: Number.MAX_SAFE_INTEGER }))
  expect(checkChain([one, ...crowd, far]).findings.length).toBeGreaterThanOrEqual(10_000)
})
