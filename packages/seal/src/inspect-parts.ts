import { createHash } from 'node:crypto'
import { parseCheckpoint, recordsOrigin } from './checkpoint.ts'
import { parseTransitions, type SignedTransition } from './key-transition.ts'
import { parsePublicKey, publicKeyPem, verifySignature } from './public-key.ts'
import type { SealFindings } from './seal-findings.ts'
import { SEAL_MANIFEST_BYTES_MAX } from './seal-manifest.ts'
import { requiredSealFiles, sealFile, sealFolder } from './seal-paths.ts'
import { parseSeal, type Seal } from './seal-text.ts'
import { NOTE_BYTES_MAX, parseNote, verifyNote } from './signed-note.ts'
import { allowedSigners, verifySshSignature } from './ssh-signature.ts'
import { decodeAscii } from './text-rules.ts'

/** A token of a time authority, as it is kept. */
export interface StoredTimestamp {
  /** The bytes of `seal.note`: what was stamped. */
  readonly bytes: Uint8Array
  /** The bytes of `seal.tsr`. */
  readonly response: Uint8Array
  /** The bytes of `tsa-chain.pem`. */
  readonly chainPem: Uint8Array
}

/** Checks a token; never throws on what it reads. Its findings become those of the seal. */
export type TimestampCheck<Time extends TimeFindings> = (stamp: StoredTimestamp) => Time

/** What a check of a timestamp found. */
export interface TimeFindings {
  /** Empty when the token holds. */
  readonly findings: readonly { readonly code: string; readonly message: string }[]
}

/** One seal of an archive, the one that holds or a superseded one, as far as it could be read. */
export interface InspectedSeal<Time extends TimeFindings = TimeFindings> {
  /** The digest its folder is named by; null for the seal that holds. */
  readonly superseded: string | null
  /** Bytes by file name. */
  readonly files: ReadonlyMap<string, Uint8Array>
  readonly seal: Seal | null
  /** SHA-256 of `seal.txt`. */
  readonly digest: string | null
  readonly publicKey: Uint8Array | null
  /** Whether that key signed the text. */
  readonly isSigned: boolean
  readonly transitions: readonly SignedTransition[]
  readonly time: Time | 'not-checked' | null
}

type Fault = (code: string, name: string, message: string) => void
type Files = ReadonlyMap<string, Uint8Array>

/** Checks all that the files of one seal say of each other, but for its manifest. */
export function inspectParts<Time extends TimeFindings>(
  superseded: string | null,
  files: Files,
  findings: SealFindings,
  checkTimestamp?: TimestampCheck<Time>,
): InspectedSeal<Time> {
  const fault: Fault = (code, name, message) => findings.add(code, sealFolder(superseded) + name, message)
  checkPresence(files, fault)
  const publicKey = readKey(files, fault)
  const text = files.get(sealFile.text)
  const seal = text === undefined ? null : parseSeal(decodeAscii(text))
  if (text !== undefined && seal === null) {
    fault('SEAL_TEXT_MALFORMED', sealFile.text, 'The text is not one of a seal, character for character.')
  }
  const isSigned = checkSignatures(files, publicKey, fault)
  checkNote(files, seal, publicKey, fault)
  checkCheckpoint(files, seal, publicKey, fault)
  checkPrevSeal(files, seal, fault)
  return {
    superseded,
    files,
    seal,
    digest: text === undefined ? null : createHash('sha256').update(text).digest('hex'),
    publicKey,
    isSigned,
    transitions: readTransitions(files, fault),
    time: checkTime(files, fault, checkTimestamp),
  }
}

function checkPresence(files: Files, fault: Fault): void {
  for (const name of requiredSealFiles) {
    if (!files.has(name)) fault('SEAL_FILE_MISSING', name, 'The file is missing.')
  }
  for (const [name, { length }] of files) {
    const maxBytes = name === sealFile.manifest ? SEAL_MANIFEST_BYTES_MAX : NOTE_BYTES_MAX
    if (length > maxBytes) fault('SEAL_FILE_TOO_LARGE', name, `The file has more than ${maxBytes} bytes.`)
  }
}

/** The key, if its file is what `openssl` writes, and the list for `ssh-keygen` names that key and no other. */
function readKey(files: Files, fault: Fault): Uint8Array | null {
  const pem = files.get(sealFile.publicKey)
  const text = pem && decodeAscii(pem)
  const publicKey = text === undefined ? null : parsePublicKey(text)
  if (text !== undefined && (publicKey === null || publicKeyPem(publicKey) !== text)) {
    fault(
      'SEAL_KEY_MALFORMED',
      sealFile.publicKey,
      'The file is not an Ed25519 public key in PEM, as openssl writes it.',
    )
    return null
  }
  const signers = files.get(sealFile.allowedSigners)
  if (publicKey !== null && signers !== undefined && decodeAscii(signers) !== allowedSigners(publicKey)) {
    fault('SEAL_ALLOWED_SIGNERS', sealFile.allowedSigners, 'The list does not name exactly the key of signer.pub.')
  }
  return publicKey
}

