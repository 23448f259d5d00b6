import { beforeAll, describe, expect, test } from 'vitest'
import { type InspectSealOptions, inspectSeal, SEAL_FILES_MAX } from './inspect-seal.ts'
import { parseTransitions } from './key-transition.ts'
import { publicKeyFingerprint } from './public-key.ts'
import { encodeSeal, type Seal, sealDigest } from './seal-text.ts'
import type { Signer } from './signer.ts'
import { type Changes, firstTransitionBy, forge } from './testing/forge.ts'
import { testSigner } from './testing/keys.ts'
import { type FullSeal, fullSeal } from './testing/sealed-twice.ts'
import { erasedSeal, type Files, nextSeal, sampleSeal } from './testing/seals.ts'

const [a, b, c, stranger] = [1, 2, 3, 9].map((number) => testSigner(number)) as [Signer, Signer, Signer, Signer]
let full: FullSeal
beforeAll(async () => {
  full = await fullSeal()
})

function forged(changes: Changes, signer: Signer = c): Promise<Files> {
  return forge(full, changes, signer)
}

function codes(files: Files, options: Partial<InspectSealOptions> = {}): readonly string[] {
  return inspectSeal(files, { bag: full.seal, ...options }).findings.map(({ code, path }) => `${code} ${path}`)
}

function historyOf(index: number): string {
  return `seal/history/${sealDigest(encodeSeal(full.superseded[index] as Seal))}/`
}

test('a seal with everything is reported as it is', () => {
  expect(inspectSeal(full.files, { bag: full.seal })).toEqual({
    seal: full.seal,
    digest: sealDigest(encodeSeal(full.seal)),
    key: publicKeyFingerprint(c.publicKey),
    trust: 'not-compared',
    time: 'not-checked',
    superseded: full.superseded.map((seal) => sealDigest(encodeSeal(seal))),
    transitions: parseTransitions(full.transitions),
    findings: [],
  })
})

test('nothing at all: every file is missing', () => {
  const inspection = inspectSeal(new Map(), { bag: sampleSeal(), trustedKeys: [] })
  expect(inspection).toMatchObject({
    seal: null,
    digest: null,
    key: null,
    trust: 'untrusted',
    time: null,
    superseded: [],
  })
  expect(inspection.findings.map(({ code }) => code)).toEqual([...Array(8).fill('SEAL_FILE_MISSING'), 'SEAL_UNTRUSTED'])
})

test('a history without the seal that holds', () => {
  const files = new Map([...full.files].filter(([path]) => path.startsWith('seal/history/')))
  expect(codes(files)).toEqual(
    expect.arrayContaining([`SEAL_HISTORY_ORPHAN ${historyOf(0)}`, `SEAL_HISTORY_ORPHAN ${historyOf(1)}`]),
  )
})

describe('the bag', () => {
  const differing: Partial<Seal>[] = [
    { archiveId: 'other' },
    { period: { from: '2026-11-01T00:00:00.000Z', to: '2026-12-02T00:00:00.000Z' } },
    { mode: 'redacted' },
    { verdict: 'counted' },
    { tagManifestSha256: 'f0'.repeat(32) },
    { payloadOxum: '1.1' },
    { records: 6 },
    { recordsRoot: 'f0'.repeat(32) },
    { erased: 1 },
  ]
  test.each(differing)('is compared: %o', (change) => {
    const [fact] = Object.keys(change)
    expect(inspectSeal(full.files, { bag: { ...full.seal, ...change } }).findings).toEqual([
      { code: 'SEAL_FACT', path: 'seal/seal.txt', message: `"${fact}" is not what the archive itself has.` },
    ])
  })
  test('what it cannot tell is not compared; all that differs is reported', () => {
    const { tagManifestSha256, ...rest } = full.seal
    expect(codes(full.files, { bag: { ...rest, tagManifestSha256: null } })).toEqual([])
    const bag = Object.assign({}, full.seal, ...differing)
    expect(inspectSeal(full.files, { bag }).findings).toHaveLength(differing.length)
  })
})

