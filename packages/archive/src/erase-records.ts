import { archivePathProblem } from '@custody/sinks'
import { REPORT_PAGE, SEAL_PREFIX, TRANSCRIPTS_PAGE } from './bag.ts'
import { BagStore } from './bag-store.ts'
import { type FoundRecords, findRecords } from './erase-find.ts'
import {
  type ErasureOptions,
  type ErasureProgress,
  type ErasureResult,
  type ErasureSettings,
  erasureSettings,
} from './erase-options.ts'
import {
  assertOnlyName,
  beginStaging,
  copyModes,
  type ErasurePlace,
  erasurePlace,
  identityOf,
  removeUnfinished,
  replaceArchive,
} from './erase-place.ts'
import {
  badSeal,
  checkFailed,
  namesItself,
  needsPage,
  needsSeal,
  notValid,
  onErasureDisk,
  usedId,
} from './erase-refusals.ts'
import { BagRewriter, type ErasureStore, type RewrittenBag } from './erase-rewrite.ts'
import { SourceBag } from './erase-source.ts'
import { ERASURES_PATH } from './erasures-check.ts'
import { NoStore } from './no-store.ts'
import { packBag } from './pack-bag.ts'
import { readSealFiles } from './read-seal.ts'
import { findLeftovers, syncFolders } from './staging.ts'
import type { VerifyReport } from './verify-report.ts'

/**
 * Erases conversations inside an archive, plain or redacted: their lines, rows, entries and files go, their leaves stay, so
 * that the root over the records still proves all others. A line of `integrity/erasures.jsonl` says what went, when, why and
 * by whom. The archive is verified before, written anew beside its place, verified again, and only then replaced: a failure
 * or an abort leaves it as it was, and a kill leaves the old one or the new one whole, beside unfinished ones that
 * {@link findLeftovers} names.
 *
 * What stays, because the proofs of the others need it or because it names nobody: the leaf, which is a hash of a hash with a
 * secret salt that goes; the counts in run.json; the rows of the reconciliation and of the gaps without ids; in redacted
 * archives, the numbers of redactions by type; names that a conversation which stays has, too; ids of agents and end users
 * that one which stays names, too; the audit log. Lines that stay and name an erased conversation are counted in
 * `namedElsewhere`. Bytes are removed from the file system, not overwritten on the medium; snapshots, backups and copies
 * elsewhere are other places.
 *
 * Space for a second copy of the archive is needed, for a ZIP unpacked and packed.
 *
 * @throws CustodyError of kind usage, `ERASE_NOTHING`, `_RECORD`, `_BASIS`, `_REFERENCE`, `_OPERATOR`, `_ID`; of kind not-found,
 * `ARCHIVE_NOT_FOUND`, `NOT_AN_ARCHIVE`, `ERASE_UNKNOWN_RECORD`; of kind refused, `ERASE_NOT_VALID`, `_NEEDS_SEAL`, `_NEEDS_PAGE`,
 * `_ALREADY_ERASED`, `_STAGING`, `_CHANGED`, `_LINE`, `_LINE_TOO_LONG`, `_FILE_UNKNOWN`, `_AMBIGUOUS`, `_LINKED`, `_INTERRUPTED`; `ERASE_SEAL`,
 * `ERASE_CHECK`, `ERASE_DISK`, `ARCHIVE_ZIP`; `ERASE_OLD_REMAINS`, after which the archive is erased, but not all is removed.
 */
export async function eraseRecords(options: ErasureOptions): Promise<ErasureResult> {
  const settings = erasureSettings(options)
  const { signal, plan } = settings
  signal?.throwIfAborted()
  const place = await erasurePlace(settings)
  const identity = await identityOf(place.target).catch(() => '')
  const report = await verified(place, settings)
  const bag = await SourceBag.open(place.target, report, signal)
  try {
    if (!plan) await assertOnlyName(place.target, bag.kind)
    assertPages(bag, settings)
    const superseded = await oldSeal(bag, place, settings)
    const found = await findRecords(bag, settings, steps(settings, 'find'))
    await assertOpaque(bag, settings, found)
    const made = plan
      ? await rewrite(bag, new NoStore(), settings, found, superseded)
      : await replace({ bag, place, settings, found, superseded, report, identity })
    return {
      path: place.target,
      name: place.name,
      container: bag.kind,
      planned: plan,
      erasureId: settings.erasureId,
      indexes: [...found.indexes],
      named: found.named,
      alreadyErased: found.alreadyErased,
      erased: made.erased,
      removed: made.removed,
      namedElsewhere: made.namedElsewhere,
      payloadOxum: plan && bag.has(TRANSCRIPTS_PAGE) ? null : made.payloadOxum,
      tagManifestSha256: plan ? null : made.tagManifestSha256,
      bytes: made.bytes,
      leftovers: await findLeftovers(place),
    }
  } finally {
    await bag.close()
  }
}

type SealFiles = ReadonlyMap<string, Uint8Array>
type MadeBag = RewrittenBag & { readonly bytes: number | null }

interface Erasure {
  readonly bag: SourceBag
  readonly place: ErasurePlace
  readonly settings: ErasureSettings
  readonly found: FoundRecords
  readonly superseded: SealFiles | null
  readonly report: VerifyReport
  readonly identity: string
}

