import { isDeepStrictEqual } from 'node:util'
import type { InspectedSeal } from './inspect-parts.ts'
import { publicKeyFingerprint } from './public-key.ts'
import type { SealFindings } from './seal-findings.ts'
import { sealFile, sealFolder } from './seal-paths.ts'
import type { Seal } from './seal-text.ts'

/** What a superseding seal takes over unchanged: erasing records changes no other statement. */
const keptFields = [
  'origin',
  'seq',
  'archiveId',
  'period',
  'mode',
  'verdict',
  'records',
  'recordsRoot',
  'audit',
  'prevSealSha256',
] as const satisfies readonly (keyof Seal)[]

type SealsByFolder = ReadonlyMap<string | null, InspectedSeal>

/** The seal that holds, the one it supersedes, and so on, as far as their folders are there. */
export function supersedesChain(seals: SealsByFolder): readonly InspectedSeal[] {
  const chain: InspectedSeal[] = []
  const visited = new Set<string | null>()
  let folder: string | null | undefined = null
  while (folder !== undefined && !visited.has(folder)) {
    visited.add(folder)
    const seal = seals.get(folder)
    if (seal !== undefined) chain.push(seal)
    folder = seal?.seal?.supersedes ?? undefined
  }
  return chain
}

/** Checks that superseded seals are what they are named, all there, and superseded rightly. */
export function checkHistory(chain: readonly InspectedSeal[], seals: SealsByFolder, findings: SealFindings): void {
  for (const { superseded, digest } of seals.values()) {
    if (superseded !== null && digest !== null && digest !== superseded) {
      findings.add('SEAL_HISTORY_NAME', sealFolder(superseded), 'The folder is not named by the digest of its seal.')
    }
  }
  const inChain = new Set(chain)
  for (const seal of seals.values()) {
    if (!inChain.has(seal)) {
      findings.add('SEAL_HISTORY_ORPHAN', sealFolder(seal.superseded), 'No seal of this archive supersedes this one.')
    }
  }
  const last = chain.at(-1)?.seal?.supersedes ?? null
  if (last !== null) {
    const message = 'The archive does not keep a seal that was superseded.'
    findings.add('SEAL_HISTORY_MISSING', sealFolder(last), message)
  }
  const signers = signersKnown(chain[0])
  chain.forEach((older, index) => {
    const newer = chain[index - 1]
    if (newer === undefined) return
    checkSuperseding(newer, older, findings)
    if (older.publicKey !== null && !signers.has(publicKeyFingerprint(older.publicKey))) {
      const path = sealFolder(older.superseded) + sealFile.publicKey
      findings.add('SEAL_HISTORY_KEY', path, 'No transition leads from the key of this seal to the one that signs now.')
    }
  })
}

/** The keys of the signer now and, by the transitions, before: fingerprints. */
function signersKnown(current: InspectedSeal | undefined): ReadonlySet<string> {
  const signers = new Set(current?.transitions.flatMap(({ from, to }) => [from, to]))
  if (current?.publicKey) signers.add(publicKeyFingerprint(current.publicKey))
  return signers
}

function checkSuperseding(newer: InspectedSeal, older: InspectedSeal, findings: SealFindings): void {
  if (newer.seal === null || older.seal === null) return
  const path = sealFolder(newer.superseded) + sealFile.text
  for (const field of keptFields) {
    if (!isDeepStrictEqual(newer.seal[field], older.seal[field])) {
      const message = `The seal does not keep "${field}" of the one it supersedes.`
      findings.add('SEAL_SUPERSEDED_DIFFERS', path, message)
    }
  }
  if (newer.seal.erased < older.seal.erased) {
    findings.add('SEAL_SUPERSEDED_ERASED', path, 'Fewer records are erased than in the seal it supersedes.')
  }
  if (newer.seal.created < older.seal.created) {
    findings.add('SEAL_SUPERSEDED_CREATED', path, 'The seal is older than the one it supersedes.')
  }
}
