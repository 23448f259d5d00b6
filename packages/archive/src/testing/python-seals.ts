import { createHash, createPrivateKey, createPublicKey, sign } from 'node:crypto'
import {
  encodeSeal,
  makeSealFiles,
  makeTransition,
  parseSeal,
  type Seal,
  type SealFilesOptions,
  type Signer,
  sealDigest,
  supersededHistory,
} from '@custody/seal'
import type { MakeSeal, SealableBag } from '../make-seal.ts'
import type { RunDocument } from '../run-document.ts'
import { eraseFirst } from './rebag.ts'
import { richBagFiles } from './rich-bag.ts'

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
        audit: { size: 0, root: 'b2'.repeat(32) },
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
  signer: Signer = testSigner(1),
  { seal, ...options }: SealChanges = {},
): Promise<Map<string, Buffer | string>> {
  const isSeal = ([path]: readonly [string, unknown]): boolean => path.startsWith('seal/')
  const bag = [...files].filter((file) => !isSeal(file))
  const old = new Map([...files].filter(isSeal).map(([path, content]) => [path, Buffer.from(content)]))
  const auditLines = String(files.get('audit/audit.jsonl') ?? '').split('\n').length - 1
  const audit = { size: auditLines, root: 'b2'.repeat(32) }
  const makeSeal = sealBy(signer, { ...options, seal: { audit, ...seal } })
  const made = await makeSeal({ ...factsOf(files), superseded: old.size === 0 ? null : old })
  return new Map<string, Buffer | string>([
    ...bag,
    ...[...made].map(([path, content]) => [path, Buffer.from(content)] as const),
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

/**
 * An archive with every file that a seal can have: second of its chain, erased in once, its key handed over by `testSigner(7)`. The
 * token of its time authority is none.
 */
export async function oldArchive(signer: Signer): Promise<Map<string, Buffer | string>> {
  const first = testSigner(7)
  const prevSeal = encodeSeal({
    ...(parseSeal(String((await sealed(await richBagFiles())).get('seal/seal.txt'))) as NonNullable<
      ReturnType<typeof parseSeal>
    >),
    archiveId: 'acme-2026-09',
    audit: { size: 0, root: 'b1'.repeat(32) },
    period: { from: '2026-09-01T00:00:00.000Z', to: '2026-10-01T00:00:00.000Z' },
  })
  const place = { prevSeal, seal: { seq: 2, prevSealSha256: sealDigest(prevSeal) } } as const
  const before = await sealed(await richBagFiles(), first, place)
  const supersedes = sealDigest(String(before.get('seal/seal.txt')))
  const transitions = await makeTransition({ from: first, to: signer, created: '2026-11-20T00:00:00.000Z' })
  const erased = eraseFirst(new Map([...before].filter(([path]) => !path.startsWith('seal/'))))
  for (const [path, content] of before) if (path.startsWith('seal/')) erased.set(path, content)
  const timestamp = async (): Promise<{ response: Uint8Array; chainPem: string }> => ({
    response: Buffer.from('0'),
    chainPem: 'a chain\n',
  })
  return await sealed(erased, signer, {
    ...place,
    transitions,
    timestamp,
    seal: { ...place.seal, supersedes, created: '2026-11-22T00:00:00.000Z' },
  })
}
