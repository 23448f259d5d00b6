import { createHash } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { checkHistory, supersedesChain } from './inspect-history.ts'
import { checkManifests } from './inspect-manifest.ts'
import { type InspectedSeal, inspectParts, type TimeFindings, type TimestampCheck } from './inspect-parts.ts'
import { checkTransitions } from './inspect-transitions.ts'
import { type KeyTransition, keysReachedFrom } from './key-transition.ts'
import { publicKeyFingerprint, sameKey } from './public-key.ts'
import { type SealFinding, SealFindings } from './seal-findings.ts'
import { SEAL_FOLDER, sealFile, sealPlace } from './seal-paths.ts'
import type { Seal } from './seal-text.ts'

/** Files of an archive's `seal/` beyond which it is not read: about a thousand superseded seals. */
export const SEAL_FILES_MAX = 10_000

/** What a seal states and the bag tells itself. */
export type BagFact =
  | 'archiveId'
  | 'period'
  | 'mode'
  | 'verdict'
  | 'tagManifestSha256'
  | 'payloadOxum'
  | 'records'
  | 'recordsRoot'
  | 'erased'

/**
 * What the bag itself says, counted and hashed by whoever read it. Null: it could not be read, which is a finding there;
 * it is not compared here.
 */
export type BagFacts = { readonly [Fact in BagFact]: Seal[Fact] | null }

/** What a seal is held against. */
export interface InspectSealOptions<Time extends TimeFindings = TimeFindings> {
  readonly bag: BagFacts
  /** Keys from outside the archive, 32 raw bytes each. Left out: the key of the signer is compared with nothing. */
  readonly trustedKeys?: readonly Uint8Array[]
  /** `checkTimestamp` of `@custody/timestamp` fits. Left out: tokens are not checked, and `time` says so. */
  readonly checkTimestamp?: TimestampCheck<Time>
}

/** Whether the key of a seal is one of those that are trusted; `not-compared` where none were named. */
export type Trust = 'trusted' | 'not-compared' | 'untrusted'

/** What a seal says, and what of it holds. */
export interface SealInspection<Time extends TimeFindings = TimeFindings> {
  /** Null when there is none, or none that can be read. */
  readonly seal: Seal | null
  /** SHA-256 of `seal.txt`. */
  readonly digest: string | null
  /** Fingerprint of the signer's key. */
  readonly key: string | null
  /**
   * `trusted`: one of `trustedKeys` signed, or a key to which one of them handed over. `not-compared`: none were given.
   * Only that the key signed `seal.txt` is part of this; whether the rest holds, the findings say.
   */
  readonly trust: Trust
  /** What `checkTimestamp` gave for the seal that holds; null without a token. */
  readonly time: Time | 'not-checked' | null
  /** Digests of the seals this one superseded, the latest first. */
  readonly superseded: readonly string[]
  /** How the key of the signer came to be it, oldest first; empty when it is the first. */
  readonly transitions: readonly KeyTransition[]
  readonly findings: readonly SealFinding[]
}

/**
 * Checks the files of `seal/` against each other and against the bag, and reports all that is wrong, not the first. It
 * never throws on what it reads. The work is linear in the bytes given.
 *
 * @param files every file under `seal/` by path, also unknown ones
 */
export function inspectSeal<Time extends TimeFindings>(
  files: ReadonlyMap<string, Uint8Array>,
  options: InspectSealOptions<Time>,
): SealInspection<Time> {
  const findings = new SealFindings()
  if (files.size > SEAL_FILES_MAX) {
    findings.add('SEAL_TOO_MANY_FILES', SEAL_FOLDER, `There are more than ${SEAL_FILES_MAX} files: none is read.`)
    return inspectFiles(new Map(), options, findings)
  }
  return inspectFiles(files, options, findings)
}

function inspectFiles<Time extends TimeFindings>(
  files: ReadonlyMap<string, Uint8Array>,
  options: InspectSealOptions<Time>,
  findings: SealFindings,
): SealInspection<Time> {
  const seals = new Map<string | null, InspectedSeal<Time>>()
  for (const [superseded, parts] of groupBySeal(files, findings)) {
    seals.set(superseded, inspectParts(superseded, parts, findings, options.checkTimestamp))
  }
  const chain = supersedesChain(seals)
  checkHistory(chain, seals, findings)
  const digests = new Map(
    [...files].map(([path, content]) => [path, createHash('sha256').update(content).digest('hex')]),
  )
  checkManifests(seals.values(), chain, digests, findings)
  const knownKeys = keysByFingerprint([...seals.values()], options.trustedKeys)
  for (const seal of seals.values()) checkTransitions(seal, knownKeys, findings)

  const current = seals.get(null) as InspectedSeal<Time>
  if (current.seal !== null) compareWithBag(current.seal, options.bag, findings)
  const trust = trustIn(current, options.trustedKeys)
  if (trust === 'untrusted') {
    const message = 'No trusted key signed the seal, and none handed over to the key that did.'
    findings.add('SEAL_UNTRUSTED', SEAL_FOLDER + sealFile.publicKey, message)
  }
  return {
    seal: current.seal,
    digest: current.digest,
    key: current.publicKey && publicKeyFingerprint(current.publicKey),
    trust,
    time: current.time,
    superseded: chain.flatMap(({ superseded }) => superseded ?? []),
    transitions: current.transitions,
    findings: findings.list,
  }
}

/** Bytes by file name, for the seal that holds (null, always there) and each superseded one. */
function groupBySeal(
  files: ReadonlyMap<string, Uint8Array>,
  findings: SealFindings,
): ReadonlyMap<string | null, ReadonlyMap<string, Uint8Array>> {
  const groups = new Map<string | null, Map<string, Uint8Array>>([[null, new Map()]])
  for (const [path, content] of files) {
    const place = sealPlace(path)
    if (place === null) findings.add('SEAL_FILE_UNKNOWN', path, 'No seal has a file of this name.')
    else groups.set(place.superseded, (groups.get(place.superseded) ?? new Map()).set(place.name, content))
  }
  return groups
}

function keysByFingerprint(
  seals: readonly InspectedSeal[],
  trustedKeys: readonly Uint8Array[] = [],
): ReadonlyMap<string, Uint8Array> {
  const keys = [...trustedKeys, ...seals.flatMap(({ publicKey }) => publicKey ?? [])]
  return new Map(keys.map((key) => [publicKeyFingerprint(key), key]))
}

function compareWithBag(seal: Seal, bag: BagFacts, findings: SealFindings): void {
  const { archiveId, period, mode, verdict, tagManifestSha256, payloadOxum, records, recordsRoot, erased } = bag
  const facts = { archiveId, period, mode, verdict, tagManifestSha256, payloadOxum, records, recordsRoot, erased }
  for (const [fact, found] of Object.entries(facts)) {
    if (found !== null && !isDeepStrictEqual(found, seal[fact as BagFact])) {
      findings.add('SEAL_FACT', SEAL_FOLDER + sealFile.text, `"${fact}" is not what the archive itself has.`)
    }
  }
}

function trustIn({ publicKey, isSigned, transitions }: InspectedSeal, trustedKeys?: readonly Uint8Array[]): Trust {
  if (trustedKeys === undefined) return 'not-compared'
  if (publicKey === null || !isSigned) return 'untrusted'
  const reached = keysReachedFrom(trustedKeys, transitions)
  return reached.some((key) => sameKey(key, publicKey)) ? 'trusted' : 'untrusted'
}
