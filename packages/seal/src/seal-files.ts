import { createHash } from 'node:crypto'
import { usageError } from '@custody/pipeline'
import { encodeCheckpoint, recordsOrigin } from './checkpoint.ts'
import { inspectSeal } from './inspect-seal.ts'
import { publicKeyPem } from './public-key.ts'
import { encodeSealManifest } from './seal-manifest.ts'
import { SEAL_FOLDER, sealFile, sealFolder, sealPlace } from './seal-paths.ts'
import { encodeSeal, type Seal } from './seal-text.ts'
import { encodeNote, sign, signNote } from './signed-note.ts'
import type { Signer } from './signer.ts'
import { allowedSigners, encodeSshSignature, sshSignedData } from './ssh-signature.ts'

/** What a time authority gave for a note (RFC 3161). */
export interface SealTimestamp {
  /** TimeStampResp, DER. */
  readonly response: Uint8Array
  /** The certificates to check it with. */
  readonly chainPem: string
}

/** What a seal is made of. */
export interface SealFilesOptions {
  readonly seal: Seal
  readonly signer: Signer
  /** Asks a time authority for a token over the bytes of `seal.note`. Left out: the seal has no proof of time. */
  readonly timestamp?: (note: Uint8Array) => Promise<SealTimestamp>
  /** The text of the seal that `prevSealSha256` names: needed unless this is the first of its chain. */
  readonly prevSeal?: string
  /** The transition notes from the first key to that of the signer, when it was ever changed. */
  readonly transitions?: string
  /** The files of superseded seals by path, from {@link supersededHistory}: needed when `supersedes` names one. */
  readonly history?: ReadonlyMap<string, Uint8Array>
}

/**
 * Makes the files of `seal/`: bytes by path, in the order in which to write them. The last one, `seal-manifest.note`,
 * covers the others.
 *
 * @throws CustodyError `SEAL_FIELD` and `SEAL_PARTS` when seal, previous seal, transitions, history do not fit together;
 * `SIGNATURE_WRONG` when the signer's signature does not verify; whatever `signer` and `timestamp` throw
 */
export async function makeSealFiles(options: SealFilesOptions): Promise<ReadonlyMap<string, Uint8Array>> {
  const { seal, signer, timestamp, prevSeal, transitions, history = new Map() } = options
  const { publicKey } = signer
  const text = Buffer.from(encodeSeal(seal))
  const signature = await sign(signer, text)
  const note = Buffer.from(encodeNote(text.toString(), [{ name: seal.origin, publicKey, signature }]))
  const sshSignature = encodeSshSignature(publicKey, await sign(signer, sshSignedData(text)))
  const tree = encodeCheckpoint({ origin: recordsOrigin(seal), size: seal.records, root: seal.recordsRoot })
  const stamp = await timestamp?.(note)

  const files = new Map<string, Uint8Array>(history)
  const put = (name: string, content: Uint8Array | string | undefined): void => {
    if (content !== undefined) files.set(SEAL_FOLDER + name, Buffer.from(content))
  }
  put(sealFile.text, text)
  put(sealFile.note, note)
  put(sealFile.signature, signature)
  put(sealFile.sshSignature, sshSignature)
  put(sealFile.publicKey, publicKeyPem(publicKey))
  put(sealFile.allowedSigners, allowedSigners(publicKey))
  put(sealFile.checkpoint, await signNote(tree, seal.origin, signer))
  put(sealFile.prevSeal, prevSeal)
  put(sealFile.transitions, transitions)
  put(sealFile.timestamp, stamp?.response)
  put(sealFile.timestampChain, stamp?.chainPem)
  put(sealFile.manifest, await signNote(encodeSealManifest(digestsOf(files)), seal.origin, signer))
  assertSound(files, seal)
  return files
}

/**
 * The history that a superseding seal has to keep: the files of the seal it supersedes, in a folder of their own, beside
 * those it kept itself.
 *
 * @param files the files of the archive's `seal/`, by path
 * @throws CustodyError `SEAL_HISTORY` when they are not the files of a seal
 */
export function supersededHistory(files: ReadonlyMap<string, Uint8Array>): ReadonlyMap<string, Uint8Array> {
  const text = files.get(SEAL_FOLDER + sealFile.text)
  if (text === undefined) throw usageError('SEAL_HISTORY', 'There is no seal to supersede.')
  const folder = sealFolder(createHash('sha256').update(text).digest('hex'))
  const history = new Map<string, Uint8Array>()
  for (const [path, content] of files) {
    const place = sealPlace(path)
    if (place === null) throw usageError('SEAL_HISTORY', 'A file under seal/ is not one of a seal.')
    history.set(place.superseded === null ? folder + place.name : path, content)
  }
  return history
}

function digestsOf(files: ReadonlyMap<string, Uint8Array>): ReadonlyMap<string, string> {
  const digests = new Map<string, string>()
  for (const [path, content] of files) digests.set(path, createHash('sha256').update(content).digest('hex'))
  return digests
}

/** What is made here must be found sound by whoever inspects it: so the rules stand there, once. */
function assertSound(files: ReadonlyMap<string, Uint8Array>, bag: Seal): void {
  const { findings } = inspectSeal(files, { bag })
  if (findings.length === 0) return
  const first = findings.slice(0, 5).map(({ code, path }) => `${code} ${path}`)
  throw usageError(
    'SEAL_PARTS',
    `The parts of the seal do not fit together: ${first.join(', ')}${findings.length > 5 ? ' …' : ''}.`,
    'Check the archive that is sealed anew, the seal before it, and the transitions of the key.',
  )
}