function checkSignatures(files: Files, publicKey: Uint8Array | null, fault: Fault): boolean {
  const text = files.get(sealFile.text)
  if (publicKey === null || text === undefined) return false
  const signature = files.get(sealFile.signature)
  const isSigned = signature !== undefined && verifySignature(publicKey, text, signature)
  if (signature !== undefined && !isSigned) {
    fault('SEAL_SIGNATURE', sealFile.signature, 'It is not the signature of the key in signer.pub over seal.txt.')
  }
  const ssh = files.get(sealFile.sshSignature)
  if (ssh !== undefined && !verifySshSignature(decodeAscii(ssh), text, publicKey)) {
    fault(
      'SEAL_SSH_SIGNATURE',
      sealFile.sshSignature,
      'It is not the SSH signature of the key in signer.pub over seal.txt.',
    )
  }
  return isSigned
}

function checkNote(files: Files, seal: Seal | null, publicKey: Uint8Array | null, fault: Fault): void {
  const content = files.get(sealFile.note)
  if (content === undefined) return
  const note = parseNote(content)
  if (note === null) {
    fault('SEAL_NOTE_MALFORMED', sealFile.note, 'The file is not a signed note.')
    return
  }
  const text = files.get(sealFile.text)
  if (text !== undefined && !Buffer.from(note.text).equals(text)) {
    fault('SEAL_NOTE_TEXT', sealFile.note, 'The note does not hold the text of seal.txt.')
  }
  if (seal !== null && publicKey !== null && !verifyNote(note, { name: seal.origin, publicKey })) {
    fault(
      'SEAL_NOTE_SIGNATURE',
      sealFile.note,
      'The key in signer.pub did not sign the note under the origin of the seal.',
    )
  }
}

function checkCheckpoint(files: Files, seal: Seal | null, publicKey: Uint8Array | null, fault: Fault): void {
  const content = files.get(sealFile.checkpoint)
  if (content === undefined) return
  const note = parseNote(content)
  const tree = note && parseCheckpoint(note.text)
  if (note === null || tree === null) {
    fault('SEAL_CHECKPOINT_MALFORMED', sealFile.checkpoint, 'The file is not a signed checkpoint.')
    return
  }
  if (seal === null) return
  const { origin, size, root, extensions } = tree
  const isSame = origin === recordsOrigin(seal) && size === seal.records && root === seal.recordsRoot
  if (!isSame || extensions !== undefined) {
    fault('SEAL_CHECKPOINT_DIFFERS', sealFile.checkpoint, 'The checkpoint is not of the record tree of the seal.')
  }
  if (publicKey !== null && !verifyNote(note, { name: seal.origin, publicKey })) {
    fault(
      'SEAL_CHECKPOINT_SIGNATURE',
      sealFile.checkpoint,
      'The key in signer.pub did not sign the checkpoint under the origin of the seal.',
    )
  }
}

function checkPrevSeal(files: Files, seal: Seal | null, fault: Fault): void {
  const content = files.get(sealFile.prevSeal)
  if (seal === null) return
  if (seal.prevSealSha256 === null) {
    if (content !== undefined) fault('SEAL_PREV_UNEXPECTED', sealFile.prevSeal, 'The seal names none before it.')
    return
  }
  if (content === undefined) {
    fault('SEAL_PREV_MISSING', sealFile.prevSeal, 'The copy of the seal before this one is missing.')
    return
  }
  if (createHash('sha256').update(content).digest('hex') !== seal.prevSealSha256) {
    fault('SEAL_PREV_DIFFERS', sealFile.prevSeal, 'The file is not the one whose hash the seal names.')
  }
  const prev = parseSeal(decodeAscii(content))
  if (prev?.origin !== seal.origin || prev.seq !== seal.seq - 1) {
    fault('SEAL_PREV_PLACE', sealFile.prevSeal, 'The file is not the seal that comes before this one in its chain.')
  }
}

function readTransitions(files: Files, fault: Fault): readonly SignedTransition[] {
  const content = files.get(sealFile.transitions)
  if (content === undefined) return []
  const transitions = parseTransitions(content)
  if (transitions === null) {
    fault('SEAL_TRANSITIONS_MALFORMED', sealFile.transitions, 'The file is not an unbroken row of key transitions.')
  }
  return transitions ?? []
}

function checkTime<Time extends TimeFindings>(
  files: Files,
  fault: Fault,
  checkTimestamp?: TimestampCheck<Time>,
): Time | 'not-checked' | null {
  const bytes = files.get(sealFile.note)
  const response = files.get(sealFile.timestamp)
  const chainPem = files.get(sealFile.timestampChain)
  if (response === undefined && chainPem === undefined) return null
  if (response === undefined || chainPem === undefined) {
    const missing = response === undefined ? sealFile.timestamp : sealFile.timestampChain
    fault('SEAL_TIMESTAMP_INCOMPLETE', missing, 'A token and the certificates to check it with belong together.')
    return 'not-checked'
  }
  if (bytes === undefined || checkTimestamp === undefined) return 'not-checked'
  const time = checkTimestamp({ bytes, response, chainPem })
  for (const { code, message } of time.findings) fault(code, sealFile.timestamp, message)
  return time
}