async function verified({ target }: ErasurePlace, settings: ErasureSettings): Promise<VerifyReport> {
  const { verify, signal } = settings
  const report = await verify(target, { onFile: steps(settings, 'verify'), ...(signal && { signal }) })
  if (report.verdict !== 'valid' || report.run === null || !isName(report.run.archive)) {
    throw notValid(target, Math.max(1, report.findings.length + report.findingsOmitted))
  }
  return report
}

/** It becomes the top folder of a ZIP. */
function isName(name: string): boolean {
  return !name.includes('/') && archivePathProblem(name) === null
}

async function oldSeal(bag: SourceBag, { target }: ErasurePlace, { seal }: ErasureSettings): Promise<SealFiles | null> {
  if (!bag.isSealed) return null
  if (seal === null) throw needsSeal(target)
  return readSealFiles(target)
}

/** A page that nobody makes anew would keep what goes. */
function assertPages(bag: SourceBag, { pages }: ErasureSettings): void {
  const makers = { [TRANSCRIPTS_PAGE]: pages.transcripts, [REPORT_PAGE]: pages.report }
  for (const [path, make] of Object.entries(makers)) if (bag.has(path) && !make) throw needsPage(path, bag.path)
}

/** What the erasure says of itself stays in the archive: it must not keep what goes. */
async function assertOpaque(bag: SourceBag, settings: ErasureSettings, { traces }: FoundRecords): Promise<void> {
  const { erasureId, operator, reference } = settings
  for (const [option, text] of Object.entries({ erasureId, operator, reference })) {
    if (text !== null && traces.isNamedIn(text)) throw namesItself(option as 'erasureId' | 'operator' | 'reference')
  }
  if (bag.has(ERASURES_PATH) && (await bag.text(ERASURES_PATH)).includes(`"id":"${erasureId}"`)) throw usedId(erasureId)
}

async function rewrite(
  bag: SourceBag,
  store: ErasureStore,
  settings: ErasureSettings,
  found: FoundRecords,
  superseded: SealFiles | null,
): Promise<MadeBag> {
  const rewriter = new BagRewriter(bag, store, settings, found, steps(settings, 'write'))
  return { ...(await rewriter.run(superseded?.get(`${SEAL_PREFIX}seal.txt`) ?? null)), bytes: null }
}

async function replace(erasure: Erasure): Promise<MadeBag> {
  const { bag, place, settings, found, superseded, report, identity } = erasure
  const { signal, onProgress } = settings
  const { staging, target } = place
  const store = new BagStore(staging)
  let isReplacing = false
  await beginStaging(place)
  try {
    const made = await rewrite(bag, store, settings, found, superseded)
    await writeSeal(store, made, erasure)
    await syncFolders(staging, store.files.keys())
    signal?.throwIfAborted()
    let bytes = 0
    for (const file of store.files.values()) bytes += file.bytes
    if (bag.kind === 'zip') {
      onProgress({ step: 'pack', files: store.files.size })
      const { staging, packing } = place
      bytes = await packBag(store.files, { staging, packing, name: report.run?.archive ?? place.name }, signal)
    }
    await check(made, erasure)
    await copyModes(place, bag.kind)
    signal?.throwIfAborted()
    onProgress({ step: 'replace', files: store.files.size })
    isReplacing = true
    await replaceArchive(place, bag.kind, identity)
    return { ...made, bytes }
  } catch (error) {
    await store.discard()
    await removeUnfinished(place)
    throw isReplacing ? error : onErasureDisk(error, target)
  }
}

async function writeSeal(
  store: BagStore,
  made: RewrittenBag,
  { settings, report, superseded }: Erasure,
): Promise<void> {
  if (settings.seal === null || report.run === null) return
  const { archive, window, mode, verdict } = report.run
  const { tagManifestSha256, payloadOxum, records, erased } = made
  const bag = { archive, window, mode, verdict, tagManifestSha256, payloadOxum, records, erased }
  const files = await settings.seal({ ...bag, recordsRoot: report.recordsRoot, superseded })
  if (!files.has(`${SEAL_PREFIX}seal.txt`)) throw badSeal('it has no seal.txt')
  for (const [path, bytes] of files) {
    if (!path.startsWith(SEAL_PREFIX)) throw badSeal('one of its files stands elsewhere')
    await store.text(path, bytes)
  }
}

/** The old archive goes for good: the new one has to prove itself before. */
async function check(made: RewrittenBag, { bag, place, settings, report }: Erasure): Promise<void> {
  const { signal, verify } = settings
  const path = bag.kind === 'zip' ? place.packing : place.staging
  const now = await verify(path, { onFile: steps(settings, 'check'), ...(signal && { signal }) })
  const isSame = now.tagManifestSha256 === made.tagManifestSha256 && now.recordsRoot === report.recordsRoot
  if (now.verdict !== 'valid' || !isSame) throw checkFailed(Math.max(1, now.findings.length + now.findingsOmitted))
}

function steps({ onProgress }: ErasureSettings, step: ErasureProgress['step']): () => void {
  let files = 0
  return () => {
    files += 1
    onProgress({ step, files })
  }
}
