import type { InspectedSeal } from './inspect-parts.ts'
import { newKeySigned, signedBy } from './key-transition.ts'
import { publicKeyFingerprint } from './public-key.ts'
import type { SealFindings } from './seal-findings.ts'
import { sealFile, sealFolder } from './seal-paths.ts'

/**
 * Checks that the transitions of a seal end at its signer, and their signatures.
 *
 * @param knownKeys keys by fingerprint: the first old key of a row stands in no transition, but maybe somewhere else
 */
export function checkTransitions(
  { superseded, publicKey, transitions }: InspectedSeal,
  knownKeys: ReadonlyMap<string, Uint8Array>,
  findings: SealFindings,
): void {
  const path = sealFolder(superseded) + sealFile.transitions
  let before: Uint8Array | undefined
  for (const transition of transitions) {
    const fromKey = before ?? knownKeys.get(transition.from)
    const isSigned = newKeySigned(transition) && (fromKey === undefined || signedBy(transition, fromKey))
    if (!isSigned) findings.add('SEAL_TRANSITIONS_SIGNATURE', path, 'A transition is not signed by both of its keys.')
    before = transition.toKey
  }
  const last = transitions.at(-1)
  if (last !== undefined && publicKey !== null && last.to !== publicKeyFingerprint(publicKey)) {
    findings.add('SEAL_TRANSITIONS_END', path, 'The last transition does not lead to the key that signed the seal.')
  }
}
