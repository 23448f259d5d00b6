import { CustodyError } from '@custody/pipeline'
import { encodeTlogProof, InclusionProver, parseCheckpoint, parseNote } from '@custody/seal'
import { type Container, openContainer } from './container.ts'
import { findRecord } from './find-record.ts'
import { FileFault, Findings } from './findings.ts'
import { LineReader } from './line-reader.ts'
import { verifyProof } from './verify-proof.ts'

const filesAllowed = 1_000_000
const maxSealFileBytes = 1_048_576
const maxRecordBytes = 4096

/** One conversation with the proof that it is in a sealed archive. Nothing in it tells about any other conversation. */
export interface ConversationProof {
  /** Leaf of the record tree, from 0. */
  readonly index: number
  /**
   * - `proof.tlog-proof`: C2SP tlog-proof@v1, with the signed checkpoint of the archive
   * - `record.json`: the line of `records.jsonl`, LF included: what the leaf commits to
   * - `conversation.json`: the line of the master, LF included: what the record commits to
   * - `signer.pub`, `key-transitions.note`: copies from the seal, for convenience: trust has to come from elsewhere
   */
  readonly files: ReadonlyMap<string, Uint8Array>
}

/**
 * Takes one conversation out of a sealed archive, with its proof. The proof is checked before it is given; whether the rest of the
 * archive is as it was written, `verify()` tells.
 *
 * @throws CustodyError of kind not-found: `ARCHIVE_NOT_FOUND`, `NOT_AN_ARCHIVE`, `RECORD_NOT_FOUND`, `ARCHIVE_NOT_SEALED`;
 * `PROOF_IMPOSSIBLE` when the archive was changed since.
 */
export async function prove(archive: string, identifier: string): Promise<ConversationProof> {
  const container = await openContainer(archive, { files: filesAllowed }, new Findings())
  try {
    const checkpoint = await wholeFile(container, 'seal/records.checkpoint', maxSealFileBytes)
    if (checkpoint === null) {
      throw new CustodyError('ARCHIVE_NOT_SEALED', `${archive} bears no seal: there is nothing to prove against.`, {
        kind: 'not-found',
        actions: ['Configure a key (custody keys init) before archives are made.'],
      })
    }
    const found = await findRecord(container, identifier)
    if (found === null) {
      throw new CustodyError('RECORD_NOT_FOUND', `${archive} holds no conversation of that identifier.`, {
        kind: 'not-found',
        actions: ['Look it up in data/reports/reconciliation.csv; erased conversations are gone.'],
      })
    }
    const conversation = await readPart(container, found.path, found.offset, found.size)
    const note = parseNote(checkpoint)
    const size = note && parseCheckpoint(note.text)?.size
    if (!size || found.index >= size) throw impossible(archive)
    const record = await readRecord(container, found.index)
    const proof = encodeTlogProof({
      index: found.index,
      proof: await proveInclusion(container, found.index, size),
      checkpoint,
    })
    const files = new Map<string, Uint8Array>([
      ['proof.tlog-proof', Buffer.from(proof)],
      ['record.json', record],
      ['conversation.json', conversation],
    ])
    for (const name of ['signer.pub', 'key-transitions.note']) {
      const copy = await wholeFile(container, `seal/${name}`, maxSealFileBytes)
      if (copy !== null) files.set(name, Buffer.from(copy))
    }
    if (verifyProof(files).verdict !== 'valid') throw impossible(archive)
    return { index: found.index, files }
  } catch (error) {
    if (error instanceof FileFault) throw impossible(archive)
    throw error
  } finally {
    await container.close()
  }
}

function impossible(archive: string): CustodyError {
  return new CustodyError('PROOF_IMPOSSIBLE', `${archive} does not prove it: it is not as it was sealed.`, {
    actions: [`See what was changed: custody verify ${archive}`],
  })
}

async function readRecord(container: Container, index: number): Promise<Buffer> {
  let record: Buffer | null = null
  let line = 0
  await readLines(container, 'integrity/records.jsonl', (bytes) => {
    if (line === index) record = Buffer.from(bytes)
    line += 1
  })
  if (record === null) throw new FileFault('RECORD', 'has no such line')
  return record
}

async function proveInclusion(container: Container, index: number, size: number): Promise<readonly Buffer[]> {
  const prover = new InclusionProver(index, size)
  let leaves = 0
  await readLines(container, 'integrity/leaves.txt', (bytes) => {
    prover.add(Buffer.from(bytes.toString('latin1', 0, 64), 'hex'))
    leaves += 1
  })
  if (leaves !== size) throw new FileFault('LEAVES', 'has another number of lines than were signed')
  return prover.proof()
}

async function readLines(container: Container, path: string, onLine: (line: Buffer) => void): Promise<void> {
  const lines = new LineReader(maxRecordBytes, onLine, () => {
    throw new FileFault('LINE_TOO_LONG', 'has a line that is too long')
  })
  for await (const chunk of container.read(path)) lines.push(chunk)
  lines.end()
}

async function wholeFile(container: Container, path: string, maxBytes: number): Promise<string | null> {
  const size = container.files.get(path)
  if (size === undefined || size > maxBytes) return null
  return (await readPart(container, path, 0, size)).toString('utf8')
}

async function readPart(container: Container, path: string, offset: number, size: number): Promise<Buffer> {
  const kept: Buffer[] = []
  let position = 0
  for await (const chunk of container.read(path)) {
    const from = Math.max(0, offset - position)
    const to = Math.min(chunk.length, offset + size - position)
    if (to > from) kept.push(chunk.subarray(from, to))
    position += chunk.length
    if (position >= offset + size) break
  }
  return Buffer.concat(kept)
}
