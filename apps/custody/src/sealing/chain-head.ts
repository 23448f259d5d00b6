import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { findArchives, readSealFiles } from '@custody/archive'
import { CustodyError } from '@custody/pipeline'
import { parseNote, parseSeal, type Seal, sealDigest } from '@custody/seal'
import { type OwnKeys, sealedByUs } from './sealed-by-us.ts'

/** The last seal of a chain: what the next one names. */
export interface ChainHead {
  readonly seal: Seal
  /** The text of `seal.txt`. */
  readonly text: string
  readonly digest: string
}

export interface KnownSeal extends ChainHead {
  /** Digests of the seals it took the place of. */
  readonly superseded: readonly string[]
  /** Where it was found. */
  readonly where: string
}

/** What is known of a chain on this machine. */
export interface KnownChain {
  readonly head: ChainHead | null
  /** Every seal that was found, in no order. */
  readonly seals: readonly KnownSeal[]
}

/**
 * In the state directory of an org: its last seal, public key and signed note in one file, so that the chain goes on when archives
 * were moved elsewhere.
 */
export const headFile = 'head.note'

const endOfKey = '-----END PUBLIC KEY-----\n'

/** What is kept of a seal to follow it. */
export function encodeHead(files: ReadonlyMap<string, Uint8Array>): string {
  const text = (path: string): string => Buffer.from(files.get(path) ?? []).toString('utf8')
  return text('seal/signer.pub') + text('seal/seal.note')
}

export interface ChainPlaces {
  readonly origin: string
  readonly stateDirectory: string
  readonly archives: string
  /** Whose signatures count. */
  readonly keys: OwnKeys
}

/**
 * The chain of an origin, as the state directory and the archives in a directory know it. Either alone is enough for its head: a lost
 * state is recovered from the archives. Seals that none of our keys made are not believed, and not passed over.
 *
 * @throws CustodyError `CHAIN_FORKED` where two seals claim the last place; `CHAIN_FOREIGN_SEAL`, `CHAIN_STATE_DAMAGED`
 */
export async function findChain({ origin, stateDirectory, archives, keys }: ChainPlaces): Promise<KnownChain> {
  const seals: KnownSeal[] = []
  for (const { where, files } of [...(await fromState(stateDirectory)), ...(await fromArchives(archives))]) {
    const text = Buffer.from(files.get('seal/seal.txt') ?? []).toString('utf8')
    const seal = parseSeal(text)
    if (seal?.origin !== origin) continue
    if (!sealedByUs(files, keys)) throw foreign(where, origin)
    seals.push({ seal, text, digest: sealDigest(text), superseded: supersededBy(files), where })
  }
  return { head: lastOf(seals), seals }
}

function lastOf(seals: readonly KnownSeal[]): ChainHead | null {
  let head: KnownSeal | null = null
  for (const seal of seals) {
    if (head === null || seal.seal.seq > head.seal.seq || seal.superseded.includes(head.digest)) head = seal
    else if (seal.seal.seq < head.seal.seq || seal.digest === head.digest) continue
    else if (!head.superseded.includes(seal.digest)) throw forked(head, seal)
  }
  return head
}

interface Found {
  readonly where: string
  readonly files: ReadonlyMap<string, Uint8Array>
}

async function fromState(directory: string): Promise<readonly Found[]> {
  const where = join(directory, headFile)
  let kept: string
  try {
    kept = await readFile(where, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
  const split = kept.indexOf(endOfKey) + endOfKey.length
  const note = parseNote(kept.slice(split))
  if (note !== null && parseSeal(note.text) !== null) {
    const files = new Map<string, Uint8Array>([
      ['seal/seal.txt', Buffer.from(note.text)],
      ['seal/seal.txt.ed25519', note.signatures[0]?.signature ?? new Uint8Array()],
      ['seal/signer.pub', Buffer.from(kept.slice(0, split))],
    ])
    return [{ where, files }]
  }
  throw new CustodyError('CHAIN_STATE_DAMAGED', `${where} is no seal: where the chain stands is not known from it.`, {
    kind: 'refused',
    actions: ['Move the file away: the chain is then found from the archives in the archive directory.'],
  })
}

async function fromArchives(directory: string): Promise<readonly Found[]> {
  const found: Found[] = []
  for (const where of await findArchives(directory)) {
    const files = await readSealFiles(where).catch((error: unknown) => {
      // Some other ZIP file.
      if (CustodyError.isInstance(error) && error.kind === 'not-found') return new Map<string, Uint8Array>()
      throw error
    })
    if (files.has('seal/seal.txt')) found.push({ where, files })
  }
  return found
}

function supersededBy(files: ReadonlyMap<string, Uint8Array>): readonly string[] {
  return [...files.keys()].flatMap((path) => /^seal\/history\/([0-9a-f]{64})\/seal\.txt$/.exec(path)?.[1] ?? [])
}

function foreign(where: string, origin: string): CustodyError {
  return new CustodyError('CHAIN_FOREIGN_SEAL', `${where} bears a seal of ${origin} that none of our keys made.`, {
    kind: 'refused',
    actions: [
      'Find out how it came there: custody verify --key FILE. Move it away, and nothing of it is believed.',
      'If the key directory is not the one that sealed it, put that one back: custody keys list.',
    ],
  })
}

function forked(one: KnownSeal, other: KnownSeal): CustodyError {
  return new CustodyError(
    'CHAIN_FORKED',
    `Two seals claim place ${one.seal.seq} of the chain ${one.seal.origin}: ${one.where} and ${other.where}.`,
    {
      kind: 'refused',
      actions: [
        'One of the two archives was made beside the chain, or is a copy from elsewhere. Move the wrong one away.',
      ],
    },
  )
}
