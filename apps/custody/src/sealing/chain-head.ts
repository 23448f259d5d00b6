import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { findArchives, readSealFiles } from '@custody/archive'
import { CustodyError } from '@custody/pipeline'
import { parseSeal, type Seal, sealDigest } from '@custody/seal'

/** The last seal of a chain: what the next one names. */
export interface ChainHead {
  readonly seal: Seal
  /** The text of `seal.txt`. */
  readonly text: string
  readonly digest: string
}

interface Candidate extends ChainHead {
  /** Digests of the seals it took the place of. */
  readonly superseded: readonly string[]
  /** Where it was found. */
  readonly where: string
}

/** In the state directory of an org: its last seal, kept so that the chain goes on when archives were moved elsewhere. */
export const headFile = 'head.seal.txt'

/**
 * The last seal of an origin, as the state directory and the archives in a directory know it. Either alone is enough: a lost state
 * is recovered from the archives.
 *
 * @throws CustodyError `CHAIN_FORKED` where two seals claim the last place
 */
export async function findChainHead(options: {
  readonly origin: string
  readonly stateDirectory: string
  readonly archives: string
}): Promise<ChainHead | null> {
  const candidates = [...(await fromState(options.stateDirectory)), ...(await fromArchives(options.archives))].filter(
    ({ seal }) => seal.origin === options.origin,
  )
  let head: Candidate | null = null
  for (const candidate of candidates) {
    if (head === null || candidate.seal.seq > head.seal.seq || candidate.superseded.includes(head.digest))
      head = candidate
    else if (candidate.seal.seq < head.seal.seq || candidate.digest === head.digest) continue
    else if (!head.superseded.includes(candidate.digest)) throw forked(head, candidate)
  }
  return head
}

async function fromState(directory: string): Promise<readonly Candidate[]> {
  const where = join(directory, headFile)
  let text: string
  try {
    text = await readFile(where, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
  const seal = parseSeal(text)
  if (seal !== null) return [{ seal, text, digest: sealDigest(text), superseded: [], where }]
  throw new CustodyError('CHAIN_STATE_DAMAGED', `${where} is no seal: where the chain stands is not known from it.`, {
    kind: 'refused',
    actions: ['Move the file away: the chain is then found from the archives in the archive directory.'],
  })
}

async function fromArchives(directory: string): Promise<readonly Candidate[]> {
  const found: Candidate[] = []
  for (const where of await findArchives(directory)) {
    const files = await readSealFiles(where)
    const text = Buffer.from(files.get('seal/seal.txt') ?? []).toString('utf8')
    const seal = parseSeal(text)
    if (seal === null) continue
    const superseded = [...files.keys()].flatMap(
      (path) => /^seal\/history\/([0-9a-f]{64})\/seal\.txt$/.exec(path)?.[1] ?? [],
    )
    found.push({ seal, text, digest: sealDigest(text), superseded, where })
  }
  return found
}

function forked(one: Candidate, other: Candidate): CustodyError {
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
