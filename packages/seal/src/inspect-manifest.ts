import type { InspectedSeal } from './inspect-parts.ts'
import type { SealFindings } from './seal-findings.ts'
import { parseSealManifest, SEAL_MANIFEST_BYTES_MAX } from './seal-manifest.ts'
import { SEAL_FOLDER, sealFile, sealFolder, sealPlace } from './seal-paths.ts'
import { parseNote, verifyNote } from './signed-note.ts'

/**
 * Checks the manifests of all seals of an archive. A manifest lists, besides the files of its own seal, all that were in
 * the history when it was made: the files of the seals further down the chain.
 *
 * @param digests SHA-256 by path, of each file under `seal/`
 */
export function checkManifests(
  seals: Iterable<InspectedSeal>,
  chain: readonly InspectedSeal[],
  digests: ReadonlyMap<string, string>,
  findings: SealFindings,
): void {
  const depths = new Map(chain.map((seal, depth) => [seal.superseded, depth]))
  // Below each depth: how many files of superseded seals.
  const filesBelow = chain.map(() => 0)
  for (let depth = chain.length - 2; depth >= 0; depth--) {
    filesBelow[depth] = (filesBelow[depth + 1] ?? 0) + (chain[depth + 1]?.files.size ?? 0)
  }
  for (const seal of seals) checkManifest(seal)

  function checkManifest(seal: InspectedSeal): void {
    const folder = sealFolder(seal.superseded)
    const path = folder + sealFile.manifest
    const content = seal.files.get(sealFile.manifest)
    if (content === undefined) return
    const note = parseNote(content, { maxBytes: SEAL_MANIFEST_BYTES_MAX })
    const manifest = note && parseSealManifest(note.text)
    if (note === null || manifest === null) {
      findings.add('SEAL_MANIFEST_MALFORMED', path, 'The file is not a signed list of files.')
      return
    }
    const { publicKey } = seal
    const canCheck = seal.seal !== null && publicKey !== null
    // No hash covers this file itself, so not even the signature of a stranger may be added to it.
    if (note.signatures.length !== 1 || (canCheck && !verifyNote(note, { name: seal.seal.origin, publicKey }))) {
      findings.add('SEAL_MANIFEST_SIGNATURE', path, 'The list is not signed by the key in signer.pub, and by it alone.')
    }
    const depth = depths.get(seal.superseded) ?? Number.POSITIVE_INFINITY
    let [listedHistory, listedBelow] = [0, 0]
    for (const [listed, digest] of manifest) {
      const place = sealPlace(listed)
      if (place === null) {
        findings.add('SEAL_MANIFEST_PATH', path, 'The list names a path at which no seal has a file.')
        continue
      }
      if (place.superseded !== null) {
        listedHistory += 1
        if ((depths.get(place.superseded) ?? 0) > depth) listedBelow += 1
      }
      const found = place.superseded === null ? folder + place.name : listed
      if (!digests.has(found)) findings.add('SEAL_FILE_MISSING', found, 'The file is missing.')
      else if (digests.get(found) !== digest) {
        findings.add('SEAL_FILE_CHANGED', found, 'The file is not the one whose hash was sealed.')
      }
    }
    // The seal that holds has to name all there is, a superseded one the files of its own and what was there before it.
    const present = depth === 0 ? digests.keys() : seal.files.keys().map((name) => folder + name)
    for (const file of present) {
      const place = sealPlace(file)
      const name = depth === 0 ? file : SEAL_FOLDER + place?.name
      if (place !== null && file !== path && !manifest.has(name)) {
        findings.add('SEAL_FILE_UNLISTED', file, 'The file is not among those that were sealed.')
      }
    }
    const wholeHistory = depth === 0 ? listedHistory : (filesBelow[depth] ?? listedHistory)
    if (depth > 0 && (listedHistory !== wholeHistory || listedBelow !== listedHistory)) {
      const message = 'The list does not name exactly the files of the seals superseded before.'
      findings.add('SEAL_MANIFEST_HISTORY', path, message)
    }
  }
}
