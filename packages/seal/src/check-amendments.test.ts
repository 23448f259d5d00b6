import { expect, test } from 'vitest'
import { type ChainLink, type ChainReport, checkChain } from './check-chain.ts'
import { encodeSeal, type Seal, sealDigest } from './seal-text.ts'
import { erasedSeal, nextSeal, sampleSeal } from './testing/seals.ts'

function link(seal: Seal, amends: string | null = null): ChainLink {
  const digest = sealDigest(encodeSeal(seal))
  return { path: `${seal.archiveId}-${digest.slice(0, 4)}.zip`, seal, digest, history: [], amends }
}

const one = link(sampleSeal())
const two = link(nextSeal(one.seal))

/** The next of the chain, an amendment of the first one unless told otherwise. */
function amendment(before: ChainLink, changes: Partial<Seal> = {}, amends: string = one.seal.archiveId): ChainLink {
  const { period } = one.seal
  return link(nextSeal(before.seal, { archiveId: `${amends}-amendment-1`, period, ...changes }), amends)
}

const codes = ({ findings }: ChainReport): readonly string[] => findings.map(({ code }) => code)

test('an amendment is no second archive of its period, right behind what it amends or later', () => {
  const late = amendment(two)
  const more = amendment(late, { archiveId: `${one.seal.archiveId}-amendment-2` })
  const next = link(nextSeal(more.seal, { period: nextSeal(two.seal).period }))
  expect(checkChain([next, more, late, two, one])).toMatchObject({ findings: [], notes: [] })
  const early = amendment(one)
  const after = link(nextSeal(early.seal, { period: two.seal.period }))
  expect(checkChain([one, early, after])).toMatchObject({ findings: [], notes: [] })
})

test('one may be of a part of the period, and of none that goes beyond', () => {
  const { from, to } = one.seal.period
  const inside = { from, to: new Date(Date.parse(to) - 86_400_000).toISOString() }
  expect(codes(checkChain([one, amendment(one, { period: inside })]))).toEqual([])
  for (const period of [
    { from, to: new Date(Date.parse(to) + 1).toISOString() },
    { from: new Date(Date.parse(from) - 1).toISOString(), to },
    two.seal.period,
  ]) {
    const outside = amendment(two, { period })
    expect(checkChain([one, two, outside]).findings).toMatchObject([
      { code: 'CHAIN_AMENDS_PERIOD', path: outside.path },
    ])
  }
})

test('it has to amend an archive of its own that came before', () => {
  const stray = amendment(two, {}, 'acme-of-nowhere')
  expect(checkChain([one, two, stray]).findings).toMatchObject([{ code: 'CHAIN_AMENDS_UNKNOWN', path: stray.path }])
  const first = link(sampleSeal({ archiveId: 'later-amendment-1' }), 'later')
  const later = link(nextSeal(first.seal, { archiveId: 'later' }))
  expect(codes(checkChain([first, later]))).toEqual(['CHAIN_AMENDS_UNKNOWN'])
  const early = amendment(one)
  const ofAmendment = amendment(early, {}, early.seal.archiveId)
  expect(codes(checkChain([one, early, ofAmendment]))).toEqual(['CHAIN_AMENDS_UNKNOWN'])
})

test('where earlier archives were disposed of, one that amends them is a note', () => {
  const report = checkChain([two, amendment(two)], { firstSeq: 2 })
  expect(report).toMatchObject({ findings: [], notes: [{ code: 'CHAIN_AMENDS_GONE' }] })
  expect(codes(checkChain([two, amendment(two)]))).toEqual(['CHAIN_MISSING', 'CHAIN_AMENDS_UNKNOWN'])
})

test('two of one name are found, and one that was erased in is not two', () => {
  const early = amendment(one)
  const again = amendment(early)
  expect(checkChain([one, early, again]).findings).toMatchObject([{ code: 'CHAIN_AMENDS_TWICE', path: again.path }])
  const erased = { ...link(erasedSeal(early.seal), one.seal.archiveId), history: [early.digest] }
  expect(codes(checkChain([one, erased]))).toEqual([])
})

test('what says of itself that it amends nothing is held to its period', () => {
  const named = { ...amendment(one), amends: null }
  expect(codes(checkChain([one, named]))).toEqual(['CHAIN_PERIOD_TWICE'])
})

test('of an archive that was incomplete and made anew, the one with that time counts', () => {
  const incomplete = link({ ...one.seal, verdict: 'incomplete' })
  const again = link(nextSeal(incomplete.seal, { archiveId: one.seal.archiveId, period: one.seal.period }))
  expect(checkChain([incomplete, again, amendment(again)]).findings).toEqual([])
})
