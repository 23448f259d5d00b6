import type { MakeSeal, SealableBag } from '@custody/archive'
import type { AuditCheckpoint } from '@custody/audit-log'
import { type Clock, CustodyError } from '@custody/pipeline'
import { makeSealFiles, parseSeal, type Seal, type SealTimestamp, sealDigest, supersededHistory } from '@custody/seal'
import { assertClockGoesOn } from './assert-chain-goes-on.ts'
import type { ChainHead } from './chain-head.ts'
import type { SealSigner } from './open-signer.ts'

export interface SealMaking {
  readonly origin: string
  readonly signer: SealSigner
  /** The last seal of the chain; null for none. */
  readonly head: ChainHead | null
  /** Where the audit log stood when its part for this archive was taken. */
  readonly audit: () => AuditCheckpoint
  readonly timestamp: ((note: Uint8Array) => Promise<SealTimestamp>) | null
  /** Told when the time authority gave no token; the seal is made without one. */
  readonly onUnstamped: (error: CustodyError) => void
  readonly tool: string
  readonly clock: Clock
}

/** Makes seals of archives: new ones take the next place of the chain, others keep that of the seal they supersede. */
export function sealMaker(making: SealMaking): MakeSeal {
  return async (bag) => {
    const old = bag.superseded === null ? null : oldSeal(bag.superseded)
    const seal = old === null ? nextSeal(making, bag) : supersedingSeal(making, bag, old)
    const { signer } = making
    const prevSeal = bag.superseded === null ? making.head?.text : text(bag.superseded, 'seal/prev.seal.txt')
    const parts = {
      seal,
      signer,
      ...(prevSeal !== undefined && { prevSeal }),
      ...(signer.transitions !== undefined && { transitions: signer.transitions }),
      ...(bag.superseded !== null && { history: supersededHistory(bag.superseded) }),
    }
    const { timestamp } = making
    if (timestamp === null) return await makeSealFiles(parts)
    try {
      return await makeSealFiles({ ...parts, timestamp })
    } catch (error) {
      // Hours of reading are not thrown away because an authority is down: the seal says that it bears no token.
      if (!CustodyError.isInstance(error) || !error.code.startsWith('TIMESTAMP_')) throw error
      making.onUnstamped(error)
      return await makeSealFiles(parts)
    }
  }
}

function nextSeal(making: SealMaking, bag: SealableBag): Seal {
  const { head, audit, clock } = making
  // It may have been set back since the run began.
  assertClockGoesOn(head, clock.now())
  return {
    ...factsOf(making, bag),
    seq: (head?.seal.seq ?? 0) + 1,
    audit: audit(),
    prevSealSha256: head?.digest ?? null,
    supersedes: null,
  }
}

function supersedingSeal(
  making: SealMaking,
  bag: SealableBag,
  { seal, digest }: Pick<ChainHead, 'seal' | 'digest'>,
): Seal {
  const { origin, seq, audit, prevSealSha256 } = seal
  return { ...factsOf(making, bag), origin, seq, audit, prevSealSha256, supersedes: digest }
}

function factsOf(
  { origin, tool, clock }: SealMaking,
  bag: SealableBag,
): Omit<Seal, 'seq' | 'audit' | 'prevSealSha256' | 'supersedes'> {
  const { archive, window, mode, verdict, tagManifestSha256, payloadOxum, records, recordsRoot, erased } = bag
  const created = new Date(clock.now()).toISOString()
  const bagFacts = { mode, verdict, tagManifestSha256, payloadOxum, records, recordsRoot, erased }
  return { origin, archiveId: archive, period: window, created, ...bagFacts, tool }
}

function oldSeal(files: ReadonlyMap<string, Uint8Array>): Pick<ChainHead, 'seal' | 'digest'> {
  const sealText = text(files, 'seal/seal.txt') ?? ''
  const seal = parseSeal(sealText)
  if (seal !== null) return { seal, digest: sealDigest(sealText) }
  throw new CustodyError('SEAL_UNREADABLE', 'The seal of the archive cannot be read; it is not superseded.', {
    kind: 'refused',
    actions: ['See what is wrong with it: custody verify'],
  })
}

function text(files: ReadonlyMap<string, Uint8Array>, path: string): string | undefined {
  const bytes = files.get(path)
  return bytes && Buffer.from(bytes).toString('utf8')
}
