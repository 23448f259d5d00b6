import { createHash, createPrivateKey, createPublicKey, sign } from 'node:crypto'
import { makeSealFiles, type Seal, type SealFilesOptions, type Signer, supersededHistory } from '@custody/seal'
import type { MakeSeal, SealableBag } from '../make-seal.ts'
import type { RunDocument } from '../run-document.ts'

/** What of a seal is not said by its bag. */
export type SealChanges = Partial<Omit<SealFilesOptions, 'seal' | 'signer'>> & { readonly seal?: Partial<Seal> }

/** A signer whose key follows from a number. Never a real key. */
export function testSigner(number: number): Signer {
  // PKCS#8 of an Ed25519 key (RFC 8410, section 7): a fixed head, then the seed.
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), Buffer.alloc(32, number)])
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
  const publicKey = Uint8Array.from(createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-32))
  return { publicKey, sign: async (message) => sign(null, message, key) }
}

/** Seals as the first of a chain, unless told otherwise. */
export function sealBy(signer: Signer, { seal: changes, ...options }: SealChanges = {}): MakeSeal {
  return ({ archive, window, superseded, ...bag }) =>
    makeSealFiles({
      seal: {
        origin: 'example.com/acme',
        seq: 1,
        archiveId: archive,
        period: { from: window.from, to: window.to },
        created: '2026-11-21T17:00:00.000Z',
        audit: { size: 3, root: 'b2'.repeat(32) },
        prevSealSha256: null,
        supersedes: null,
        tool: 'custody/0.0.0 node/26.10.0',
        ...bag,
        ...changes,
      },
      signer,
      ...options,
      ...(superseded && { history: supersededHistory(superseded) }),
    })
}

/** The files of a bag with those of a seal. What stood under `seal/` goes into its history. */
export async function sealed(
  files: ReadonlyMap<string, Buffer | string>,
  makeSeal: MakeSeal = sealBy(testSigner(1)),
): Promise<Map<string, Buffer | string>> {
  const isSeal = ([path]: readonly [string, unknown]): boolean => path.startsWith('seal/')
  const bag = [...files].filter((file) => !isSeal(file))
  const old = new Map([...files].filter(isSeal).map(([path, content]) => [path, Buffer.from(content)]))
  const seal = await makeSeal({ ...factsOf(files), superseded: old.size === 0 ? null : old })
  return new Map<string, Buffer | string>([
    ...bag,
    ...[...seal].map(([path, content]) => [path, Buffer.from(content)] as const),
  ])
}

function factsOf(files: ReadonlyMap<string, Buffer | string>): Omit<SealableBag, 'superseded'> {
  const run: RunDocument = JSON.parse(String(files.get('run.json')))
  const tagManifest = files.get('tagmanifest-sha256.txt') ?? ''
  return {
    archive: run.archive,
    window: run.window,
    mode: run.mode,
    verdict: run.verdict,
    tagManifestSha256: createHash('sha256').update(tagManifest).digest('hex'),
    payloadOxum: run.payloadOxum,
    records: run.counts.conversations,
    recordsRoot: run.recordsRoot,
    erased: run.erased ?? 0,
  }
}
