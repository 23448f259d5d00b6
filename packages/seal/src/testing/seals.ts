import { leafHash, MerkleTree } from '../merkle-tree.ts'
import { makeSealFiles, type SealFilesOptions, supersededHistory } from '../seal-files.ts'
import { encodeSeal, type Seal, sealDigest } from '../seal-text.ts'
import { testSigner } from './keys.ts'

export type Files = ReadonlyMap<string, Uint8Array>

/** The first seal of a chain, of an archive of five records. */
export function sampleSeal(changes: Partial<Seal> = {}): Seal {
  const tree = new MerkleTree()
  for (const record of ['a', 'b', 'c', 'd', 'e']) tree.add(leafHash(`${record}\n`))
  return {
    origin: 'example.com/acme',
    seq: 1,
    archiveId: 'acme-2026-10-01--2026-11-01',
    period: { from: '2026-10-01T00:00:00.000Z', to: '2026-11-01T00:00:00.000Z' },
    created: '2026-11-21T17:00:00.000Z',
    mode: 'plain',
    verdict: 'complete',
    tagManifestSha256: 'a1'.repeat(32),
    payloadOxum: '913374411.12',
    records: 5,
    recordsRoot: tree.root(),
    erased: 0,
    audit: { size: 12, root: 'b2'.repeat(32) },
    prevSealSha256: null,
    supersedes: null,
    tool: 'custody/0.0.0 node/26.10.0',
    ...changes,
  }
}

/** The seal of the month after. */
export function nextSeal(seal: Seal, changes: Partial<Seal> = {}): Seal {
  const month = new Date(seal.period.to)
  month.setUTCMonth(month.getUTCMonth() + 1)
  const created = new Date(Date.parse(seal.created) + 30 * 24 * 3600 * 1000).toISOString()
  return {
    ...seal,
    seq: seal.seq + 1,
    archiveId: `acme-${seal.period.to.slice(0, 10)}--${month.toISOString().slice(0, 10)}`,
    period: { from: seal.period.to, to: month.toISOString() },
    created,
    audit: { size: seal.audit.size + 3, root: 'b3'.repeat(32) },
    prevSealSha256: sealDigest(encodeSeal(seal)),
    supersedes: null,
    ...changes,
  }
}

/** The seal of the same archive with one more record erased. */
export function erasedSeal(seal: Seal, changes: Partial<Seal> = {}): Seal {
  return {
    ...seal,
    created: new Date(Date.parse(seal.created) + 1000).toISOString(),
    tagManifestSha256: 'c3'.repeat(32),
    payloadOxum: '913374000.12',
    erased: seal.erased + 1,
    supersedes: sealDigest(encodeSeal(seal)),
    ...changes,
  }
}

/** Makes the files of a seal that supersedes that of other files. */
export function supersede(files: Files, seal: Seal, options: Partial<SealFilesOptions> = {}): Promise<Files> {
  return makeSealFiles({ seal, signer: testSigner(1), history: supersededHistory(files), ...options })
}