describe('trust', () => {
  const trust = (files: Files, ...keys: readonly Signer[]): string => {
    const inspection = inspectSeal(files, { bag: full.seal, trustedKeys: keys.map(({ publicKey }) => publicKey) })
    const isReported = inspection.findings.some(({ code }) => code === 'SEAL_UNTRUSTED')
    expect(isReported).toBe(inspection.trust === 'untrusted')
    return inspection.trust
  }
  test('the signer, or any key that handed over to it', () => {
    for (const key of [a, b, c]) expect(trust(full.files, key)).toBe('trusted')
    expect(trust(full.files, stranger, a)).toBe('trusted')
  })
  test('nobody else, and nobody is not everybody', () => {
    expect(trust(full.files, stranger)).toBe('untrusted')
    expect(trust(full.files)).toBe('untrusted')
  })
  test('not by a transition the trusted key did not sign', async () => {
    const files = await forged({ 'seal/key-transitions.note': await firstTransitionBy(full, stranger, b) })
    expect(trust(files, a)).toBe('untrusted')
    expect(trust(files, b)).toBe('trusted')
  })
  test('not when the key that is named did not sign', async () => {
    expect(trust(await forged({ 'seal/seal.txt.ed25519': Buffer.alloc(64) }), c)).toBe('untrusted')
  })
})

describe('time', () => {
  test('the check gets each token with its note and certificates; its findings are found, its result is given', () => {
    const seen: string[] = []
    const { time, findings } = inspectSeal(full.files, {
      bag: full.seal,
      checkTimestamp: ({ bytes, response, chainPem }) => {
        const isOver = Buffer.from(response).equals(Buffer.concat([Buffer.from('token over '), bytes.subarray(-20)]))
        seen.push(`${isOver} ${Buffer.from(chainPem)}`)
        return { at: 'then', findings: [{ code: 'TIMESTAMP_X', message: 'It is wrong.' }] }
      },
    })
    expect(seen).toEqual(Array(3).fill('true certificates\n'))
    expect(time).toMatchObject({ at: 'then' })
    expect(findings.map(({ path }) => path).sort()).toEqual(
      ['seal/seal.tsr', `${historyOf(0)}seal.tsr`, `${historyOf(1)}seal.tsr`].sort(),
    )
  })
})

describe('hostile files', () => {
  test('too many are not read', () => {
    const many = new Map(Array.from({ length: SEAL_FILES_MAX + 1 }, (_, i) => [`seal/${i}`, Buffer.alloc(0)] as const))
    expect(codes(many)[0]).toBe('SEAL_TOO_MANY_FILES seal/')
  })
  test('findings without number are cut, and that is said', () => {
    const digests = new Map(Array.from({ length: 12_000 }, (_, i) => [`seal/x${i}`, 'a1'.repeat(32)]))
    const listed = [...digests.keys()].map((path) => `${path.slice(5)}`)
    const many = new Map(listed.slice(0, SEAL_FILES_MAX).map((name) => [`seal/${name}`, Buffer.alloc(0)] as const))
    const { findings } = inspectSeal(many, { bag: full.seal })
    expect(findings).toHaveLength(10_001)
    expect(findings.at(-1)?.code).toBe('SEAL_FINDINGS_CUT')
  })
  test('names of the language itself are names like others', () => {
    expect(
      codes(new Map([...full.files, ['seal/__proto__', Buffer.alloc(0)], ['seal/constructor', Buffer.alloc(0)]])),
    ).toEqual(['SEAL_FILE_UNKNOWN seal/__proto__', 'SEAL_FILE_UNKNOWN seal/constructor'])
  })
  test('seals that supersede each other in a ring end', async () => {
    const [x, y] = ['e5'.repeat(32), 'f6'.repeat(32)] as const
    const ring = (own: string, other: string): Changes => ({
      [`seal/history/${own}/seal.txt`]: encodeSeal(erasedSeal(full.seal, { supersedes: other })),
    })
    const current = encodeSeal(erasedSeal(nextSeal(sampleSeal()), { supersedes: x }))
    const found = codes(await forged({ ...ring(x, y), ...ring(y, x), 'seal/seal.txt': current }))
    expect(found).toContain(`SEAL_HISTORY_NAME seal/history/${x}/`)
    expect(found).toContain(`SEAL_HISTORY_NAME seal/history/${y}/`)
  })
  test('no message holds what stands in a file', () => {
    const secret = 'Ada-Lovelace'
    const files = new Map(
      [...full.files.keys()].map((path) => [path, Buffer.from(`${secret}\n\n— ${secret} AAAAAAAA\n`)]),
    )
    const { findings } = inspectSeal(files, { bag: full.seal })
    expect(findings.length).toBeGreaterThan(10)
    expect(JSON.stringify(findings)).not.toContain(secret)
  })
})
